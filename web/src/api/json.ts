// Untrusted JSON -> values of the types that are wanted; what is missing or of another type becomes empty.
export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const object = (value: unknown): Json => (isObject(value) ? value : {});
export const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
export const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
export const maybeNumber = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
export const number = (value: unknown, otherwise = 0): number => maybeNumber(value) ?? otherwise;
export const string = (value: unknown): string => (typeof value === "string" ? value : "");
export const maybeString = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
export const maybeBoolean = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined);
