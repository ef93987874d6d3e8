import { useWords } from "../i18n";
import type { FileJob, Loaded } from "../state/file_job";

type LoadedJob = Extract<FileJob, { loaded: Loaded }>;

export function FileProgress({ job }: { job: LoadedJob }) {
  const { t, percent, number, duration } = useWords();
  const { results } = job.loaded;
  if (job.phase === "ready") return null;
  const share = results.rowCount > 0 ? results.done / results.rowCount : 1;
  return (
    <div class="progress" data-testid="progress" data-phase={job.phase}>
      <div
        class="progress-track"
        role="progressbar"
        aria-label={t("file.progress")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(share * 100)}
      >
        <span class="progress-fill" style={{ width: `${share * 100}%` }} />
      </div>
      {job.phase === "running" ? (
        <p class="progress-line">
          <span class="progress-count">
            {number(results.done)} / {number(results.rowCount)} · {percent(Math.floor(share * 100) / 100)}
          </span>
          {job.progress.waiting !== undefined ? (
            <span>{t("file.waiting", { seconds: job.progress.waiting })}</span>
          ) : (
            <>
              <span>{t("file.speed", { rate: number(job.progress.rowsPerSecond) })}</span>
              {job.progress.secondsLeft !== undefined && (
                <span>{t("file.left", { time: duration(job.progress.secondsLeft) })}</span>
              )}
            </>
          )}
        </p>
      ) : (
        <Outcome job={job} />
      )}
      {job.phase !== "done" && !(job.loaded.keeper?.works ?? false) && (
        <p class="quiet" data-testid="not-kept">
          {t("file.not_kept")}
        </p>
      )}
    </div>
  );
}

function Outcome({ job }: { job: Exclude<LoadedJob, { phase: "ready" | "running" }> }) {
  const { t, number, duration } = useWords();
  const { results } = job.loaded;
  const counts = { done: number(results.done), total: number(results.rowCount) };
  return (
    <p class={job.phase === "stopped" ? "notice notice-wrong" : "progress-line"} role="status">
      {job.phase === "done" && t("file.done", { n: counts.total, time: duration(job.seconds) })}
      {job.phase === "cancelled" && t("file.cancelled", counts)}
      {job.phase === "stopped" &&
        t(job.problem === "away" ? "file.stopped.away" : "file.stopped", { ...counts, why: t(`error.${job.problem}`) })}
    </p>
  );
}
