// The last minutes of a server, reading by reading. Each point looks back over WINDOW_S: counters asked every second or
// two would make a jagged line of a calm server.
import { pointOf, type Point } from "./rates";
import type { Reading } from "./reading";

export const KEPT_S = 600;
export const WINDOW_S = 10;
const GAP_S = 15; // nobody looked for so long: nothing is known of the time between

// undefined: a gap.
export type Moment = { at: number; point: Point | undefined };

export class Timeline {
  private readings: Reading[] = []; // of the window, oldest first
  private kept: Moment[] = [];

  get moments(): readonly Moment[] {
    return this.kept;
  }

  get last(): Reading | undefined {
    return this.readings[this.readings.length - 1];
  }

  get lastPoint(): Point | undefined {
    return this.kept[this.kept.length - 1]?.point;
  }

  add(reading: Reading): void {
    const { last } = this;
    if (last && reading.at <= last.at) return;
    if (last && reading.at - last.at > GAP_S) {
      this.readings = [];
      this.kept.push({ at: last.at + 0.001, point: undefined }); // charts want moments that rise
    }
    // The oldest one that is left is the first inside the window, or the last before it.
    while ((this.readings[1]?.at ?? reading.at) <= reading.at - WINDOW_S) this.readings.shift();
    const before = this.readings[0];
    const point = before && pointOf(before, reading);
    if (point) this.kept.push({ at: reading.at, point });
    this.readings.push(reading);
    while ((this.kept[0]?.at ?? reading.at) < reading.at - KEPT_S) this.kept.shift();
  }
}

export interface Range {
  now: number | undefined; // of the last moment
  low: number;
  high: number;
  mean: number;
}

// undefined: nothing is known of any moment.
export function rangeOf(values: readonly (number | null)[]): Range | undefined {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return undefined;
  return {
    now: values[values.length - 1] ?? undefined,
    low: known.reduce((a, b) => Math.min(a, b)),
    high: known.reduce((a, b) => Math.max(a, b)),
    mean: known.reduce((a, b) => a + b) / known.length,
  };
}

// One series of the timeline; null where nothing is known.
export function series(moments: readonly Moment[], value: (point: Point) => number | undefined): (number | null)[] {
  return moments.map(({ point }) => (point && value(point)) ?? null);
}
