// Untrusted JSON (an answer, or what localStorage kept) -> the page's types. A missing optional member becomes empty; a
// verdict without a known label is an error, for there is nothing to show then.
import {
  LABELS,
  type Analysis,
  type Aspect,
  type BatchItem,
  type Evidence,
  type Label,
  type Probabilities,
  type ServerInfo,
} from "./types";

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const object = (value: unknown): Json => (isObject(value) ? value : {});
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const number = (value: unknown, otherwise = 0): number =>
  typeof value === "number" && Number.isFinite(value) ? value : otherwise;
const string = (value: unknown): string => (typeof value === "string" ? value : "");

function probabilities(value: unknown): Probabilities {
  return Object.fromEntries(Object.entries(object(value)).map(([label, p]) => [label, number(p)]));
}

function evidence(value: unknown): Evidence[] {
  return list(value).map((item) => ({ start: number(item.start), end: number(item.end), weight: number(item.weight) }));
}

function aspect(value: Json): Aspect {
  return {
    name: string(value.name),
    label: string(value.label),
    score: number(value.score),
    evidence: evidence(value.evidence),
  };
}

export function isLabel(value: unknown): value is Label {
  return (LABELS as readonly unknown[]).includes(value);
}

export function readAnalysis(value: unknown): Analysis {
  const answer = object(value);
  if (!isLabel(answer.label)) throw new TypeError("the answer has no label that this page knows");
  return {
    label: answer.label,
    score: number(answer.score),
    probabilities: probabilities(answer.probabilities),
    language: string(answer.language),
    languageSupported: answer.language_supported !== false && answer.languageSupported !== false,
    model: string(answer.model),
    modelVersion: string(answer.model_version ?? answer.modelVersion),
    characters: number(answer.characters),
    experts: list(answer.experts).map((e) => ({ name: string(e.name), probabilities: probabilities(e.probabilities) })),
    aspects: list(answer.aspects).map(aspect),
    evidence: evidence(answer.evidence),
    terms: list(answer.terms).map((t) => ({
      term: string(t.term),
      count: number(t.count, 1),
      weight: number(t.weight),
    })),
    timeMicroseconds: number(answer.time_us ?? answer.timeMicroseconds),
  };
}

export function readBatchItem(value: unknown): BatchItem {
  const item = object(value);
  if (isLabel(item.label)) {
    return { label: item.label, score: number(item.score), probabilities: probabilities(item.probabilities) };
  }
  const error = object(item.error);
  return {
    error: {
      type: string(error.type) || "unknown_answer",
      detail: string(error.detail) || "the server gave neither a label nor an error",
    },
  };
}

export const DEFAULT_LIMITS = { maxBodyBytes: 1 << 20, maxTextBytes: 1 << 20, maxTexts: 200 };

export function readInfo(value: unknown): ServerInfo {
  const info = object(value);
  const limits = object(info.limits);
  return {
    version: string(info.version),
    models: list(info.models).map((model) => ({
      name: string(model.name),
      version: string(model.version),
      languages: Array.isArray(model.languages) ? model.languages.map(string) : [],
    })),
    maxBodyBytes: number(limits.max_body_bytes, DEFAULT_LIMITS.maxBodyBytes),
    maxTextBytes: number(limits.max_text_bytes, number(limits.max_body_bytes, DEFAULT_LIMITS.maxTextBytes)),
    maxTexts: number(limits.max_texts, DEFAULT_LIMITS.maxTexts),
  };
}
