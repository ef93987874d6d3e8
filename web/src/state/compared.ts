// The same text, asked of models by their names.
import { useEffect, useState } from "preact/hooks";
import { analyze, ApiProblem, type AnalyzeRequest, type ProblemKind } from "../api/client";
import { rollout } from "../api/rollout";
import type { Analysis, Model } from "../api/types";

export type Compared =
  { kind: "pending" } | { kind: "done"; answer: Analysis } | { kind: "failed"; problem: ProblemKind; detail: string };

// Asks anew when the text or the name changes.
export function useAnswerOf(request: AnalyzeRequest, model: string): [Compared, () => void] {
  const [state, setState] = useState<Compared>({ kind: "pending" });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setState({ kind: "pending" });
    analyze({ ...request, model }, stop.signal).then(
      (answer) => stop.signal.aborted || setState({ kind: "done", answer }),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        const known = error instanceof ApiProblem ? error : new ApiProblem("failed", String(error));
        setState({ kind: "failed", problem: known.kind, detail: known.detail });
      },
    );
    return () => stop.abort();
  }, [request.text, request.language, request.budget, model, tries]);
  return [state, () => setTries(tries + 1)];
}

// Whom a request may name: the rollout's models where there is a rollout, else those that are loaded. undefined: not
// known yet.
export function useNames(models: readonly Model[], hasRollout: boolean): string[] | undefined {
  const loaded = [...new Set(models.map(({ name }) => name))];
  const [arms, setArms] = useState<string[]>();
  useEffect(() => {
    if (!hasRollout) return;
    const stop = new AbortController();
    rollout(stop.signal).then(
      (told) => setArms(told?.arms.map(({ name }) => name) ?? loaded),
      () => stop.signal.aborted || setArms([]),
    );
    return () => stop.abort();
  }, [hasRollout]);
  return hasRollout ? arms : loaded;
}
