// GET /v1/devices: the processors of the server. What is not known is undefined.
import { ApiProblem, get } from "./client";
import { isObject, list, maybeNumber, object, string, type Json } from "./json";

export interface Gpu {
  uuid: string;
  name: string;
  health: string;
  reason: string;
  busy: number | undefined; // share of the time
  freeBytes: number | undefined;
  totalBytes: number | undefined;
  celsius: number | undefined;
  watts: number | undefined;
}

export interface Devices {
  cpus: number | undefined;
  load: number | undefined; // 0 to 1
  freeBytes: number | undefined;
  totalBytes: number | undefined;
  gpus: Gpu[];
}

function gpu(value: Json): Gpu {
  const percent = maybeNumber(value.utilization_percent);
  return {
    uuid: string(value.uuid),
    name: string(value.name),
    health: string(value.health),
    reason: string(value.reason),
    busy: percent === undefined ? undefined : percent / 100,
    freeBytes: maybeNumber(value.free_bytes),
    totalBytes: maybeNumber(value.total_bytes),
    celsius: maybeNumber(value.temperature_c),
    watts: maybeNumber(value.power_w),
  };
}

export function readDevices(value: unknown): Devices {
  const { cpu, gpus } = object(value);
  const processor = object(cpu);
  return {
    cpus: maybeNumber(processor.usable_cpus) ?? maybeNumber(processor.cpus),
    load: maybeNumber(processor.load),
    freeBytes: maybeNumber(processor.free_bytes),
    totalBytes: maybeNumber(processor.total_bytes),
    gpus: list(gpus).map(gpu),
  };
}

// Whether the server has the route, by its own description: asking it would leave an error in the browser's console.
export async function tellsOfDevices(signal?: AbortSignal): Promise<boolean> {
  return isObject(object(object(await get("/openapi.json", signal)).paths)["/v1/devices"]);
}

// undefined: this server has no such route.
export async function devices(signal?: AbortSignal): Promise<Devices | undefined> {
  try {
    return readDevices(await get("/v1/devices", signal));
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return undefined;
    throw error;
  }
}
