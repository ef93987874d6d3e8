import { useId, useState } from "preact/hooks";
import { useWords } from "../i18n";
import type { Loaded } from "../state/file_job";
import { sleep } from "../state/sleep";
import { DelimitedTable, JsonLinesTable } from "../table/table";
import { outputName, outputPieces, type OutputFormat } from "../table/write_file";
import { DownloadIcon } from "./icons";
import { saveFile } from "./save_file";

const FORMATS: readonly OutputFormat[] = ["csv", "csv_bom", "jsonl"];

async function download({ name, table, results }: Loaded, format: OutputFormat): Promise<void> {
  const pieces: string[] = [];
  for await (const piece of outputPieces(table, results, format, () => sleep(0))) pieces.push(piece);
  const type = format === "jsonl" ? "application/x-ndjson" : "text/csv;charset=utf-8";
  saveFile(outputName(name, format, table instanceof DelimitedTable ? table.delimiter : ","), type, pieces);
}

export function DownloadBar({ loaded }: { loaded: Loaded }) {
  const { t } = useWords();
  const id = useId();
  const [format, setFormat] = useState<OutputFormat>(loaded.table instanceof JsonLinesTable ? "jsonl" : "csv");
  const [preparing, setPreparing] = useState(false);
  const onClick = () => {
    setPreparing(true);
    void download(loaded, format).finally(() => setPreparing(false));
  };
  return (
    <div class="download">
      <label class="sr-only" for={id}>
        {t("file.download.format")}
      </label>
      <select
        id={id}
        class="select"
        value={format}
        data-testid="format"
        onChange={(event) => setFormat(event.currentTarget.value as OutputFormat)}
      >
        {FORMATS.map((choice) => (
          <option key={choice} value={choice}>
            {t(`file.download.${choice}`)}
          </option>
        ))}
      </select>
      <button type="button" class="button button-main" onClick={onClick} disabled={preparing} data-testid="download">
        <DownloadIcon />
        {preparing ? t("file.preparing") : t("file.download")}
      </button>
    </div>
  );
}
