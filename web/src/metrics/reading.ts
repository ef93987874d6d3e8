// What the live view wants of /metrics at one moment.
import type { Exposition, Sample } from "./exposition";

// Cumulative: answers that took at most `seconds`, by rising seconds; the last ones are infinite.
export type Buckets = readonly { seconds: number; count: number }[];

export interface Drift {
  model: string;
  signal: string;
  psi: number | undefined; // undefined: too few texts yet
  byChance: number | undefined;
}

export interface Reading {
  at: number; // seconds, of the page's clock
  texts: number; // scored so far, as all counts here
  requests: number;
  durations: Buckets; // of requests with texts
  tokensWaiting: number;
  textsWaiting: number;
  inFlight: number;
  refused: number;
  experts: Readonly<Record<string, number>>; // texts that each was asked about
  cache: { hits: number; misses: number } | undefined; // undefined: there is none
  drift: readonly Drift[];
  driftTexts: Readonly<Record<string, number>>; // of each model, in the window
  memoryBytes: number;
  startedAt: number; // unix time of the process: another one begins to count anew
}

// Routes that score texts. Those of the live view itself, of probes and of people who look are not among them.
const WITH_TEXTS = new Set(["predict", "predict_batch", "analyze", "hf_classify", "v2_infer"]);

const carriesTexts = ({ labels }: Sample) => WITH_TEXTS.has(labels.route ?? "other");
const sum = (samples: readonly Sample[]) => samples.reduce((total, sample) => total + sample.value, 0);
const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : undefined);

function bucketsOf(samples: readonly Sample[]): Buckets {
  const counts = new Map<number, number>();
  for (const { labels, value } of samples) {
    const seconds = labels.le === "+Inf" ? Infinity : Number(labels.le);
    counts.set(seconds, (counts.get(seconds) ?? 0) + value);
  }
  return [...counts].map(([seconds, count]) => ({ seconds, count })).sort((a, b) => a.seconds - b.seconds);
}

function byLabel(samples: readonly Sample[], label: string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { labels, value } of samples) sums[labels[label] ?? ""] = (sums[labels[label] ?? ""] ?? 0) + value;
  return sums;
}

export function readingOf(exposition: Exposition, at: number): Reading {
  const all = (name: string) => exposition.get(name) ?? [];
  const hits = exposition.get("tenor_cache_hits_total");
  const chance = new Map(
    all("tenor_drift_psi_by_chance").map(({ labels, value }) => [`${labels.model}\n${labels.signal}`, value]),
  );
  const { other, ...experts } = byLabel(all("tenor_expert_texts_total"), "expert");
  return {
    at,
    texts: sum(all("tenor_texts_total")),
    requests: sum(all("tenor_requests_total").filter(carriesTexts)),
    durations: bucketsOf(all("tenor_request_duration_seconds_bucket").filter(carriesTexts)),
    tokensWaiting: sum(all("tenor_queue_tokens")),
    textsWaiting: sum(all("tenor_queue_texts")),
    inFlight: sum(all("tenor_in_flight")),
    refused: sum(all("tenor_refusals_total")),
    experts: other ? { ...experts, other } : experts,
    cache: hits && { hits: sum(hits), misses: sum(all("tenor_cache_misses_total")) },
    drift: all("tenor_drift_psi").map(({ labels, value }) => ({
      model: labels.model ?? "",
      signal: labels.signal ?? "",
      psi: finite(value),
      byChance: finite(chance.get(`${labels.model}\n${labels.signal}`)),
    })),
    driftTexts: byLabel(all("tenor_drift_texts"), "model"),
    memoryBytes: sum(all("process_resident_memory_bytes")),
    startedAt: sum(all("process_start_time_seconds")),
  };
}
