import { describe, expect, it } from "vitest";
import { parseExposition } from "./exposition";
import { pointOf, quantile } from "./rates";
import { readingOf, type Reading } from "./reading";
import { KEPT_S, rangeOf, series, Timeline, WINDOW_S } from "./timeline";

const METRICS = `
tenor_requests_total{route="predict",status="200"} 40
tenor_requests_total{route="analyze",status="422"} 10
tenor_requests_total{route="metrics",status="200"} 999
tenor_texts_total{language="zh",label="positive"} 100
tenor_texts_total{language="en",label="negative"} 20
tenor_request_duration_seconds_bucket{route="predict",le="0.001"} 30
tenor_request_duration_seconds_bucket{route="predict",le="+Inf"} 40
tenor_request_duration_seconds_bucket{route="analyze",le="0.001"} 0
tenor_request_duration_seconds_bucket{route="analyze",le="+Inf"} 10
tenor_request_duration_seconds_bucket{route="metrics",le="+Inf"} 999
tenor_queue_tokens{priority="interactive"} 7
tenor_queue_tokens{priority="bulk"} 300
tenor_refusals_total{reason="queue_full"} 3
tenor_refusals_total{reason="deadline"} 1
tenor_expert_texts_total{expert="linear_svm"} 90
tenor_expert_texts_total{expert="encoder"} 9
tenor_expert_texts_total{expert="other"} 0
tenor_cache_hits_total 30
tenor_cache_misses_total 90
tenor_drift_psi{model="zh",signal="label"} 0.12
tenor_drift_psi{model="zh",signal="length"} NaN
tenor_drift_psi_by_chance{model="zh",signal="label"} 0.01
tenor_drift_texts{model="zh"} 512
process_start_time_seconds 1700000000
`;

const reading = (change: Partial<Reading> = {}): Reading => ({
  ...readingOf(parseExposition(METRICS), 100),
  ...change,
});

describe("readingOf", () => {
  it("adds up what carries texts", () => {
    expect(reading()).toMatchObject({ texts: 120, requests: 50, tokensWaiting: 307, refused: 4 });
    expect(reading().durations).toEqual([
      { seconds: 0.001, count: 30 },
      { seconds: Infinity, count: 50 },
    ]);
  });

  it("knows experts, cache and drift", () => {
    expect(reading().experts).toEqual({ linear_svm: 90, encoder: 9 });
    expect(reading().cache).toEqual({ hits: 30, misses: 90 });
    expect(reading().drift).toEqual([
      { model: "zh", signal: "label", psi: 0.12, byChance: 0.01 },
      { model: "zh", signal: "length", psi: undefined, byChance: undefined },
    ]);
    expect(reading().driftTexts).toEqual({ zh: 512 });
  });

  it("reads a server that tells nothing of this", () => {
    const empty = readingOf(parseExposition("up 1\n"), 1);
    expect(empty).toMatchObject({ texts: 0, requests: 0, cache: undefined, drift: [], experts: {}, durations: [] });
  });
});

describe("quantile", () => {
  const buckets = [
    { seconds: 0.1, count: 10 },
    { seconds: 0.2, count: 20 },
    { seconds: 0.4, count: 20 },
    { seconds: Infinity, count: 25 },
  ];
  it("goes straight between a bucket's bounds", () => {
    expect(quantile(buckets, 0.2)).toBeCloseTo(0.05);
    expect(quantile(buckets, 0.6)).toBeCloseTo(0.15);
    expect(quantile(buckets, 0.8)).toBeCloseTo(0.2);
  });
  it("says the last bound of what lies behind it, and nothing of nothing", () => {
    expect(quantile(buckets, 0.99)).toBe(0.4);
    expect(quantile([], 0.5)).toBeUndefined();
    expect(quantile([{ seconds: Infinity, count: 0 }], 0.5)).toBeUndefined();
  });
});

describe("pointOf", () => {
  it("divides what came by the time that passed", () => {
    const before = reading();
    const now = reading({
      at: 110,
      texts: 220,
      requests: 150,
      refused: 9,
      durations: [
        { seconds: 0.001, count: 130 },
        { seconds: Infinity, count: 150 },
      ],
      experts: { linear_svm: 170, encoder: 29 },
      cache: { hits: 50, misses: 170 },
    });
    const point = pointOf(before, now);
    expect(point).toMatchObject({ at: 110, texts: 10, requests: 10, refused: 0.5, tokensWaiting: 307 });
    expect(point?.p50).toBeCloseTo(0.0005);
    expect(point?.cacheHits).toBeCloseTo(0.2);
    expect(point?.experts.linear_svm).toBeCloseTo(1); // 80 of the 80 texts that were not in the cache
    expect(point?.experts.encoder).toBeCloseTo(0.25);
  });

  it("knows nothing where nothing was answered", () => {
    const point = pointOf(reading(), reading({ at: 102 }));
    expect(point).toMatchObject({ texts: 0, requests: 0, p50: undefined, cacheHits: undefined, experts: {} });
    expect(pointOf(reading(), reading())).toBeUndefined();
  });

  it("counts from nothing after a restart", () => {
    const now = reading({ at: 110, texts: 5, requests: 5, startedAt: 1700000500 });
    expect(pointOf(reading(), now)).toMatchObject({ texts: 0.5, requests: 0.5 });
    expect(pointOf(reading(), { ...now, startedAt: 1700000000 })?.texts).toBe(0.5);
  });
});

describe("rangeOf", () => {
  it("says where a series is and was", () => {
    expect(rangeOf([1, null, 4])).toEqual({ now: 4, low: 1, high: 4, mean: 2.5 });
    expect(rangeOf([3, null])).toEqual({ now: undefined, low: 3, high: 3, mean: 3 });
    expect(rangeOf([null])).toBeUndefined();
  });
});

describe("Timeline", () => {
  it("looks back over its window and forgets what is older than ten minutes", () => {
    const timeline = new Timeline();
    for (let at = 0; at <= 1000; at += 2) timeline.add(reading({ at, texts: at * 3 }));
    const { moments } = timeline;
    expect(moments[0]?.at).toBe(1000 - KEPT_S);
    expect(moments).toHaveLength(KEPT_S / 2 + 1);
    expect(timeline.lastPoint?.texts).toBeCloseTo(3);
    timeline.add(reading({ at: 1002, texts: 3000 + 200 }));
    expect(timeline.lastPoint?.texts).toBeCloseTo((200 + 3 * (WINDOW_S - 2)) / WINDOW_S);
  });

  it("leaves a gap where nobody looked", () => {
    const timeline = new Timeline();
    for (const at of [0, 2, 4, 100, 102]) timeline.add(reading({ at, texts: at }));
    const values = series(timeline.moments, (point) => point.texts);
    expect(values.map((value) => value === null)).toEqual([false, false, true, false]);
    expect(timeline.moments.map(({ at }) => at)).toEqual([2, 4, 4.001, 102]);
  });

  it("takes no reading twice", () => {
    const timeline = new Timeline();
    timeline.add(reading({ at: 1 }));
    timeline.add(reading({ at: 1 }));
    expect(timeline.moments).toHaveLength(0);
  });
});
