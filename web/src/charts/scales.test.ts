import { describe, expect, it } from "vitest";
import { linear, logarithmic, logTicks, path, roundTicks } from "./scales";

describe("scales", () => {
  it("map ends to ends", () => {
    const y = linear([0.7, 0.8], [200, 0]);
    expect([0.7, 0.75, 0.8].map(y).map(Math.round)).toEqual([200, 100, 0]);
    expect(linear([3, 3], [0, 10])(3)).toBe(5);
    const x = logarithmic([10, 1000], [0, 100]);
    expect([10, 100, 1000].map(x)).toEqual([0, 50, 100]);
    expect(Number.isFinite(x(0))).toBe(true);
  });
});

describe("roundTicks", () => {
  it("contain all values in round steps", () => {
    expect(roundTicks([0.7244, 0.7631], 5)).toEqual([0.72, 0.73, 0.74, 0.75, 0.76, 0.77]);
    expect(roundTicks([0, 1], 6)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(roundTicks([12, 180], 4)).toEqual([0, 100, 200]);
  });

  it("know what to do with one value or none", () => {
    const ticks = roundTicks([0.5, 0.5], 4);
    expect(ticks.length).toBeGreaterThanOrEqual(2);
    expect(Math.min(...ticks)).toBeLessThanOrEqual(0.5);
    expect(Math.max(...ticks)).toBeGreaterThanOrEqual(0.5);
    expect(roundTicks([], 4)).toEqual([0, 1]);
    expect(roundTicks([NaN], 4)).toEqual([0, 1]);
  });
});

describe("logTicks", () => {
  it("are round and inside", () => {
    expect(logTicks(17, 520)).toEqual([20, 50, 100, 200, 500]);
    expect(logTicks(0.5, 90_000)).toEqual([1, 10, 100, 1000, 10_000]);
    expect(logTicks(3, 4)).toEqual([]);
    expect(logTicks(0, 10)).toEqual([]);
  });
});

it("path joins points", () => {
  expect(
    path([
      [0, 1.25],
      [10, 2],
    ]),
  ).toBe("0.0,1.3 10.0,2.0");
});
