// The answers of docs/http-api.md, as the page uses them.

export const LABELS = ["positive", "neutral", "negative"] as const;
export type Label = (typeof LABELS)[number];
export type TextLanguage = "zh" | "en";

export type Probabilities = Record<string, number>;

export interface Evidence {
  start: number; // code points of the text as it was sent
  end: number;
  weight: number; // positive: for the label; negative: against it
}

export interface Term {
  term: string;
  count: number;
  weight: number;
}

export interface Aspect {
  name: string;
  label: string; // a Label or "not_mentioned"
  score: number;
  evidence: Evidence[];
}

export interface Expert {
  name: string;
  probabilities: Probabilities;
}

export interface Analysis {
  label: Label;
  score: number;
  probabilities: Probabilities;
  language: string;
  languageSupported: boolean;
  model: string;
  modelVersion: string;
  characters: number;
  experts: Expert[];
  aspects: Aspect[];
  evidence: Evidence[];
  terms: Term[];
  timeMicroseconds: number;
}

export interface ServerInfo {
  version: string;
  models: { name: string; version: string; languages: string[] }[];
  maxBodyBytes: number;
  maxTextBytes: number;
  maxTexts: number;
}

export type BatchItem =
  | { label: Label; probabilities: Probabilities; score: number }
  | { error: { type: string; detail: string } };
