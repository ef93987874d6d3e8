// Whether the server's API key is asked for: by a request that was refused, or by the reader who wants to give one.
import { useEffect, useRef, useState } from "preact/hooks";
import { apiKey, KEY_WANTED } from "../api/key";

export interface KeyQuestion {
  open: boolean;
  wrong: boolean; // the server refused the one there is
  wanted: boolean; // this server wants keys
  ask: () => void;
  close: () => void;
}

// Who says once that they have no key is not asked by every further request.
export function useKeyQuestion(): KeyQuestion {
  const [state, setState] = useState({ open: false, wrong: false, wanted: apiKey() !== undefined });
  const asked = useRef(false);
  const open = useRef(false);
  open.current = state.open;
  useEffect(() => {
    const onWanted = (event: Event) => {
      const given = apiKey() !== undefined;
      setState((now) => ({ ...now, wanted: true }));
      if (open.current) return event.preventDefault(); // those wait for the same answer
      if (asked.current && !given) return;
      asked.current = open.current = true;
      event.preventDefault();
      setState({ open: true, wrong: given, wanted: true });
    };
    addEventListener(KEY_WANTED, onWanted);
    return () => removeEventListener(KEY_WANTED, onWanted);
  }, []);
  return {
    ...state,
    ask: () => setState((now) => ({ ...now, open: true, wrong: false })),
    close: () => setState((now) => ({ ...now, open: false })),
  };
}
