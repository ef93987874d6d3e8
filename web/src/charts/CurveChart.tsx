// What a budget buys: a score against microseconds a text, on a logarithmic axis.
import { BUDGETS, type Curve, type CurvePoint } from "../api/types";
import { useWords } from "../i18n";
import { linear, logarithmic, logTicks, path, roundTicks } from "./scales";

const WIDTH = 420;
const HEIGHT = 280;
const LEFT = 46;
const RIGHT = 14;
const TOP = 26;
const BOTTOM = 44;

export type Score = "accuracy" | "macroF1";

export function CurveChart({ curve, score, title }: { curve: Curve; score: Score; title: string }) {
  const { t, number, percent, microseconds } = useWords();
  const scores = curve.points.map((point) => point[score]);
  const ticks = roundTicks(scores, 5);
  const low = Math.max(Math.min(...curve.points.map((point) => point.us)), 0.1);
  const high = Math.max(...curve.points.map((point) => point.us), low * 1.1);
  const x = logarithmic([low, high], [LEFT + 8, WIDTH - RIGHT - 8]);
  const y = linear([ticks[0] ?? 0, ticks[ticks.length - 1] ?? 1], [HEIGHT - BOTTOM, TOP]);
  const place = (point: CurvePoint) => [x(point.us), y(point[score])] as const;
  const share = (value: number) => `${number(value * 100, 1)}%`;
  const told = (point: CurvePoint) =>
    t("model.point", { score: share(point[score]), time: microseconds(point.us), asked: percent(point.asked) });
  const named = BUDGETS.flatMap((budget) => {
    const point = curve.budgets[budget];
    return point ? [{ budget, point }] : [];
  });
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title} data-testid="curve">
      {ticks.map((tick) => (
        <g key={tick}>
          <path class="chart-grid" d={`M${LEFT} ${y(tick)}H${WIDTH - RIGHT}`} />
          <text class="chart-tick" x={LEFT - 6} y={y(tick) + 4} text-anchor="end">
            {share(tick)}
          </text>
        </g>
      ))}
      {logTicks(low, high).map((tick) => (
        <g key={tick}>
          <path class="chart-grid" d={`M${x(tick)} ${TOP}V${HEIGHT - BOTTOM}`} />
          <text class="chart-tick" x={x(tick)} y={HEIGHT - BOTTOM + 16} text-anchor="middle">
            {number(tick, 1)}
          </text>
        </g>
      ))}
      <text class="chart-axis" x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 8} text-anchor="middle">
        {t("model.axis.time")}
      </text>
      <polyline class="chart-line" points={path(curve.points.map(place))} />
      {curve.points.map((point, i) => (
        <circle key={i} class="chart-dot" cx={x(point.us)} cy={y(point[score])} r="2.500">
          <title>{told(point)}</title>
        </circle>
      ))}
      {named.map(({ budget, point }, i) => (
        <g key={budget} data-budget={budget}>
          <circle class="chart-dot" cx={x(point.us)} cy={y(point[score])} r="5">
            <title>{`${t(`budget.${budget}`)}: ${told(point)}`}</title>
          </circle>
          <text
            class="chart-name"
            x={x(point.us) + (i === 0 ? -4 : 4)}
            y={y(point[score]) - 10}
            text-anchor={i === 0 ? "start" : "end"}
          >
            {t(`budget.${budget}`)}
          </text>
        </g>
      ))}
    </svg>
  );
}
