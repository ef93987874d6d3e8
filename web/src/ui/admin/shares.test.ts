import { describe, expect, it } from "vitest";
import { readRollout } from "../../api/rollout";
import { leftForLive, sharesOf, weightsOf } from "./shares";

const rollout = readRollout({
  name: "june",
  live: "a",
  arms: [
    { name: "a", role: "live" },
    { name: "b", role: "arm", weight: 0.25 },
    { name: "c", role: "canary" },
    { name: "d", role: "shadow" },
  ],
  canary: { model: "c", share: 0.2 },
});

describe("shares", () => {
  it("add up to the whole traffic", () => {
    expect(weightsOf(rollout)).toEqual({ b: 0.25 });
    const shares = sharesOf(rollout, weightsOf(rollout));
    expect(shares.c).toBe(0.2);
    expect(shares.b).toBeCloseTo(0.2);
    expect(shares.a).toBeCloseTo(0.6);
    expect(shares.d).toBe(0);
  });

  it("know when the weights are too large together", () => {
    expect(leftForLive({ b: 0.7, e: 0.3 })).toBe(0);
    expect(leftForLive({ b: 0.7, e: 0.4 })).toBeLessThan(0);
    expect(leftForLive({})).toBe(1);
  });
});
