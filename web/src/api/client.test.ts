import { afterEach, describe, expect, it, vi } from "vitest";
import { get, problemKind, retryAfterSeconds } from "./client";
import { denyKey, giveKey, KEY_WANTED } from "./key";
import { readAnalysis, readBatchItem, readSentences } from "./read";

describe("retryAfterSeconds", () => {
  it("reads seconds and dates, within bounds", () => {
    expect(retryAfterSeconds("7")).toBe(7);
    expect(retryAfterSeconds("0")).toBe(1);
    expect(retryAfterSeconds("86400")).toBe(60);
    expect(retryAfterSeconds(null)).toBe(1);
    expect(retryAfterSeconds("soon")).toBe(1);
    const now = Date.parse("2024-05-01T10:00:00Z");
    expect(retryAfterSeconds("Wed, 01 May 2024 10:00:05 GMT", now)).toBe(5);
  });
});

describe("problemKind", () => {
  it("sorts statuses and codes", () => {
    expect(problemKind(429, "too_busy")).toBe("busy");
    expect(problemKind(413, "body_too_large")).toBe("too_long");
    expect(problemKind(422, "empty_text")).toBe("empty");
    expect(problemKind(422, "wrong_type")).toBe("refused");
    expect(problemKind(401, "unauthorized")).toBe("key");
    expect(problemKind(500, "")).toBe("failed");
  });
});

describe("reading answers", () => {
  it("survives missing members but not a missing label", () => {
    expect(readAnalysis({ label: "neutral", score: 0.5 })).toMatchObject({
      label: "neutral",
      aspects: [],
      evidence: [],
    });
    expect(() => readAnalysis({ label: "furious" })).toThrow(/label/);
    expect(() => readAnalysis(null)).toThrow(/label/);
  });

  it("reads its own stored form back", () => {
    const answer = readAnalysis({
      label: "positive",
      score: 0.9,
      time_us: 41,
      model_version: "1.0.0",
      language_supported: false,
    });
    expect(readAnalysis(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
  });

  it("reads who was asked, what was read and whether it is certain", () => {
    const answer = readAnalysis({
      label: "positive",
      score: 0.7,
      uncertain: true,
      gate: { method: "learned", asked: ["linear_svm", 7], estimated_us: 9.1 },
      encoders: [{ name: "encoder", tokens: 900, windows: 4, coverage: 0.57, truncated: true }],
      cached: true,
      aspects: [{ name: "food", label: "positive", score: 0.5, uncertain: false }],
    });
    expect(answer).toMatchObject({ uncertain: true, method: "learned", asked: ["linear_svm"], cached: true });
    expect(answer.estimatedMicroseconds).toBe(9.1);
    expect(answer.readings).toEqual([{ name: "encoder", tokens: 900, windows: 4, coverage: 0.57, truncated: true }]);
    expect(answer.aspects[0]?.uncertain).toBe(false);
    expect(readAnalysis(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
  });

  it("reads sentences, and leaves out those without a verdict", () => {
    const good = { start: 0, end: 3, label: "negative", score: 0.9, aspects: [{ name: "food", label: "negative" }] };
    const { sentences, leftOut } = readSentences({ sentences: [good, { start: 3 }, null], sentences_left_out: 5 });
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatchObject({ start: 0, end: 3, label: "negative", uncertain: undefined });
    expect(leftOut).toBe(5);
    expect(() => readSentences({ label: "negative" })).toThrow(/sentences/);
  });

  it("turns an unreadable batch item into an error", () => {
    expect(readBatchItem({ error: { type: "empty_text", detail: "d" } })).toEqual({
      error: { type: "empty_text", detail: "d" },
    });
    expect(readBatchItem(7)).toHaveProperty("error.type", "unknown_answer");
  });
});

describe("API keys", () => {
  afterEach(() => vi.unstubAllGlobals());

  // A server that takes one key, a tab, and a reader who answers as told.
  function world(reader: (() => void)[]) {
    const events = new EventTarget();
    const kept = new Map<string, string>();
    vi.stubGlobal("addEventListener", events.addEventListener.bind(events));
    vi.stubGlobal("removeEventListener", events.removeEventListener.bind(events));
    vi.stubGlobal("dispatchEvent", events.dispatchEvent.bind(events));
    vi.stubGlobal("sessionStorage", {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
      removeItem: (key: string) => kept.delete(key),
    });
    vi.stubGlobal("fetch", async (_: string, { headers }: { headers: Record<string, string> }) =>
      headers.Authorization === "Bearer right"
        ? Response.json({ ok: true })
        : Response.json({ code: "unauthorized", detail: "no key" }, { status: 401 }),
    );
    events.addEventListener(KEY_WANTED, (event) => {
      const answer = reader.shift();
      if (!answer) return;
      event.preventDefault();
      queueMicrotask(answer);
    });
    return { left: () => reader.length };
  }

  it("asks the reader and asks the server again", async () => {
    world([() => giveKey("wrong"), () => giveKey("right")]);
    expect(await get("/info")).toEqual({ ok: true });
    expect(await get("/info")).toEqual({ ok: true }); // remembered
  });

  it("gives up where the reader does, or nobody asks", async () => {
    const { left } = world([() => giveKey("wrong"), () => denyKey()]);
    await expect(get("/info")).rejects.toMatchObject({ kind: "key", status: 401 });
    expect(left()).toBe(0);
    await expect(get("/info")).rejects.toMatchObject({ kind: "key" });
  });
});
