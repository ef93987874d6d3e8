// The answers of docs/http-api.md, as the page uses them.

export const LABELS = ["positive", "neutral", "negative"] as const;
export type Label = (typeof LABELS)[number];
export type TextLanguage = "zh" | "en";

export const BUDGETS = ["fast", "balanced", "best"] as const;
export type Budget = (typeof BUDGETS)[number];

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
  uncertain?: boolean | undefined; // undefined: no gate says so
  evidence: Evidence[];
}

export interface Expert {
  name: string;
  probabilities: Probabilities;
}

// What an encoder read of the text.
export interface Reading {
  name: string;
  tokens: number;
  windows: number;
  coverage: number; // share of the tokens
  truncated: boolean;
}

export interface Sentence {
  start: number; // code points of the text as it was sent
  end: number;
  label: Label;
  score: number;
  uncertain?: boolean | undefined;
  probabilities: Probabilities;
  aspects: { name: string; label: string; score: number }[]; // those it mentions
}

export interface Sentences {
  sentences: Sentence[];
  leftOut: number; // behind those
}

export interface Analysis {
  label: Label;
  score: number;
  uncertain?: boolean | undefined; // undefined: the model has no fitted gate
  probabilities: Probabilities;
  language: string;
  languageSupported: boolean;
  model: string;
  modelVersion: string;
  characters: number;
  method: string; // that made one answer of the experts'; "" where it is not told
  asked: string[]; // experts
  estimatedMicroseconds?: number | undefined; // of asking them, by the gate's measure
  cached: boolean;
  experts: Expert[]; // their answers about the overall task
  readings: Reading[];
  aspects: Aspect[];
  evidence: Evidence[];
  terms: Term[];
  timeMicroseconds: number;
  requestId?: string | undefined; // that feedback names; undefined: not known
  arm?: string | undefined; // of the server's rollout; undefined: it has none
}

export interface CurvePoint {
  us: number; // microseconds a text
  asked: number; // share of the texts that went on to a dearer expert
  accuracy: number;
  macroF1: number;
}

export interface Curve {
  points: CurvePoint[]; // at least one, cheapest first
  budgets: Partial<Record<Budget, CurvePoint>>;
}

export interface ReliabilityBin {
  low: number;
  high: number;
  count: number;
  confidence: number; // mean of the bin's answers
  accuracy: number;
}

export interface Calibration {
  rows: number;
  ece: number;
  brier: number;
  bins: ReliabilityBin[];
}

// Which share of the answers is kept as not uncertain, and how many of these are right.
export interface Selective {
  rows: number;
  kept: number;
  precision: number;
}

export type Questions = "overall" | "aspects";

export interface Gate {
  fitted: boolean;
  method: string;
  precision?: number | undefined; // that answers which are not uncertain should reach
  stages: { experts: string[]; fixedMicroseconds: number; characterMicroseconds: number }[];
  curves: Partial<Record<Questions, Curve>>;
  rows: number; // that it was fitted on
  methods: { method: string; macroF1: number | undefined; logLoss: number | undefined }[];
  calibration: Partial<Record<"fast" | "best", Partial<Record<Questions, Calibration>>>>;
  selective: Partial<Record<"two_class" | "three_class", Selective>>; // at best
}

export interface Model {
  name: string;
  version: string;
  digest: string;
  languages: string[];
  precision: string; // that its numbers are stored in
  experts: string[];
  aspects: string[];
  gate: Gate | undefined; // undefined: the server does not tell
}

export interface ServerInfo {
  version: string;
  admin: boolean; // whether requests may change models and steer the rollout
  models: Model[];
  maxBodyBytes: number;
  maxTextBytes: number;
  maxTexts: number;
}

export type BatchItem =
  | { label: Label; probabilities: Probabilities; score: number; uncertain?: boolean | undefined }
  | { error: { type: string; detail: string } };
