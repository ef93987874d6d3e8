// What an administrator sees and orders: asked again every few seconds while it is on the screen.
import { useEffect, useState } from "preact/hooks";
import { ApiProblem } from "../api/client";
import { sleep } from "./sleep";

const PAUSE_MS = 4000;

export interface Watched<T> {
  told: T | undefined; // undefined: not yet
  problem: ApiProblem | undefined; // of the last question or order
  busy: boolean; // an order is under way
  order: (how: () => Promise<T>) => void; // what it answers is shown
}

export function useWatched<T>(ask: (signal: AbortSignal) => Promise<T>, active: boolean): Watched<T> {
  const [told, setTold] = useState<T>();
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState(false);
  const failed = (error: unknown) =>
    setProblem(error instanceof ApiProblem ? error : new ApiProblem("failed", String(error)));

  useEffect(() => {
    if (!active || busy) return;
    const stop = new AbortController();
    const watch = async () => {
      while (!stop.signal.aborted) {
        try {
          const answer = await ask(stop.signal);
          if (stop.signal.aborted) return;
          setTold(answer);
          setProblem((last) => (last?.kind === "refused" ? last : undefined)); // what was refused stays to be read
        } catch (error) {
          if (stop.signal.aborted) return;
          failed(error);
        }
        await sleep(PAUSE_MS, stop.signal).catch(() => undefined);
      }
    };
    void watch();
    return () => stop.abort();
  }, [active, busy]);

  const order = (how: () => Promise<T>) => {
    setBusy(true);
    how()
      .then((answer) => {
        setTold(answer);
        setProblem(undefined);
      }, failed)
      .finally(() => setBusy(false));
  };
  return { told, problem, busy, order };
}
