// A time series: the drawing for the eye, its figures beside it as words and as a table.
import { useEffect, useRef, useState } from "preact/hooks";
import { useWords } from "../../i18n";
import { rangeOf, series, type Moment, type Range } from "../../metrics/timeline";
import type { Chart, Line } from "./lines";
import { openPlot, type Plot, type Values } from "./plot";

interface Props {
  chart: Chart;
  moments: readonly Moment[];
  version: number; // changes with the moments
}

export function LiveChart({ chart, moments, version }: Props) {
  const { t, language } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | undefined>(undefined);
  const [pointed, setPointed] = useState<number>();
  const values = chart.lines.map(({ value }) => series(moments, value));
  const ranges = values.map(rangeOf);
  const title = t(`live.chart.${chart.id}`);
  const names = chart.lines.map((line) => line.name).join("\n"); // other lines, or another language: another drawing

  useEffect(() => {
    if (!box.current) return;
    plot.current = openPlot(box.current, chart, language === "zh" ? "zh-CN" : "en", setPointed);
    return () => plot.current?.destroy();
  }, [names, language]);
  useEffect(() => {
    plot.current?.update(
      moments.map(({ at }) => at),
      values,
    );
  }, [version, names, language]);

  const lines = chart.lines.map((line, i) => told(line, ranges[i]) ?? t("live.chart.empty"));
  return (
    <figure class="figure live-chart" data-testid={`live-${chart.id}`}>
      <figcaption class="figure-title">{title}</figcaption>
      <Legend lines={chart.lines} values={values} moments={moments} pointed={pointed} />
      <div
        class="live-plot"
        ref={box}
        role="img"
        aria-label={t("live.chart.label", {
          title,
          lines: chart.lines.map((line, i) => tellRange(line, ranges[i])).join(" "),
        })}
        data-lines={lines.length}
      />
      <details class="model-more">
        <summary>{t("live.table")}</summary>
        <RangeTable lines={chart.lines} ranges={ranges} />
      </details>
    </figure>
  );

  function told(line: Line, range: Range | undefined): string | undefined {
    return range?.now === undefined ? undefined : line.tell(range.now);
  }
  function tellRange(line: Line, range: Range | undefined): string {
    return t("live.chart.line", {
      name: line.name,
      now: told(line, range) ?? t("live.chart.empty"),
      low: range ? line.tell(range.low) : "–",
      high: range ? line.tell(range.high) : "–",
    });
  }
}

interface LegendProps {
  lines: Line[];
  values: Values[];
  moments: readonly Moment[];
  pointed: number | undefined;
}

// The figures under the pointer, else those of now.
function Legend({ lines, values, moments, pointed }: LegendProps) {
  const { t, language } = useWords();
  const at = pointed === undefined ? undefined : moments[pointed]?.at;
  const clock = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en", { timeStyle: "medium", hourCycle: "h23" });
  return (
    <ul class="live-legend" aria-hidden="true">
      {lines.map((line, i) => {
        const own = values[i] ?? [];
        const value = own[at === undefined ? own.length - 1 : (pointed ?? 0)];
        return (
          <li key={line.id} data-line={i + 1}>
            <svg class="live-swatch" width="22" height="6" viewBox="0 0 22 6">
              <path d="M0 3H22" />
            </svg>
            {line.name} <strong>{value === null || value === undefined ? "–" : line.tell(value)}</strong>
          </li>
        );
      })}
      {at !== undefined && <li class="quiet">{t("live.at", { time: clock.format(at * 1000) })}</li>}
    </ul>
  );
}

function RangeTable({ lines, ranges }: { lines: Line[]; ranges: (Range | undefined)[] }) {
  const { t } = useWords();
  return (
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">{t("live.series")}</th>
          {(["now", "low", "mean", "high"] as const).map((name) => (
            <th key={name} scope="col" class="numeric">
              {t(`live.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.map((line, i) => {
          const range = ranges[i];
          return (
            <tr key={line.id}>
              <th scope="row">{line.name}</th>
              {[range?.now, range?.low, range?.mean, range?.high].map((value, column) => (
                <td key={column} class="numeric">
                  {value === undefined ? "–" : line.tell(value)}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
