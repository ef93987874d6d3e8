// What readers say is right: kept in this browser, told to the server where it wants to know, and given back as training
// data.
import { useCallback, useState } from "preact/hooks";
import { sendFeedback } from "../api/feedback";
import { isLabel } from "../api/read";
import type { Analysis, Label } from "../api/types";
import { remember, remembered } from "./storage";

export interface Judged {
  text: string;
  label: Label; // the right one
  answered: Label;
  at: number; // milliseconds since 1970
  counted: boolean; // the server took it
}

export const MAX_JUDGED = 2000;
export const MAX_CHARACTERS = 1_500_000; // of JSON; the history has a million, browsers give a site about five

const KEY = "tenor.feedback";

// Newest first. A text has one right label: the last one given.
export function withJudged(all: readonly Judged[], judged: Judged): Judged[] {
  return bounded([judged, ...all.filter(({ text }) => text !== judged.text)]);
}

export function bounded(all: readonly Judged[]): Judged[] {
  const kept: Judged[] = [];
  let characters = 0;
  for (const judged of all.slice(0, MAX_JUDGED)) {
    characters += JSON.stringify(judged).length;
    if (characters > MAX_CHARACTERS) break;
    kept.push(judged);
  }
  return kept;
}

export function readJudged(value: unknown): Judged[] {
  if (!Array.isArray(value)) return [];
  const read = (value as Partial<Judged>[]).flatMap((item) => {
    const { text, label, answered, at, counted } = item ?? {};
    if (typeof text !== "string" || !isLabel(label) || !isLabel(answered) || typeof at !== "number") return [];
    return [{ text, label, answered, at, counted: counted === true }];
  });
  return bounded(read);
}

// As tenor-train reads it: a JSON object a line, oldest first.
export function trainingLines(all: readonly Judged[]): string {
  return all
    .map(({ text, label }) => `${JSON.stringify({ text, label })}\n`)
    .reverse()
    .join("");
}

export interface Feedback {
  all: readonly Judged[];
  of: (text: string) => Judged | undefined;
  give: (judged: Omit<Judged, "at" | "counted">, answer: Analysis) => void;
  clear: () => void;
}

export function useFeedback(): Feedback {
  const [all, setAll] = useState<Judged[]>(() => readJudged(remembered(KEY)));
  const change = useCallback((how: (now: Judged[]) => Judged[]) => {
    setAll((now) => {
      const next = how(now);
      remember(KEY, next);
      return next;
    });
  }, []);

  const give: Feedback["give"] = (given, { arm, requestId }) => {
    const before = all.find(({ text }) => text === given.text);
    change((now) => withJudged(now, { ...given, at: Date.now(), counted: before?.counted === true }));
    if (arm === undefined || before?.counted) return; // without a rollout nobody counts; else each answer once
    void sendFeedback(given.text, given.label, requestId).then((counted) => {
      if (counted) change((now) => now.map((one) => (one.text === given.text ? { ...one, counted } : one)));
    });
  };
  return {
    all,
    of: (text) => all.find((judged) => judged.text === text),
    give,
    clear: () => change(() => []),
  };
}
