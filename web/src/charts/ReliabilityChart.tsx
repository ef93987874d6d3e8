// How often answers of a confidence are right, against the diagonal on which confidence keeps its word. The area of a
// dot grows with its answers.
import type { Calibration } from "../api/types";
import { useWords } from "../i18n";
import { linear, path } from "./scales";

const WIDTH = 420;
const HEIGHT = 280;
const LEFT = 46;
const RIGHT = 14;
const TOP = 14;
const BOTTOM = 44;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

export function ReliabilityChart({ calibration, title }: { calibration: Calibration; title: string }) {
  const { t, number, percent } = useWords();
  const x = linear([0, 1], [LEFT, WIDTH - RIGHT]);
  const y = linear([0, 1], [HEIGHT - BOTTOM, TOP]);
  const bins = calibration.bins.filter((bin) => bin.count > 0);
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title} data-testid="reliability">
      {TICKS.map((tick) => (
        <g key={tick}>
          <path class="chart-grid" d={`M${LEFT} ${y(tick)}H${WIDTH - RIGHT}M${x(tick)} ${TOP}V${HEIGHT - BOTTOM}`} />
          <text class="chart-tick" x={LEFT - 6} y={y(tick) + 4} text-anchor="end">
            {percent(tick)}
          </text>
          <text class="chart-tick" x={x(tick)} y={HEIGHT - BOTTOM + 16} text-anchor={tick === 1 ? "end" : "middle"}>
            {percent(tick)}
          </text>
        </g>
      ))}
      <text class="chart-axis" x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 8} text-anchor="middle">
        {t("model.axis.confidence")}
      </text>
      <path class="chart-ideal" d={`M${x(0)} ${y(0)}L${x(1)} ${y(1)}`} />
      <polyline class="chart-line" points={path(bins.map((bin) => [x(bin.confidence), y(bin.accuracy)]))} />
      {bins.map((bin) => (
        <circle
          key={bin.low}
          class="chart-dot chart-bin"
          cx={x(bin.confidence)}
          cy={y(bin.accuracy)}
          r={2 + 7 * Math.sqrt(bin.count / most)}
        >
          <title>
            {t("model.bin", {
              confidence: `${number(bin.confidence * 100, 1)}%`,
              right: `${number(bin.accuracy * 100, 1)}%`,
              n: number(bin.count),
            })}
          </title>
        </circle>
      ))}
    </svg>
  );
}
