import { describe, expect, it } from "vitest";
import { readAnalysis } from "../api/read";
import { readInfo } from "../api/read_info";
import { isUnsure, modelOf, notAsked } from "./certainty";

const { models } = readInfo({
  models: [
    { name: "a", version: "1", experts: ["linear_svm", "encoder"] },
    { name: "a", version: "2", experts: ["linear_svm", "encoder", "teacher"] },
  ],
});
const answer = (asked: string[], version = "1") =>
  readAnalysis({ label: "positive", score: 0.9, model: "a", model_version: version, gate: { asked } });

describe("isUnsure", () => {
  it("believes the model, and knows a bound where it says nothing", () => {
    expect(isUnsure({ score: 0.8, uncertain: true })).toBe(true);
    expect(isUnsure({ score: 0.5, uncertain: false })).toBe(false);
    expect([0.59, 0.6].map((score) => isUnsure({ score }))).toEqual([true, false]);
  });
});

describe("notAsked", () => {
  it("names the experts that the gate left alone", () => {
    expect(notAsked(answer(["linear_svm"]), models[0])).toEqual(["encoder"]);
    expect(notAsked(answer(["linear_svm", "encoder"]), models[0])).toEqual([]);
  });

  it("says nothing of answers that do not tell, or of models that are gone", () => {
    expect(notAsked(answer([]), models[0])).toEqual([]);
    expect(modelOf(answer(["linear_svm"], "2"), models)).toBe(models[1]);
    expect(modelOf(answer(["linear_svm"], "3"), models)).toBeUndefined();
    expect(notAsked(answer(["linear_svm"]), undefined)).toEqual([]);
  });
});
