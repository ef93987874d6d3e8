import { describe, expect, it } from "vitest";
import { readAnalysis } from "../../api/read";
import { differencesOf } from "./differences";

const answer = (label: string, aspects: Record<string, string>) =>
  readAnalysis({ label, aspects: Object.entries(aspects).map(([name, label]) => ({ name, label })) });

describe("differencesOf", () => {
  it("tells labels and aspects apart", () => {
    const a = answer("positive", { food: "positive", service: "negative", noise: "neutral" });
    const b = answer("negative", { food: "positive", service: "not_mentioned", price: "negative" });
    expect(differencesOf(a, b)).toEqual({ label: true, aspects: ["service"], onlyOne: ["noise", "price"] });
    expect(differencesOf(a, a)).toEqual({ label: false, aspects: [], onlyOne: [] });
  });
});
