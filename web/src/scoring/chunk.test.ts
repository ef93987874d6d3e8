import { describe, expect, it } from "vitest";
import type { BatchItem, Label } from "../api/types";
import { chunkOf, refusedChunk, replay } from "./chunk";
import { Results } from "./results";

const item = (label: Label, score: number, uncertain?: boolean): BatchItem => ({
  ...{ label, score, probabilities: { positive: 0.1, neutral: 0.2, negative: 0.7, [label]: score } },
  ...(uncertain !== undefined && { uncertain }),
});
const broken: BatchItem = { error: { type: "empty_text", detail: "nothing to read" } };

// As IndexedDB gives it back.
const kept = <T>(value: T): T => structuredClone(value);

describe("a kept chunk", () => {
  it("gives the same results to the bit", () => {
    const rows = [7, 2, 0, 5];
    const items = [item("positive", 0.1 + 0.2, true), broken, item("neutral", 1 / 3), item("negative", 0.7, false)];
    const before = new Results(9);
    rows.forEach((row, i) => before.set(row, items[i] ?? broken));
    before.fail(8, "too_long: the text takes 9 bytes");
    const after = new Results(9);
    replay(kept(chunkOf(rows, items)), after);
    replay(kept(refusedChunk([8], "too_long: the text takes 9 bytes")), after);
    for (let row = 0; row < 9; row += 1) expect(after.at(row)).toEqual(before.at(row));
    expect([after.done, after.errorCount, after.uncertainCount]).toEqual([5, 2, 1]);
    expect(after.isPending(1)).toBe(true);
  });

  it("answers no row twice", () => {
    const results = new Results(2);
    replay(chunkOf([0], [item("positive", 0.9)]), results);
    replay(chunkOf([0, 1], [item("negative", 0.8), item("negative", 0.8)]), results);
    expect(results.at(0).label).toBe("positive");
    expect([results.done, results.count("positive"), results.count("negative")]).toEqual([2, 1, 1]);
  });
});
