import { expect, it } from "vitest";
import { wholePercents } from "./percents";

it("rounds so that the sum is 100", () => {
  expect(wholePercents([1 / 3, 1 / 3, 1 / 3])).toEqual([34, 33, 33]);
  expect(wholePercents([0.995, 0.004, 0.001])).toEqual([100, 0, 0]);
  expect(wholePercents([0.125, 0.375, 0.5])).toEqual([13, 37, 50]);
  expect(wholePercents([0, 0, 0])).toEqual([0, 0, 0]);
  for (let i = 0; i < 200; i += 1) {
    const shares = [Math.random(), Math.random(), Math.random()];
    expect(wholePercents(shares).reduce((a, b) => a + b)).toBe(100);
  }
});
