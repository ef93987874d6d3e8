import { describe, expect, it } from "vitest";
import { readModels } from "../src/api/models";
import { ACTIONS, allows, readRollout } from "../src/api/rollout";
import { parseExposition } from "../src/metrics/exposition";
import { readingOf } from "../src/metrics/reading";
import { createMetrics } from "./metrics.mjs";
import { createModels, createRollout } from "./operations.mjs";

const clock = () => {
  const time = { seconds: 1000 };
  return [time, () => time.seconds];
};

describe("metrics of the mock", () => {
  it("are read as the live view reads them, and go up", () => {
    const [time, now] = clock();
    const metrics = createMetrics(now);
    const reading = () => readingOf(parseExposition(metrics.write()), time.seconds);
    const first = reading();
    expect(first).toMatchObject({ texts: 0, startedAt: 1000 });
    expect(first.drift).toHaveLength(8);
    expect(first.drift.filter(({ psi }) => psi === undefined)).toHaveLength(4); // too few texts
    time.seconds += 10;
    metrics.countRequest("analyze", 200, 0.004);
    metrics.countText("zh", "positive", ["linear_svm"]);
    const second = reading();
    expect(second.texts).toBeGreaterThan(100);
    expect(second.durations.at(-1)).toEqual({ seconds: Infinity, count: second.requests });
    expect(second.cache.hits + second.cache.misses).toBe(second.texts);
    expect(Object.keys(second.experts)).toContain("encoder");
  });
});

describe("models of the mock", () => {
  it("load, unload and refuse as the server does", () => {
    const models = createModels();
    const served = ([status, body]) => [status, readModels(body).models.map((model) => model.served)];
    expect(served(models.told())).toEqual([200, ["2.0.0", "2.2.0"]]);
    expect(served(models.order("/v1/models/zh/load", { version: "2.1.0" }))).toEqual([200, ["2.0.0", "2.1.0"]]);
    expect(models.order("/v1/models/zh/load", {})[1].code).toBe("model_refused");
    expect(models.order("/v1/models/fr/load", {})[0]).toBe(404);
    expect(served(models.order("/v1/models/zh/unload", {}))).toEqual([200, ["2.0.0", ""]]);
    expect(models.order("/v1/models/en/unload", {})[0]).toBe(409);
    expect(served(models.order("/v1/models/rescan", {}))[0]).toBe(200);
  });
});

describe("the rollout of the mock", () => {
  const read = ([, body]) => readRollout(body);

  it("moves on when it has evidence, and not before", () => {
    const [time, now] = clock();
    const rollout = createRollout(now);
    expect(read(rollout.told()).canary).toMatchObject({ phase: "running", stage: 1, share: 0.05 });
    time.seconds += 61;
    expect(read(rollout.told()).canary).toMatchObject({ stage: 2, share: 0.25 });
    expect(read(rollout.told()).canary).toMatchObject({ stage: 2 });
    time.seconds += 61;
    expect(read(rollout.told()).canary).toMatchObject({ phase: "promoted", share: 1 });
    expect(read(rollout.told()).decisions.map(({ move }) => move)).toEqual(["promote", "advance", "advance", "start"]);
  });

  it("is steered as the page believes", () => {
    for (const action of ACTIONS) {
      for (const earlier of [[], ["pause"], ["promote"], ["abort"]]) {
        const rollout = createRollout(clock()[1]);
        for (const one of earlier) rollout.order({ action: one });
        const { phase } = read(rollout.told()).canary;
        expect([phase, action, rollout.order({ action })[0]]).toEqual([phase, action, allows(phase, action) ? 200 : 409]);
      }
    }
    const rollout = createRollout(clock()[1]);
    expect(read(rollout.order({ weights: { "zh-b": 0.5 } })).arms[1].weight).toBe(0.5);
    expect(rollout.order({ weights: { nobody: 0.5 } })[0]).toBe(409);
    expect(rollout.order({ action: "explode" })[0]).toBe(422);
  });
});
