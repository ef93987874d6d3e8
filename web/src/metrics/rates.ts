// Two readings of the counters -> what happened between them.
import type { Buckets, Reading } from "./reading";

export interface Point {
  at: number; // seconds
  texts: number; // a second, as requests and refused
  requests: number;
  refused: number;
  p50: number | undefined; // seconds; undefined where nothing was answered
  p95: number | undefined;
  p99: number | undefined;
  tokensWaiting: number;
  experts: Readonly<Record<string, number>>; // share of the texts that were scored, not of those out of the cache
  cacheHits: number | undefined; // share of the texts that were looked up
}

// Another process, or fewer than before: the counters began anew.
function restarted(before: Reading, now: Reading): boolean {
  return before.startedAt !== now.startedAt || now.texts < before.texts || now.requests < before.requests;
}

const since = (before: number | undefined, now: number) => Math.max(0, now - (before ?? 0));

function bucketsSince(before: Buckets, now: Buckets): Buckets {
  const earlier = new Map(before.map(({ seconds, count }) => [seconds, count]));
  return now.map(({ seconds, count }) => ({ seconds, count: since(earlier.get(seconds), count) }));
}

// As Prometheus' histogram_quantile(): straight between the bounds of the bucket that the rank falls into, 0 below the
// first one; the last finite bound where it falls behind that.
export function quantile(buckets: Buckets, q: number): number | undefined {
  const total = buckets[buckets.length - 1]?.count ?? 0;
  if (!(total > 0)) return undefined;
  const rank = q * total;
  const found = buckets.findIndex(({ count }) => count >= rank);
  const bucket = buckets[found];
  const below = found > 0 ? buckets[found - 1] : { seconds: 0, count: 0 };
  if (!bucket || !below) return undefined;
  if (!Number.isFinite(bucket.seconds)) return below.seconds;
  const inside = bucket.count - below.count;
  return below.seconds + (inside > 0 ? (rank - below.count) / inside : 1) * (bucket.seconds - below.seconds);
}

// undefined: no time has passed.
export function pointOf(before: Reading, now: Reading): Point | undefined {
  const seconds = now.at - before.at;
  if (!(seconds > 0)) return undefined;
  const from = restarted(before, now) ? undefined : before;
  const durations = bucketsSince(from?.durations ?? [], now.durations);
  const texts = since(from?.texts, now.texts);
  const hits = now.cache && since(from?.cache?.hits, now.cache.hits);
  const lookups = now.cache && (hits ?? 0) + since(from?.cache?.misses, now.cache.misses);
  const scored = texts - (hits ?? 0);
  const asked = Object.entries(now.experts).map(([name, count]) => [name, since(from?.experts[name], count)] as const);
  return {
    at: now.at,
    texts: texts / seconds,
    requests: since(from?.requests, now.requests) / seconds,
    refused: since(from?.refused, now.refused) / seconds,
    p50: quantile(durations, 0.5),
    p95: quantile(durations, 0.95),
    p99: quantile(durations, 0.99),
    tokensWaiting: now.tokensWaiting,
    experts: scored > 0 ? Object.fromEntries(asked.map(([name, count]) => [name, Math.min(1, count / scored)])) : {},
    cacheHits: lookups ? (hits ?? 0) / lookups : undefined,
  };
}
