// What /info says of the server and its models -> the page's types. A member that is missing or broken is left out.
import { isObject, list, maybeNumber, number, object, string, strings, type Json } from "./json";
import {
  BUDGETS,
  type Calibration,
  type Curve,
  type CurvePoint,
  type Gate,
  type Model,
  type Selective,
  type ServerInfo,
} from "./types";

export const DEFAULT_LIMITS = { maxBodyBytes: 1 << 20, maxTextBytes: 1 << 20, maxTexts: 200 };

// The members of `names` that `read` makes something of.
function each<Name extends string, T>(
  value: unknown,
  names: readonly Name[],
  read: (value: unknown) => T | undefined,
): Partial<Record<Name, T>> {
  const found: Partial<Record<Name, T>> = {};
  for (const name of names) {
    const item = read(object(value)[name]);
    if (item !== undefined) found[name] = item;
  }
  return found;
}

function curvePoint(value: unknown): CurvePoint | undefined {
  if (!isObject(value) || maybeNumber(value.us) === undefined) return undefined;
  const { us, asked, accuracy, macro_f1 } = value;
  return { us: number(us), asked: number(asked), accuracy: number(accuracy), macroF1: number(macro_f1) };
}

function curve(value: unknown): Curve | undefined {
  const { points, budgets } = object(value);
  const read = list(points).flatMap((point) => curvePoint(point) ?? []);
  if (read.length === 0) return undefined;
  return { points: read.sort((a, b) => a.us - b.us), budgets: each(budgets, BUDGETS, curvePoint) };
}

function calibration(value: unknown): Calibration | undefined {
  if (!isObject(value)) return undefined;
  const bins = list(value.bins).map((bin) => ({
    low: number(bin.low),
    high: number(bin.high),
    count: number(bin.count),
    confidence: number(bin.confidence),
    accuracy: number(bin.accuracy),
  }));
  return { rows: number(value.rows), ece: number(value.ece), brier: number(value.brier), bins };
}

function selective(value: unknown): Selective | undefined {
  if (!isObject(value)) return undefined;
  return { rows: number(value.rows), kept: number(value.kept), precision: number(value.precision) };
}

const QUESTIONS = ["overall", "aspects"] as const;

export function readGate(value: unknown): Gate | undefined {
  if (!isObject(value)) return undefined;
  const report = object(value.report);
  return {
    fitted: value.fitted === true,
    method: string(value.method),
    precision: maybeNumber(value.precision),
    stages: list(value.stages).map((stage) => ({
      experts: strings(stage.experts),
      fixedMicroseconds: number(stage.fixed_us),
      characterMicroseconds: number(stage.character_us),
    })),
    curves: each(value.curves, QUESTIONS, curve),
    rows: number(report.rows),
    methods: list(report.methods).map((item) => ({
      method: string(item.method),
      macroF1: maybeNumber(item.overall_macro_f1),
      logLoss: maybeNumber(item.overall_log_loss),
    })),
    calibration: each(report.calibration, ["fast", "best"], (budget) =>
      isObject(budget) ? each(budget, QUESTIONS, calibration) : undefined,
    ),
    selective: each(object(report.selective).best, ["two_class", "three_class"], selective),
  };
}

function model(value: Json): Model {
  const tasks = list(value.tasks);
  return {
    name: string(value.name),
    version: string(value.version),
    digest: string(value.digest),
    languages: strings(value.languages),
    precision: string(value.precision),
    experts: strings(value.experts),
    aspects: tasks.filter((task) => task.aspect === true).map((task) => string(task.name)),
    gate: readGate(value.gate),
  };
}

export function readInfo(value: unknown): ServerInfo {
  const info = object(value);
  const limits = object(info.limits);
  return {
    version: string(info.version),
    admin: info.admin === true,
    models: list(info.models).map(model),
    maxBodyBytes: number(limits.max_body_bytes, DEFAULT_LIMITS.maxBodyBytes),
    maxTextBytes: number(limits.max_text_bytes, number(limits.max_body_bytes, DEFAULT_LIMITS.maxTextBytes)),
    maxTexts: number(limits.max_texts, DEFAULT_LIMITS.maxTexts),
  };
}
