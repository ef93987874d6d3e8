// Who answers which share of the traffic.
import type { Rollout } from "../../api/rollout";

export type Weights = Readonly<Record<string, number>>; // of arms: shares of what the canary leaves

export function weightsOf(rollout: Rollout): Weights {
  const arms = rollout.arms.filter(({ role }) => role === "arm");
  return Object.fromEntries(arms.map(({ name, weight }) => [name, weight ?? 0]));
}

// What is left for the live model of that; below 0: the weights are too large together.
export function leftForLive(weights: Weights): number {
  const left = 1 - Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return Math.abs(left) < 1e-9 ? 0 : left;
}

// Of the whole traffic; 0 for shadows, who answer nobody.
export function sharesOf(rollout: Rollout, weights: Weights): Record<string, number> {
  const canary = rollout.canary?.share ?? 0;
  return Object.fromEntries(
    rollout.arms.map(({ name, role }) => {
      if (role === "canary") return [name, canary];
      if (role === "arm") return [name, (weights[name] ?? 0) * (1 - canary)];
      return [name, role === "live" ? Math.max(0, leftForLive(weights)) * (1 - canary) : 0];
    }),
  );
}
