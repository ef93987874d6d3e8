import { describe, expect, it } from "vitest";
import { readGate, readInfo } from "./read_info";

const point = (us: number, macro_f1: number) => ({ us, asked: 0.1, accuracy: 0.8, macro_f1 });

const GATE = {
  fitted: true,
  method: "learned",
  methods: ["learned", "vote"],
  stages: [{ experts: ["linear_svm"], fixed_us: 1.5, character_us: 0.15, most_characters: 0 }],
  curves: {
    overall: {
      budgets: { fast: point(17, 0.72), best: point(515, 0.75), lavish: point(1, 1) },
      points: [point(515, 0.75), "nonsense", { accuracy: 1 }, point(17, 0.72)],
    },
    aspects: { points: [] },
  },
  precision: 0.95,
  report: {
    rows: 3673,
    methods: [{ method: "vote", overall_macro_f1: 0.7259, overall_log_loss: 0.58 }, { method: "odd" }],
    calibration: {
      best: {
        overall: { rows: 7, ece: 0.017, brier: 0.33, bins: [{ low: 0, high: 0.1, count: 7, confidence: 0.05 }] },
      },
    },
    selective: { fast: { two_class: {} }, best: { three_class: { rows: 3673, kept: 0.4, precision: 0.93 } } },
  },
};

describe("readGate", () => {
  it("reads curves, cheapest first, and leaves out what is no point", () => {
    const gate = readGate(GATE);
    expect(gate?.curves.overall?.points.map((item) => item.us)).toEqual([17, 515]);
    expect(Object.keys(gate?.curves.overall?.budgets ?? {})).toEqual(["fast", "best"]);
    expect(gate?.curves.overall?.budgets.best?.macroF1).toBe(0.75);
    expect(gate?.curves.aspects).toBeUndefined();
  });

  it("reads calibration, methods and what uncertain keeps", () => {
    const gate = readGate(GATE);
    expect(gate?.calibration.best?.overall).toMatchObject({ rows: 7, ece: 0.017, brier: 0.33 });
    expect(gate?.calibration.best?.overall?.bins[0]).toMatchObject({ count: 7, accuracy: 0 });
    expect(gate?.calibration.fast).toBeUndefined();
    expect(gate?.methods.map((item) => item.macroF1)).toEqual([0.7259, undefined]);
    expect(gate?.selective).toEqual({ three_class: { rows: 3673, kept: 0.4, precision: 0.93 } });
  });

  it("tells a model without a fitted gate from a server that says nothing", () => {
    const unfitted = readGate({ fitted: false, method: "weighted", budgets: { fast: "fast" } });
    expect(unfitted).toMatchObject({ fitted: false, method: "weighted", curves: {}, stages: [], methods: [] });
    expect(readGate(undefined)).toBeUndefined();
    expect(readGate("gate")).toBeUndefined();
  });
});

describe("readInfo", () => {
  it("has default limits", () => {
    expect(readInfo({ version: "1" })).toMatchObject({
      version: "1",
      models: [],
      maxBodyBytes: 1048576,
      maxTextBytes: 1048576,
      maxTexts: 200,
    });
  });

  it("reads models", () => {
    const tasks = [{ name: "overall", aspect: false }, { name: "food", aspect: true }, 7];
    const info = readInfo({ models: [{ name: "tenor-en", experts: ["encoder"], tasks, languages: ["en"] }] });
    expect(info.models[0]).toMatchObject({ name: "tenor-en", version: "", experts: ["encoder"], aspects: ["food"] });
    expect(info.models[0]?.gate).toBeUndefined();
  });
});
