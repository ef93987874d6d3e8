import { LABELS, type Label, type Probabilities } from "../api/types";

// Whole percents that add up to 100 (the largest remainders are rounded up), so that the bars agree with each other.
export function wholePercents(shares: readonly number[]): number[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (!(total > 0)) return shares.map(() => 0);
  const exact = shares.map((share) => (share / total) * 100);
  const whole = exact.map(Math.floor);
  const missing = 100 - whole.reduce((sum, n) => sum + n, 0);
  const byRemainder = exact.map((value, i) => [value - Math.floor(value), i] as const).sort((a, b) => b[0] - a[0]);
  for (const [, i] of byRemainder.slice(0, missing)) whole[i] = (whole[i] ?? 0) + 1;
  return whole;
}

export function labelPercents(probabilities: Probabilities): Record<Label, number> {
  const percents = wholePercents(LABELS.map((label) => probabilities[label] ?? 0));
  return Object.fromEntries(LABELS.map((label, i) => [label, percents[i] ?? 0])) as Record<Label, number>;
}
