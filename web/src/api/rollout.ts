// GET and POST /v1/rollout.
import { ApiProblem, get, post } from "./client";
import { isObject, list, maybeNumber, number, object, string, type Json } from "./json";

export interface Sums {
  requests: number;
  errorRate: number | undefined; // undefined: nothing was counted, as of all here
  latencyMicroseconds: number | undefined;
  abstentionRate: number | undefined;
  labelled: number;
  accuracy: number | undefined;
}

export interface Arm {
  name: string;
  role: string; // live, arm, canary or shadow
  weight: number | undefined; // of an arm: share of what the canary leaves
  total: Sums | undefined; // not of shadows
  disagreement: number | undefined; // of a shadow
}

export interface Signal {
  signal: string;
  finding: string;
  live: number | undefined; // undefined: no samples yet, as below
  canary: number | undefined;
}

export interface Canary {
  model: string;
  phase: string; // running, paused, promoted, rolled_back
  stage: number;
  stages: number[]; // shares of the traffic
  share: number;
  advice: string;
  reason: string;
  signals: Signal[];
}

export interface Decision {
  sequence: number;
  time: string;
  move: string;
  automatic: boolean;
  reason: string;
}

export interface Rollout {
  name: string;
  live: string;
  arms: Arm[];
  canary: Canary | undefined;
  decisions: Decision[]; // newest first
  logError: string; // "": the audit log is written
}

export const ACTIONS = ["advance", "promote", "pause", "resume", "abort"] as const;
export type Action = (typeof ACTIONS)[number];

// What the release's phase allows; the server says so, too.
export function allows(phase: string, action: Action): boolean {
  if (action === "pause" || action === "advance") return phase === "running";
  if (action === "resume") return phase === "paused";
  if (action === "promote") return phase === "running" || phase === "paused";
  return phase !== "rolled_back";
}

function sums(value: unknown): Sums | undefined {
  if (!isObject(value)) return undefined;
  return {
    requests: number(value.requests),
    errorRate: maybeNumber(value.error_rate),
    latencyMicroseconds: maybeNumber(value.latency_us),
    abstentionRate: maybeNumber(value.abstention_rate),
    labelled: number(value.labelled),
    accuracy: maybeNumber(value.accuracy),
  };
}

function arm(value: Json): Arm {
  return {
    name: string(value.name),
    role: string(value.role),
    weight: maybeNumber(value.weight),
    total: sums(value.total),
    disagreement: maybeNumber(value.disagreement),
  };
}

function canary(value: unknown): Canary | undefined {
  if (!isObject(value)) return undefined;
  const shares = Array.isArray(value.stages) ? value.stages.map((share) => number(share)) : [];
  return {
    model: string(value.model),
    phase: string(value.phase),
    stage: number(value.stage),
    stages: shares,
    share: number(value.share),
    advice: string(value.advice),
    reason: string(value.reason),
    signals: list(value.signals).map((one) => ({
      signal: string(one.signal),
      finding: string(one.finding),
      live: number(one.live_samples) > 0 ? maybeNumber(one.live) : undefined,
      canary: number(one.canary_samples) > 0 ? maybeNumber(one.canary) : undefined,
    })),
  };
}

export function readRollout(value: unknown): Rollout {
  const told = object(value);
  return {
    name: string(told.name),
    live: string(told.live),
    arms: list(told.arms).map(arm),
    canary: canary(told.canary),
    decisions: list(told.decisions)
      .map((one) => ({
        sequence: number(one.sequence),
        time: string(one.time),
        move: string(one.move),
        automatic: one.automatic === true,
        reason: string(one.reason),
      }))
      .reverse(),
    logError: string(object(told.log).error),
  };
}

// undefined: this server has none.
export async function rollout(signal?: AbortSignal): Promise<Rollout | undefined> {
  try {
    return readRollout(await get("/v1/rollout", signal));
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return undefined;
    throw error;
  }
}

export type Steering = { action: Action; reason?: string } | { weights: Record<string, number>; reason?: string };

export async function steer(order: Steering): Promise<Rollout> {
  return readRollout(await post("/v1/rollout", order));
}
