import { describe, expect, it } from "vitest";
import { bounded, MAX_CHARACTERS, MAX_JUDGED, readJudged, trainingLines, withJudged, type Judged } from "./feedback";

const judged = (text: string, change: Partial<Judged> = {}): Judged => ({
  ...{ text, label: "negative", answered: "positive", at: 1, counted: false },
  ...change,
});

describe("feedback", () => {
  it("keeps the last label of a text", () => {
    const all = withJudged([judged("a"), judged("b")], judged("b", { label: "neutral" }));
    expect(all.map(({ text, label }) => [text, label])).toEqual([
      ["b", "neutral"],
      ["a", "negative"],
    ]);
  });

  it("is bounded in number and size", () => {
    expect(bounded(Array.from({ length: MAX_JUDGED + 5 }, (_, i) => judged(`${i}`)))).toHaveLength(MAX_JUDGED);
    const long = "x".repeat(MAX_CHARACTERS / 2);
    expect(bounded([judged(`1${long}`), judged(`2${long}`), judged("3")])).toHaveLength(1);
  });

  it("survives what localStorage may hold", () => {
    expect(readJudged({})).toEqual([]);
    expect(readJudged([null, 7, { text: "a" }, { ...judged("b"), label: "furious" }, judged("c")])).toEqual([
      judged("c"),
    ]);
  });

  it("becomes training data, oldest first, a line each whatever the text holds", () => {
    const lines = trainingLines([judged("味道\n很好 “quoted”", { label: "positive" }), judged('say "no"')]);
    expect(
      lines
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { text: 'say "no"', label: "negative" },
      { text: "味道\n很好 “quoted”", label: "positive" },
    ]);
    expect(lines.endsWith("\n")).toBe(true);
  });
});
