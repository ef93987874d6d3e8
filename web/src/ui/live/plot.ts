// uPlot, with the page's colours. Everything else of a chart is the page's own HTML around it.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Chart } from "./lines";

const HEIGHT = 190;
const LEAST_S = 120; // that a chart shows, however short it has been looked at
const LEAST_COUNT = 10; // that an axis of whole numbers goes up to
const COUNTS = [1, 2, 5]
  .flatMap((step) => Array.from({ length: 9 }, (_, power) => step * 10 ** power))
  .sort((a, b) => a - b);
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]];

export type Values = (number | null)[];

// As it is now: the theme may change.
const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function rangeOf(scale: Chart["scale"]): uPlot.Scale {
  if (scale === "logarithmic") return { distr: 3, log: 10 };
  if (scale === "share") return { range: [0, 1] };
  if (scale === "count") return { range: (_, __, most) => [0, Math.max(LEAST_COUNT, most * 1.1)] };
  return { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] };
}

function powersOfTen(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => 10 ** (first + i));
}

function optionsOf(
  { scale, lines }: Chart,
  width: number,
  locale: string,
  onPointed: (index: number | undefined) => void,
) {
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: "medium", hourCycle: "h23" });
  const axis: uPlot.Axis = {
    stroke: () => colour("--ink-soft"),
    grid: { stroke: () => colour("--line"), width: 1 },
    ticks: { show: false },
    font: `12px ${colour("--sans")}`,
  };
  const tell = lines[0]?.tell ?? String;
  const steps: uPlot.Axis =
    scale === "logarithmic"
      ? { splits: (_, __, low, high) => powersOfTen(low, high) }
      : scale === "count"
        ? { incrs: COUNTS }
        : {};
  const options: uPlot.Options = {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false, setScale: false }, points: { size: 6 } },
    padding: [10, 26, 0, 0],
    scales: {
      x: { time: true, range: (_, first, last) => [Math.min(first, last - LEAST_S), last] },
      y: rangeOf(scale),
    },
    axes: [
      { ...axis, size: 26, space: 80, values: (_, splits) => splits.map((at) => clock.format(at * 1000)) },
      {
        ...axis,
        ...steps,
        size: 64,
        space: 34,
        values: (_, splits) => splits.map((value) => (value === null ? "" : tell(value))),
      },
    ],
    series: [
      {},
      ...lines.map((_, i) => ({
        stroke: () => colour(`--line-${i + 1}`),
        width: 2,
        dash: DASHES[i] ?? [],
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [(plot) => onPointed(plot.cursor.idx ?? undefined)] },
  };
  return options;
}

export interface Plot {
  update(at: number[], lines: Values[]): void;
  destroy(): void;
}

// Draws into `box` and stays as wide as that. `onPointed` is told the moment under the pointer.
export function openPlot(
  box: HTMLElement,
  chart: Chart,
  locale: string,
  onPointed: (index: number | undefined) => void,
): Plot {
  const plot = new uPlot(optionsOf(chart, box.clientWidth, locale, onPointed), [[], ...chart.lines.map(() => [])], box);
  const resized = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: HEIGHT }));
  resized.observe(box);
  const themed = new MutationObserver(() => plot.redraw(false));
  themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return {
    update: (at, lines) => plot.setData([at, ...lines]),
    destroy: () => {
      resized.disconnect();
      themed.disconnect();
      plot.destroy();
    },
  };
}
