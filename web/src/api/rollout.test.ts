import { describe, expect, it } from "vitest";
import { ACTIONS, allows, readRollout } from "./rollout";

describe("readRollout", () => {
  it("reads arms, the canary and its history, newest first", () => {
    const told = readRollout({
      name: "june",
      live: "zh-1",
      arms: [
        {
          name: "zh-1",
          role: "live",
          total: { requests: 9, error_rate: 0, latency_us: null, labelled: 2, accuracy: 0.5 },
        },
        { name: "b", role: "arm", weight: 0.2, total: { requests: 0, error_rate: null } },
        { name: "tiny", role: "shadow", disagreement: 0.25 },
      ],
      canary: {
        ...{ model: "zh-2", phase: "running", stage: 1, stages: [0.01, 0.5, 1], share: 0.5, advice: "hold" },
        signals: [{ signal: "latency", finding: "waiting", live: 90, canary: 1, live_samples: 7, canary_samples: 0 }],
      },
      decisions: [
        { sequence: 1, time: "2026-05-01T00:00:00Z", move: "start", automatic: true, reason: "a" },
        { sequence: 4, time: "2026-05-02T00:00:00Z", move: "pause", automatic: false, reason: "lunch" },
      ],
      log: { failures: 0, error: null },
    });
    expect(told.arms.map((arm) => [arm.name, arm.role, arm.weight])).toEqual([
      ["zh-1", "live", undefined],
      ["b", "arm", 0.2],
      ["tiny", "shadow", undefined],
    ]);
    expect(told.arms[0]?.total).toMatchObject({ requests: 9, latencyMicroseconds: undefined, accuracy: 0.5 });
    expect(told.arms[2]).toMatchObject({ total: undefined, disagreement: 0.25 });
    expect(told.canary).toMatchObject({ phase: "running", stage: 1, stages: [0.01, 0.5, 1] });
    expect(told.canary?.signals).toEqual([
      { signal: "latency", finding: "waiting", live: 90, canary: undefined }, // of no samples there is no mean
    ]);
    expect(told.decisions.map(({ move }) => move)).toEqual(["pause", "start"]);
    expect(told.logError).toBe("");
  });

  it("reads a rollout without a canary", () => {
    expect(readRollout({ name: "ab", arms: [] })).toMatchObject({ canary: undefined, decisions: [], arms: [] });
  });
});

describe("allows", () => {
  const allowed = (phase: string) => ACTIONS.filter((action) => allows(phase, action));
  it("is what the server accepts", () => {
    expect(allowed("running")).toEqual(["advance", "promote", "pause", "abort"]);
    expect(allowed("paused")).toEqual(["promote", "resume", "abort"]);
    expect(allowed("promoted")).toEqual(["abort"]);
    expect(allowed("rolled_back")).toEqual([]);
  });
});
