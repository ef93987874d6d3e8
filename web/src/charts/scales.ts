// Numbers of a chart -> places on it. Pure: a chart's component only draws what these say.

export type Scale = (value: number) => number;

// From `domain` to `range`, straight; what lies outside goes on straight. A domain of one value is mapped to the middle.
export function linear([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  if (from === to) return () => (start + end) / 2;
  return (value) => start + ((value - from) / (to - from)) * (end - start);
}

// The same by the logarithm; values below 1e-9 count as that.
export function logarithmic([from, to]: readonly [number, number], range: readonly [number, number]): Scale {
  const log = (value: number) => Math.log10(Math.max(value, 1e-9));
  const straight = linear([log(from), log(to)], range);
  return (value) => straight(log(value));
}

// Round steps of 1, 2 or 5 times a power of ten that contain all values: about `count` of them, at least two.
export function roundTicks(values: readonly number[], count: number): number[] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const wanted = Math.max((high - low) / Math.max(1, count - 1), Math.abs(high) * 1e-3, 1e-6);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= wanted * (1 - 1e-9)) ?? 10) * power;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const digits = Math.max(0, -Math.floor(Math.log10(step)) + 1);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(digits)));
}

// 1, 2 and 5 times powers of ten inside [low, high]; only the powers themselves where that would be more than `most`.
export function logTicks(low: number, high: number, most = 7): number[] {
  if (!(low > 0) || !(high >= low)) return [];
  const inside = (factors: number[]) => {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
      for (const factor of factors) {
        const tick = Number((factor * 10 ** power).toPrecision(1));
        if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
      }
    }
    return ticks;
  };
  const fine = inside([1, 2, 5]);
  return fine.length <= most ? fine : inside([1]);
}

// An SVG polyline's points.
export function path(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
}
