// In what two answers to one text differ.
import type { Analysis } from "../../api/types";

export interface Differences {
  label: boolean;
  aspects: string[]; // those that both know and see differently
  onlyOne: string[]; // those that only one of them knows
}

export function differencesOf(a: Analysis, b: Analysis): Differences {
  const labels = new Map(b.aspects.map(({ name, label }) => [name, label]));
  const shared = a.aspects.filter(({ name }) => labels.has(name));
  const known = new Set(a.aspects.map(({ name }) => name));
  return {
    label: a.label !== b.label,
    aspects: shared.filter(({ name, label }) => labels.get(name) !== label).map(({ name }) => name),
    onlyOne: [...a.aspects, ...b.aspects]
      .map(({ name }) => name)
      .filter((name) => !labels.has(name) || !known.has(name)),
  };
}
