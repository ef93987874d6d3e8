import { useEffect, useId, useState } from "preact/hooks";
import type { TextLanguage } from "../api/types";
import { useWords } from "../i18n";
import type { BudgetChoice } from "../state/budget";
import { useFileJob, type FileActions, type FileJob, type Loaded } from "../state/file_job";
import type { Server } from "../state/server";
import { MAX_FILE_BYTES } from "../table/read_file";
import { DelimitedTable } from "../table/table";
import { BudgetSelect } from "./BudgetSelect";
import { DownloadBar } from "./DownloadBar";
import { FileProgress } from "./FileProgress";
import { FileSummary } from "./FileSummary";
import { AlertIcon, FileIcon } from "./icons";
import { KeptRuns } from "./KeptRuns";
import { PreviewTable } from "./PreviewTable";

interface Props {
  server: Server;
  budget: BudgetChoice;
  dropped: File | undefined;
  draggingFile: boolean;
}

export function FilePanel({ server, budget, dropped, draggingFile }: Props) {
  const [job, kept, actions] = useFileJob(server.info);
  useEffect(() => {
    if (dropped) actions.load(dropped);
  }, [dropped]);
  return (
    <div class="scroll">
      <div class="column column-file">
        {"loaded" in job ? (
          <LoadedFile job={job} actions={actions} budget={budget} />
        ) : (
          <>
            <DropZone job={job} draggingFile={draggingFile} onFile={actions.load} />
            <KeptRuns runs={kept} actions={actions} />
          </>
        )}
      </div>
    </div>
  );
}

interface DropZoneProps {
  job: FileJob;
  draggingFile: boolean;
  onFile: (file: File) => void;
}

// The drop itself is the window's: a file may fall anywhere on the page.
function DropZone({ job, draggingFile, onFile }: DropZoneProps) {
  const { t, percent, bytes } = useWords();
  return (
    <>
      <h2 class="welcome-title">{t("file.title")}</h2>
      <div class={draggingFile ? "drop drop-over" : "drop"} data-testid="drop">
        <span class="drop-icon">
          <FileIcon />
        </span>
        {job.phase === "reading" ? (
          <p role="status">{t("file.reading", { name: job.name, percent: percent(job.share) })}</p>
        ) : (
          <>
            <p class="drop-title">{draggingFile ? t("file.drop_now") : t("file.drop")}</p>
            <p class="quiet">{t("file.or")}</p>
            <FileButton onFile={onFile} />
          </>
        )}
      </div>
      {job.phase === "unread" && (
        <p class="notice notice-wrong" role="alert">
          <AlertIcon />
          {job.name}: {t(`file.problem.${job.problem}`, { limit: bytes(MAX_FILE_BYTES) })}
        </p>
      )}
      <p class="quiet">{t("file.hint")}</p>
    </>
  );
}

function FileButton({ onFile }: { onFile: (file: File) => void }) {
  const { t } = useWords();
  return (
    <label class="button button-main file-button">
      {t("file.choose")}
      <input
        type="file"
        class="sr-only"
        accept=".csv,.tsv,.tab,.jsonl,.ndjson,.txt"
        data-testid="file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = ""; // so that the same file can be chosen again
          if (file) onFile(file);
        }}
      />
    </label>
  );
}

type LoadedJob = Extract<FileJob, { loaded: Loaded }>;

function LoadedFile({ job, actions, budget }: { job: LoadedJob; actions: FileActions; budget: BudgetChoice }) {
  const { t, number } = useWords();
  const [language, setLanguage] = useState(job.loaded.wishes.language);
  const { loaded } = job;
  const { name, encoding, table, results } = loaded;
  const ended = job.phase === "done" || job.phase === "cancelled" || job.phase === "stopped";
  return (
    <>
      <div class="file-head">
        <div class="file-name">
          <FileIcon />
          <div>
            <h2 class="file-title">{name}</h2>
            <p class="quiet">
              {t("file.rows", { n: number(table.rowCount) })} ·{" "}
              {t("file.encoding", { encoding: encoding.toUpperCase() })}
            </p>
          </div>
        </div>
        <button type="button" class="link" onClick={actions.close}>
          {t("file.other")}
        </button>
      </div>
      <Settings
        loaded={loaded}
        locked={job.phase === "running"}
        actions={actions}
        language={language}
        onLanguage={setLanguage}
        budget={budget}
      />
      <div class="file-actions">
        {ended && <DownloadBar loaded={loaded} />}
        <StartButton job={job} actions={actions} onStart={() => actions.start({ language, budget: budget[0] })} />
      </div>
      <FileProgress job={job} />
      {results.done > 0 && <FileSummary results={results} />}
      <PreviewTable loaded={loaded} />
    </>
  );
}

interface StartButtonProps {
  job: LoadedJob;
  actions: FileActions;
  onStart: () => void;
}

function StartButton({ job, actions, onStart }: StartButtonProps) {
  const { t, number } = useWords();
  switch (job.phase) {
    case "ready":
      return (
        <button type="button" class="button button-main" onClick={onStart} data-testid="start">
          {t("file.start", { n: number(job.loaded.table.rowCount) })}
        </button>
      );
    case "running":
      return (
        <button type="button" class="button" onClick={actions.cancel} data-testid="cancel">
          {t("file.cancel")}
        </button>
      );
    case "done":
      return (
        <button type="button" class="button" onClick={actions.again}>
          {t("file.again")}
        </button>
      );
    default:
      return (
        <button type="button" class="button" onClick={onStart} data-testid="resume">
          {t("file.resume")}
        </button>
      );
  }
}

interface SettingsProps {
  loaded: Loaded;
  locked: boolean;
  actions: FileActions;
  language: TextLanguage | undefined;
  onLanguage: (language: TextLanguage | undefined) => void;
  budget: BudgetChoice;
}

function Settings({ loaded, locked, actions, language, onLanguage, budget }: SettingsProps) {
  const { t } = useWords();
  const id = useId();
  const { table, column } = loaded;
  return (
    <fieldset class="settings" disabled={locked}>
      <legend class="sr-only">{loaded.name}</legend>
      {table.columns.length > 1 && (
        <div class="setting">
          <label for={`${id}-column`}>{t("file.column")}</label>
          <select
            id={`${id}-column`}
            class="select"
            value={String(column)}
            data-testid="column"
            onChange={(event) => actions.setColumn(Number(event.currentTarget.value))}
          >
            {table.columns.map((name, i) => (
              <option key={i} value={String(i)}>
                {name}
              </option>
            ))}
          </select>
        </div>
      )}
      <div class="setting">
        <label for={`${id}-language`}>{t("composer.language")}</label>
        <select
          id={`${id}-language`}
          class="select"
          value={language ?? "auto"}
          onChange={(event) => {
            const choice = event.currentTarget.value;
            onLanguage(choice === "zh" || choice === "en" ? choice : undefined);
          }}
        >
          <option value="auto">{t("composer.language.auto")}</option>
          <option value="zh">{t("composer.language.zh")}</option>
          <option value="en">{t("composer.language.en")}</option>
        </select>
      </div>
      <div class="setting">
        <label for={`${id}-budget`}>{t("budget.label")}</label>
        <BudgetSelect choice={budget} class="select" id={`${id}-budget`} />
      </div>
      {table instanceof DelimitedTable && (
        <label class="check">
          <input
            type="checkbox"
            checked={table.hasHeader}
            onChange={(event) => actions.setHeader(event.currentTarget.checked)}
          />
          {t("file.header")}
        </label>
      )}
    </fieldset>
  );
}
