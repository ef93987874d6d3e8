import { useEffect, useState } from "preact/hooks";
import { serverInfo } from "../api/client";
import type { ServerInfo } from "../api/types";
import { sleep } from "./sleep";

export interface Server {
  info: ServerInfo | undefined; // undefined until it answered once
  away: boolean;
}

const RETRY_MS = 5000;

// Asks /info until it answers.
export function useServer(): Server {
  const [server, setServer] = useState<Server>({ info: undefined, away: false });
  useEffect(() => {
    const stop = new AbortController();
    const ask = async () => {
      while (!stop.signal.aborted) {
        try {
          const info = await serverInfo(stop.signal);
          setServer({ info, away: false });
          return;
        } catch {
          if (stop.signal.aborted) return;
          setServer({ info: undefined, away: true });
          await sleep(RETRY_MS, stop.signal).catch(() => undefined);
        }
      }
    };
    void ask();
    return () => stop.abort();
  }, []);
  return server;
}
