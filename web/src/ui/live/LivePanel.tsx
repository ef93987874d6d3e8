// The server as it works: asked every two seconds while this is on the screen.
import { useState } from "preact/hooks";
import { useWords } from "../../i18n";
import "../../i18n/panels";
import { useLive } from "../../state/live";
import { useVisible } from "../../state/visible";
import "../../styles/live.css";
import { AlertIcon } from "../icons";
import { chartsOf } from "./lines";
import { LiveChart } from "./LiveChart";
import { DeviceTable, DriftTables, Tiles } from "./LiveTables";

export function LivePanel({ active }: { active: boolean }) {
  const words = useWords();
  const { t } = words;
  const [paused, setPaused] = useState(false);
  const visible = useVisible();
  const { timeline, devices, problem } = useLive(active && visible && !paused);
  const reading = timeline.last;
  const { moments } = timeline;
  return (
    <div class="scroll">
      <div class="column column-file live">
        <div class="live-head">
          <h2 class="welcome-title">{t("live.title")}</h2>
          <button
            type="button"
            class="button"
            aria-pressed={paused}
            onClick={() => setPaused(!paused)}
            data-testid="live-pause"
          >
            {t(paused ? "live.resume" : "live.pause")}
          </button>
        </div>
        <p class="quiet" role="status">
          {paused ? t("live.paused") : reading ? t("live.hint") : t("live.waiting")}
        </p>
        {problem && (
          <p class="notice notice-wrong" role="alert" data-testid="live-problem">
            <AlertIcon />
            {t(problem === "away" ? "server.away" : `error.${problem}`)}
          </p>
        )}
        {reading && (
          <>
            <Tiles point={timeline.lastPoint} reading={reading} />
            <div class="charts">
              {chartsOf(moments, words).map((chart) => (
                <LiveChart key={chart.id} chart={chart} moments={moments} version={reading.at} />
              ))}
            </div>
            <DriftTables reading={reading} />
            {devices && <DeviceTable devices={devices} />}
          </>
        )}
      </div>
    </div>
  );
}
