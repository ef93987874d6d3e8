// The turns on the screen: what was asked, and what came of it.
import { useCallback, useRef, useState } from "preact/hooks";
import { analyze, ApiProblem, type AnalyzeRequest, type ProblemKind, type Wishes } from "../api/client";
import type { Analysis } from "../api/types";
import { loadHistory, saveHistory, withEntry, type Entry } from "./history";
import { newId } from "./new_id";
import { sleep } from "./sleep";

export type TurnState =
  | { kind: "pending"; busySeconds?: number } // busySeconds: waiting that long before the next try
  | { kind: "done"; answer: Analysis }
  | { kind: "failed"; problem: ProblemKind; detail: string };

export interface Turn extends AnalyzeRequest {
  id: string;
  state: TurnState;
}

const MAX_TURNS = 50; // on the screen; older ones leave it, not the history
const BUSY_TRIES = 3;

export interface Conversation {
  turns: Turn[];
  history: Entry[];
  pending: boolean;
  ask(text: string, wishes: Wishes): void;
  retry(turn: Turn): void;
  stop(): void;
  reset(): void;
  open(entry: Entry): void;
  forget(id: string): void;
  forgetAll(): void;
}

async function analyzePatiently(
  turn: Turn,
  signal: AbortSignal,
  onBusy: (seconds: number | undefined) => void,
): Promise<Analysis> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await analyze(turn, signal);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.kind !== "busy" || tries >= BUSY_TRIES) throw error;
      for (let left = error.retryAfterSeconds; left > 0; left -= 1) {
        onBusy(left);
        await sleep(1000, signal);
      }
      onBusy(undefined);
    }
  }
}

export function useConversation(): Conversation {
  const [turns, setTurns] = useState<Turn[]>([]);
  const [history, setHistory] = useState<Entry[]>(loadHistory);
  const running = useRef<AbortController | undefined>(undefined);

  const update = useCallback((id: string, state: TurnState) => {
    setTurns((now) => now.map((turn) => (turn.id === id ? { ...turn, state } : turn)));
  }, []);

  const keep = useCallback((change: (now: Entry[]) => Entry[]) => {
    setHistory((now) => {
      const next = change(now);
      saveHistory(next);
      return next;
    });
  }, []);

  const start = useCallback(
    async (turn: Turn) => {
      running.current?.abort();
      const mine = new AbortController();
      running.current = mine;
      try {
        const answer = await analyzePatiently(turn, mine.signal, (seconds) =>
          update(turn.id, { kind: "pending", ...(seconds !== undefined && { busySeconds: seconds }) }),
        );
        update(turn.id, { kind: "done", answer });
        const { id, text, language, budget } = turn;
        keep((now) => withEntry(now, { id, text, language, budget, answer, at: Date.now() }));
      } catch (error) {
        if (error instanceof ApiProblem) update(turn.id, { kind: "failed", problem: error.kind, detail: error.detail });
        else setTurns((now) => now.filter((other) => other.id !== turn.id)); // stopped by the reader
      } finally {
        if (running.current === mine) running.current = undefined;
      }
    },
    [update, keep],
  );

  const ask = (text: string, { language, budget }: Wishes) => {
    const turn: Turn = { id: newId(), text, language, budget, state: { kind: "pending" } };
    setTurns((now) => [...now, turn].slice(-MAX_TURNS));
    void start(turn);
  };

  const retry = (turn: Turn) => {
    update(turn.id, { kind: "pending" });
    void start(turn);
  };

  // Already on the screen: left where it is. Else it becomes the newest turn.
  const open = (entry: Entry) => {
    const { id, text, language, budget, answer } = entry;
    setTurns((now) =>
      now.some((turn) => turn.id === id)
        ? now
        : [...now, { id, text, language, budget, state: { kind: "done" as const, answer } }].slice(-MAX_TURNS),
    );
  };

  return {
    turns,
    history,
    pending: turns.some((turn) => turn.state.kind === "pending"),
    ask,
    retry,
    open,
    stop: () => running.current?.abort(),
    reset: () => {
      running.current?.abort();
      setTurns([]);
    },
    forget: (id) => keep((now) => now.filter((entry) => entry.id !== id)),
    forgetAll: () => keep(() => []),
  };
}
