// GET and POST /v1/models: the repository's models and their versions.
import { get, post } from "./client";
import { list, number, object, string, strings } from "./json";

export interface KeptModel {
  name: string;
  served: string; // version; "": none
  pinned: boolean; // to that version: newer ones do not replace it
  versions: string[]; // oldest first
  refused: string; // why the last one that was tried is not served; ""
}

export interface Models {
  models: KeptModel[];
  draining: number; // sets of models that old requests still use
  changeable: boolean; // by requests
}

export function readModels(value: unknown): Models {
  const told = object(value);
  return {
    models: list(told.models).map((model) => ({
      name: string(model.name),
      served: string(model.served),
      pinned: model.pinned === true,
      versions: strings(model.versions),
      refused: string(model.refused),
    })),
    draining: number(told.draining),
    changeable: told.changeable === true,
  };
}

export type ModelOrder =
  { kind: "rescan" } | { kind: "unload"; name: string } | { kind: "load"; name: string; version?: string };

export async function keptModels(signal?: AbortSignal): Promise<Models> {
  return readModels(await get("/v1/models", signal));
}

// Without a version: the newest one, now and when newer ones come.
export async function orderModels(order: ModelOrder): Promise<Models> {
  if (order.kind === "rescan") return readModels(await post("/v1/models/rescan", {}));
  const body = order.kind === "load" && order.version !== undefined ? { version: order.version } : {};
  return readModels(await post(`/v1/models/${encodeURIComponent(order.name)}/${order.kind}`, body));
}
