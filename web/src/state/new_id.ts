// Not crypto.randomUUID(): that is missing where the page is served by plain HTTP to another machine.
export const newId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
