import { describe, expect, it } from "vitest";
import { ApiProblem } from "../api/client";
import type { BatchItem } from "../api/types";
import { batches, type BatchLimits } from "./batches";
import { RateMeter } from "./rate";
import { Results } from "./results";
import { run } from "./run";

const item: BatchItem = { label: "positive", score: 1, probabilities: { positive: 1, neutral: 0, negative: 0 } };

function source(texts: (string | undefined)[], results: Results) {
  return {
    rowCount: texts.length,
    isPending: (row: number) => results.isPending(row),
    text: (row: number) => texts[row],
    reject: (row: number, error: string) => results.fail(row, error),
  };
}

type Send = (texts: readonly string[], signal: AbortSignal) => Promise<BatchItem[]>;

function runAll(texts: string[], results: Results, send: Send, limits: BatchLimits = { texts: 2, bytes: 1000 }) {
  const pauses: number[] = [];
  const abort = new AbortController();
  const finished = run({
    batches: batches(source(texts, results), limits),
    send,
    onAnswer: (rows, items) => rows.forEach((row, i) => results.set(row, items[i] ?? item)),
    onRefused: (rows, error) => rows.forEach((row) => results.fail(row, error)),
    sleep: async (ms) => void pauses.push(ms),
    signal: abort.signal,
  });
  return { finished, pauses, abort };
}

describe("batches", () => {
  const plan = (texts: (string | undefined)[], limits: BatchLimits) => {
    const results = new Results(texts.length);
    return { rows: [...batches(source(texts, results), limits)].map((batch) => batch.rows), results };
  };

  it("bounds the number of texts", () => {
    expect(plan(["a", "b", "c", "d", "e"], { texts: 2, bytes: 1000 }).rows).toEqual([[0, 1], [2, 3], [4]]);
  });

  it("bounds the bytes as they are sent", () => {
    // "好好" takes 8 bytes with its quotes and 9 with the comma.
    expect(plan(["好好", "好好", "好好"], { texts: 9, bytes: 18 }).rows).toEqual([[0, 1], [2]]);
  });

  it("rejects what cannot be sent and goes on", () => {
    const { rows, results } = plan(["a", " \n", undefined, "x".repeat(100), "b"], { texts: 9, bytes: 50 });
    expect(rows).toEqual([[0, 4]]);
    expect([1, 2, 3].map((row) => results.at(row).error?.split(":")[0])).toEqual([
      "empty_text",
      "empty_text",
      "too_long",
    ]);
  });
});

describe("run", () => {
  it("keeps two requests in flight and answers each row once", async () => {
    let inFlight = 0;
    let most = 0;
    const texts = Array.from({ length: 25 }, (_, i) => `t${i}`);
    const results = new Results(25);
    const { finished } = runAll(texts, results, async (sent) => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setTimeout(resolve, 1));
      inFlight -= 1;
      return sent.map(() => item);
    });
    await finished;
    expect(most).toBe(2);
    expect([results.done, results.count("positive")]).toEqual([25, 25]);
  });

  it("waits as long as a busy server asks", async () => {
    let calls = 0;
    const results = new Results(1);
    const { finished, pauses } = runAll(["a"], results, async () => {
      if (++calls <= 3) throw new ApiProblem("busy", "", 7);
      return [item];
    });
    await finished;
    expect(pauses).toEqual([7000, 7000, 7000]);
    expect(results.done).toBe(1);
  });

  it("halves refused batches down to the text at fault", async () => {
    const results = new Results(8);
    const texts = ["a", "b", "c", "bad", "e", "f", "g", "h"];
    const send: Send = async (sent) => {
      if (sent.includes("bad")) throw new ApiProblem("too_long", "too large");
      return sent.map(() => item);
    };
    await runAll(texts, results, send, { texts: 8, bytes: 1000 }).finished;
    expect(results.at(3).error).toBe("too_long: too large");
    expect([results.done, results.errorCount]).toEqual([8, 1]);
  });

  it("gives up on a server that is away, and goes on from there in a further run", async () => {
    const texts = ["a", "b", "c", "d", "e", "f"];
    const results = new Results(6);
    let sent = 0;
    const dying: Send = async (batch) => {
      if (++sent > 1) throw new ApiProblem("away", "gone");
      return batch.map(() => item);
    };
    await expect(runAll(texts, results, dying).finished).rejects.toMatchObject({ kind: "away" });
    expect(results.done).toBe(2);
    await runAll(texts, results, async (batch) => batch.map(() => item)).finished;
    expect([results.done, results.errorCount]).toEqual([6, 0]);
  });

  it("stops when cancelled", async () => {
    const results = new Results(6);
    const { finished, abort } = runAll(["a", "b", "c", "d", "e", "f"], results, async (batch) => {
      await Promise.resolve();
      abort.abort();
      return batch.map(() => item);
    });
    await expect(finished).rejects.toMatchObject({ name: "AbortError" });
    expect(results.done).toBeLessThan(6);
  });
});

describe("RateMeter", () => {
  it("looks at the last seconds only", () => {
    const meter = new RateMeter();
    expect(meter.secondsLeft(10)).toBeUndefined();
    meter.add(0, 0);
    meter.add(1000, 500);
    expect(meter.rowsPerSecond()).toBe(500);
    expect(meter.secondsLeft(1000)).toBe(2);
    meter.add(10_000, 500);
    meter.add(11_000, 500);
    meter.add(17_000, 600);
    expect(meter.rowsPerSecond()).toBeCloseTo(100 / 6);
  });
});
