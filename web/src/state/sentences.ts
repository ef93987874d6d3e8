// The verdicts by sentence of a text that was answered as a whole: asked for when somebody wants to see them.
import { useEffect, useRef, useState } from "preact/hooks";
import { analyzeSentences, ApiProblem, type AnalyzeRequest, type ProblemKind } from "../api/client";
import type { Sentences } from "../api/types";

export type SentencesState =
  | { kind: "none" }
  | { kind: "pending" }
  | { kind: "done"; answer: Sentences }
  | { kind: "failed"; problem: ProblemKind };

// `load` asks the server unless it has answered or is about to.
export function useSentences(request: AnalyzeRequest): [SentencesState, () => void] {
  const [state, setState] = useState<SentencesState>({ kind: "none" });
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const load = () => {
    if (state.kind === "pending" || state.kind === "done") return;
    const mine = new AbortController();
    running.current = mine;
    setState({ kind: "pending" });
    analyzeSentences(request, mine.signal).then(
      (answer) => mine.signal.aborted || setState({ kind: "done", answer }),
      (error: unknown) => {
        if (mine.signal.aborted) return;
        setState({ kind: "failed", problem: error instanceof ApiProblem ? error.kind : "failed" });
      },
    );
  };
  return [state, load];
}
