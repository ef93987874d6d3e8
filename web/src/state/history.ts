// The texts asked about and their answers, newest first, kept in localStorage within bounds.
import { readAnalysis } from "../api/read";
import type { Analysis, Budget, TextLanguage } from "../api/types";
import { isBudget } from "./budget";
import { remember, remembered } from "./storage";

export interface Entry {
  id: string;
  at: number; // milliseconds since 1970
  text: string;
  language?: TextLanguage | undefined; // as it was forced, if it was
  budget?: Budget | undefined; // as it was chosen, if it was
  answer: Analysis;
}

export const MAX_ENTRIES = 60;
export const MAX_CHARACTERS = 1_000_000; // of JSON; browsers give a site about five million

const KEY = "tenor.history";

// The newest entries that fit.
export function bounded(entries: readonly Entry[]): Entry[] {
  const kept: Entry[] = [];
  let characters = 0;
  for (const entry of entries.slice(0, MAX_ENTRIES)) {
    characters += JSON.stringify(entry).length;
    if (characters > MAX_CHARACTERS) break;
    kept.push(entry);
  }
  return kept;
}

// Newest first; an entry asked again moves to the front.
export function withEntry(entries: readonly Entry[], entry: Entry): Entry[] {
  return bounded([entry, ...entries.filter((other) => other.id !== entry.id)]);
}

export function readEntries(value: unknown): Entry[] {
  if (!Array.isArray(value)) return [];
  const entries: Entry[] = [];
  for (const item of value as Partial<Entry>[]) {
    if (typeof item?.id !== "string" || typeof item.at !== "number" || typeof item.text !== "string") continue;
    const language = item.language === "zh" || item.language === "en" ? item.language : undefined;
    const budget = isBudget(item.budget) ? item.budget : undefined;
    try {
      entries.push({ id: item.id, at: item.at, text: item.text, language, budget, answer: readAnalysis(item.answer) });
    } catch {
      // Written by another version of the page: leave this one out.
    }
  }
  return bounded(entries);
}

export function loadHistory(): Entry[] {
  return readEntries(remembered(KEY));
}

// Stores fewer where the browser has no room for all.
export function saveHistory(entries: readonly Entry[]): void {
  for (let kept = entries.length; !remember(KEY, entries.slice(0, kept)) && kept > 0; ) kept >>= 1;
}
