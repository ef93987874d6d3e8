// The server's API key, where it wants one: kept for this tab alone, and asked for when a request is answered with 401.
const KEY = "tenor.key";

// Events of the window.
export const KEY_WANTED = "tenor-key-wanted"; // whoever asks the reader prevents the default, which is that nobody does
const KEY_GIVEN = "tenor-key-given";
const KEY_DENIED = "tenor-key-denied";

export function apiKey(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined; // forbidden by the browser's settings, or no browser
  }
}

export function giveKey(key: string): void {
  try {
    sessionStorage.setItem(KEY, key);
  } catch {
    // Then it is not remembered, and the next request asks again.
  }
  dispatchEvent(new Event(KEY_GIVEN));
}

export function forgetKey(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // There was none.
  }
}

// The reader has none to give.
export function denyKey(): void {
  dispatchEvent(new Event(KEY_DENIED));
}

// True once the reader has given a key; false where they have none, or nobody asks them.
export function askForKey(signal: AbortSignal | null | undefined): Promise<boolean> {
  if (typeof dispatchEvent !== "function") return Promise.resolve(false);
  return new Promise((resolve) => {
    const done = new AbortController();
    const end = (given: boolean) => {
      done.abort();
      resolve(given);
    };
    addEventListener(KEY_GIVEN, () => end(true), { signal: done.signal });
    addEventListener(KEY_DENIED, () => end(false), { signal: done.signal });
    signal?.addEventListener("abort", () => end(false), { signal: done.signal });
    if (dispatchEvent(new Event(KEY_WANTED, { cancelable: true }))) end(false);
  });
}
