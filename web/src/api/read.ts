// Untrusted JSON (an answer, or what localStorage kept) -> the page's types. A missing optional member becomes empty; a
// verdict without a known label is an error, for there is nothing to show then.
import { list, maybeBoolean, maybeNumber, maybeString, number, object, string, strings, type Json } from "./json";
import {
  LABELS,
  type Analysis,
  type Aspect,
  type BatchItem,
  type Evidence,
  type Label,
  type Probabilities,
  type Reading,
  type Sentence,
  type Sentences,
} from "./types";

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
    uncertain: maybeBoolean(value.uncertain),
    evidence: evidence(value.evidence),
  };
}

function reading(value: Json): Reading {
  const { name, tokens, windows, coverage, truncated } = value;
  return {
    name: string(name),
    tokens: number(tokens),
    windows: number(windows),
    coverage: number(coverage, 1),
    truncated: truncated === true,
  };
}

export function isLabel(value: unknown): value is Label {
  return (LABELS as readonly unknown[]).includes(value);
}

// Reads the server's form and this page's own, which the history keeps: names of members differ where they must.
export function readAnalysis(value: unknown): Analysis {
  const answer = object(value);
  const gate = object(answer.gate);
  if (!isLabel(answer.label)) throw new TypeError("the answer has no label that this page knows");
  return {
    label: answer.label,
    score: number(answer.score),
    uncertain: maybeBoolean(answer.uncertain),
    probabilities: probabilities(answer.probabilities),
    language: string(answer.language),
    languageSupported: answer.language_supported !== false && answer.languageSupported !== false,
    model: string(answer.model),
    modelVersion: string(answer.model_version ?? answer.modelVersion),
    characters: number(answer.characters),
    method: string(gate.method ?? answer.method),
    asked: strings(gate.asked ?? answer.asked),
    estimatedMicroseconds: maybeNumber(gate.estimated_us ?? answer.estimatedMicroseconds),
    cached: answer.cached === true,
    readings: list(answer.encoders ?? answer.readings).map(reading),
    experts: list(answer.experts).map((e) => ({ name: string(e.name), probabilities: probabilities(e.probabilities) })),
    aspects: list(answer.aspects).map(aspect),
    evidence: evidence(answer.evidence),
    terms: list(answer.terms).map((t) => ({
      term: string(t.term),
      count: number(t.count, 1),
      weight: number(t.weight),
    })),
    timeMicroseconds: number(answer.time_us ?? answer.timeMicroseconds),
    requestId: maybeString(answer.requestId),
    arm: maybeString(answer.arm),
  };
}

function sentence(value: Json): Sentence[] {
  if (!isLabel(value.label)) return [];
  const aspects = list(value.aspects).map((a) => ({
    name: string(a.name),
    label: string(a.label),
    score: number(a.score),
  }));
  return [
    {
      start: number(value.start),
      end: number(value.end),
      label: value.label,
      score: number(value.score),
      uncertain: maybeBoolean(value.uncertain),
      probabilities: probabilities(value.probabilities),
      aspects,
    },
  ];
}

export function readSentences(value: unknown): Sentences {
  const answer = object(value);
  if (!Array.isArray(answer.sentences)) throw new TypeError("the answer has no sentences");
  return { sentences: list(answer.sentences).flatMap(sentence), leftOut: number(answer.sentences_left_out) };
}

export function readBatchItem(value: unknown): BatchItem {
  const item = object(value);
  if (isLabel(item.label)) {
    return {
      label: item.label,
      score: number(item.score),
      uncertain: maybeBoolean(item.uncertain),
      probabilities: probabilities(item.probabilities),
    };
  }
  const error = object(item.error);
  return {
    error: {
      type: string(error.type) || "unknown_answer",
      detail: string(error.detail) || "the server gave neither a label nor an error",
    },
  };
}
