import { describe, expect, it } from "vitest";
import { readAnalysis } from "../api/read";
import { MAX_CHARACTERS, MAX_ENTRIES, bounded, readEntries, withEntry, type Entry } from "./history";

const entry = (id: string, text = "好"): Entry => ({
  id,
  at: 1,
  text,
  answer: readAnalysis({ label: "positive", score: 1 }),
});

describe("history", () => {
  it("is bounded in entries and in characters", () => {
    const many = Array.from({ length: MAX_ENTRIES + 5 }, (_, i) => entry(String(i)));
    expect(bounded(many).map((e) => e.id)).toEqual(many.slice(0, MAX_ENTRIES).map((e) => e.id));
    expect(bounded([entry("a"), entry("b", "x".repeat(MAX_CHARACTERS)), entry("c")]).map((e) => e.id)).toEqual(["a"]);
  });

  it("puts the newest first and has each entry once", () => {
    expect(withEntry([entry("a"), entry("b")], entry("b", "again")).map((e) => e.text)).toEqual(["again", "好"]);
  });

  it("keeps the budget that was chosen, and no other", () => {
    const stored = [
      { ...entry("a"), budget: "fast" },
      { ...entry("b"), budget: "lavish" },
    ];
    expect(readEntries(JSON.parse(JSON.stringify(stored))).map((e) => e.budget)).toEqual(["fast", undefined]);
  });

  it("survives whatever is in the storage", () => {
    expect(readEntries("nonsense")).toEqual([]);
    expect(readEntries([null, 7, {}, { id: "a", at: 1, text: "t", answer: {} }, entry("ok")]).map((e) => e.id)).toEqual(
      ["ok"],
    );
  });
});
