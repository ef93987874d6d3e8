// What the live charts draw, and how their figures are told.
import type { Words } from "../../i18n";
import type { Point } from "../../metrics/rates";
import type { Moment } from "../../metrics/timeline";

export interface Line {
  id: string;
  name: string;
  value: (point: Point) => number | undefined;
  tell: (value: number) => string;
}

export interface Chart {
  id: "throughput" | "latency" | "queue" | "experts";
  scale: "from_zero" | "count" | "share" | "logarithmic"; // count: of whole numbers
  lines: Line[]; // four at most: there are no more line styles
}

const LINES = 4;
const QUANTILES = ["p50", "p95", "p99"] as const;

export function chartsOf(moments: readonly Moment[], words: Words): Chart[] {
  const { t, microseconds } = words;
  const rate = rateTeller(words);
  const count = (value: number) => words.number(value);
  const time = (seconds: number) => microseconds(seconds * 1e6);
  return [
    {
      id: "throughput",
      scale: "from_zero",
      lines: [
        { id: "texts", name: t("live.texts"), value: (point) => point.texts, tell: rate },
        { id: "requests", name: t("live.requests"), value: (point) => point.requests, tell: rate },
      ],
    },
    {
      id: "latency",
      scale: "logarithmic",
      lines: QUANTILES.map((name) => ({ id: name, name, value: (point) => point[name], tell: time })),
    },
    {
      id: "queue",
      scale: "count",
      lines: [
        { id: "tokens", name: t("live.tokens"), value: (point) => point.tokensWaiting, tell: count },
        { id: "refused", name: t("live.refused"), value: (point) => point.refused, tell: rate },
      ],
    },
    { id: "experts", scale: "share", lines: shareLines(moments, words) },
  ];
}

export function rateTeller({ t, number }: Words): (value: number) => string {
  return (value) => t("live.rate", { n: number(value, value < 10 ? 1 : 0) });
}

// The experts by their names, and the cache where there is one.
function shareLines(moments: readonly Moment[], { t, name, percent }: Words): Line[] {
  const names = new Set<string>();
  for (const { point } of moments) for (const expert in point?.experts) names.add(expert);
  const lines = [...names].sort().map((expert) => ({
    id: expert,
    name: name("expert", expert),
    value: (point: Point) => point.experts[expert],
    tell: percent,
  }));
  if (!moments.some(({ point }) => point?.cacheHits !== undefined)) return lines.slice(0, LINES);
  const cache = { id: "cache", name: t("live.cache"), value: (point: Point) => point.cacheHits, tell: percent };
  return [...lines.slice(0, LINES - 1), cache];
}
