// /metrics and /v1/devices again and again, while somebody looks.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiProblem, requestText, type ProblemKind } from "../api/client";
import { devices as askDevices, tellsOfDevices, type Devices } from "../api/devices";
import { parseExposition } from "../metrics/exposition";
import { readingOf } from "../metrics/reading";
import { Timeline } from "../metrics/timeline";
import { sleep } from "./sleep";

const PAUSE_MS = 2000;

export interface Live {
  timeline: Timeline;
  devices: Devices | undefined; // undefined: the server has no such route, or has not answered yet
  problem: ProblemKind | undefined; // of the last try
}

// Seconds since 1970 that never jump.
const now = () => (performance.timeOrigin + performance.now()) / 1000;

// What was seen stays while `active` is false; nobody asks then.
export function useLive(active: boolean): Live {
  const timeline = useRef(new Timeline());
  const hasDevices = useRef<boolean | undefined>(undefined); // of the server; undefined: not known
  const [state, setState] = useState<Omit<Live, "timeline">>({ devices: undefined, problem: undefined });
  useEffect(() => {
    if (!active) return;
    const stop = new AbortController();
    void watch(timeline.current, hasDevices, stop.signal, setState);
    return () => stop.abort();
  }, [active]);
  return { timeline: timeline.current, ...state };
}

async function watch(
  timeline: Timeline,
  hasDevices: { current: boolean | undefined },
  signal: AbortSignal,
  show: (state: Omit<Live, "timeline">) => void,
) {
  let devices: Devices | undefined;
  while (!signal.aborted) {
    try {
      const text = await requestText("/metrics", signal);
      timeline.add(readingOf(parseExposition(text), now()));
      hasDevices.current ??= await tellsOfDevices(signal);
      if (hasDevices.current) devices = await askDevices(signal);
      if (!signal.aborted) show({ devices, problem: undefined });
    } catch (error) {
      if (signal.aborted) return;
      show({ devices, problem: error instanceof ApiProblem ? error.kind : "failed" });
    }
    await sleep(PAUSE_MS, signal).catch(() => undefined);
  }
}
