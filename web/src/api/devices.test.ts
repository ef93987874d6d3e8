import { afterEach, describe, expect, it, vi } from "vitest";
import { devices, readDevices, tellsOfDevices } from "./devices";

afterEach(() => vi.unstubAllGlobals());

describe("readDevices", () => {
  it("reads processors and GPUs", () => {
    const read = readDevices({
      cpu: { cpus: 16, usable_cpus: 4, load: 0.5, total_bytes: 1000, free_bytes: 250 },
      gpus: [{ uuid: "GPU-1", name: "H200", health: "ok", utilization_percent: 37, temperature_c: 41, free_bytes: 9 }],
    });
    expect(read).toMatchObject({ cpus: 4, load: 0.5, totalBytes: 1000, freeBytes: 250 });
    expect(read.gpus).toEqual([
      {
        ...{ uuid: "GPU-1", name: "H200", health: "ok", reason: "", busy: 0.37, freeBytes: 9, totalBytes: undefined },
        ...{ celsius: 41, watts: undefined },
      },
    ]);
  });
  it("leaves out what is not told", () => {
    expect(readDevices({})).toEqual({
      ...{ cpus: undefined, load: undefined, freeBytes: undefined, totalBytes: undefined, gpus: [] },
    });
  });
});

describe("tellsOfDevices", () => {
  it("looks into the server's description", async () => {
    const describes = (paths: unknown) => vi.stubGlobal("fetch", async () => Response.json({ paths }));
    describes({ "/v1/devices": { get: {} } });
    expect(await tellsOfDevices()).toBe(true);
    describes({ "/metrics": { get: {} } });
    expect(await tellsOfDevices()).toBe(false);
  });
});

describe("devices", () => {
  it("takes 404 for a server without that route, and nothing else", async () => {
    vi.stubGlobal("fetch", async () => new Response("{}", { status: 404 }));
    expect(await devices()).toBeUndefined();
    vi.stubGlobal("fetch", async () => new Response("{}", { status: 500 }));
    await expect(devices()).rejects.toMatchObject({ kind: "failed", status: 500 });
  });
});
