// Runs over files that this browser kept: to go on with, or to download again.
import { useWords } from "../i18n";
import type { FileActions } from "../state/file_job";
import type { Run } from "../state/runs";
import { CloseIcon } from "./icons";

export function KeptRuns({ runs, actions }: { runs: readonly Run[]; actions: FileActions }) {
  const { t, number, language } = useWords();
  if (runs.length === 0) return null;
  const format = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en", {
    dateStyle: "medium",
    timeStyle: "short",
  });
  return (
    <section aria-labelledby="kept-runs" data-testid="kept-runs">
      <h3 class="part-title" id="kept-runs">
        {t("file.kept")}
      </h3>
      <ul class="kept-runs">
        {runs.map((run) => (
          <li key={run.id} class="kept-run" data-name={run.name}>
            <div class="kept-run-words">
              <strong>{run.name}</strong>
              <span class="quiet">
                {t("file.kept.rows", { done: number(run.done), total: number(run.rowCount) })} · {format.format(run.at)}
              </span>
            </div>
            <button
              type="button"
              class="button"
              onClick={() => actions.restore(run.id)}
              aria-label={`${t(run.finished ? "file.kept.open" : "file.resume")}: ${run.name}`}
              data-testid="kept-open"
            >
              {t(run.finished ? "file.kept.open" : "file.resume")}
            </button>
            <button
              type="button"
              class="icon-button"
              onClick={() => actions.remove(run.id)}
              title={t("file.kept.remove")}
              aria-label={`${t("file.kept.remove")}: ${run.name}`}
              data-testid="kept-remove"
            >
              <CloseIcon />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
