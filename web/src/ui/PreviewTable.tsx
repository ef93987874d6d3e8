import { useWords } from "../i18n";
import type { Loaded } from "../state/file_job";
import { isUnsure } from "./certainty";
import { FACES } from "./faces";

const ROWS = 50;
const CHARACTERS = 240;

export function PreviewTable({ loaded }: { loaded: Loaded }) {
  const { t } = useWords();
  const { table } = loaded;
  const shown = Math.min(ROWS, table.rowCount);
  return (
    <div class="preview" role="region" aria-label={t("file.preview", { n: shown })} tabIndex={0}>
      <table class="preview-table" data-testid="preview">
        <caption>{shown < table.rowCount ? t("file.preview", { n: shown }) : t("file.preview.all")}</caption>
        <thead>
          <tr>
            <th scope="col" class="numeric">
              {t("file.row")}
            </th>
            <th scope="col">{t("file.text")}</th>
            <th scope="col">{t("file.verdict")}</th>
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: shown }, (_, row) => (
            <PreviewRow key={row} loaded={loaded} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PreviewRow({ loaded, row }: { loaded: Loaded; row: number }) {
  const { t, name, percent } = useWords();
  const { table, column, results } = loaded;
  const text = table.text(row, column) ?? table.cells(row)[column] ?? "";
  const { label, probabilities, uncertain, error } = results.at(row);
  const unsure = label !== undefined && isUnsure({ score: probabilities[label], uncertain });
  return (
    <tr>
      <td class="numeric quiet">{row + 1}</td>
      <td>
        {text.trim() === "" ? (
          <span class="quiet">{t("file.no_text")}</span>
        ) : (
          <span class="preview-text">{text.slice(0, CHARACTERS)}</span>
        )}
      </td>
      <td class="preview-verdict">
        {label && (
          <span class="pill" data-polarity={label}>
            <span aria-hidden="true">{FACES[label]}</span> {t(`label.${label}`)}{" "}
            <span class={unsure ? "pill-unsure" : ""}>{percent(probabilities[label])}</span>
            {unsure && <span class="sr-only">, {t("answer.uncertain")}</span>}
          </span>
        )}
        {!label && !results.isPending(row) && (
          <span class="row-error" title={error}>
            {rowError(error ?? "", name, t("row.other"))}
          </span>
        )}
      </td>
    </tr>
  );
}

function rowError(error: string, name: (group: string, name: string) => string, other: string): string {
  const code = error.split(":")[0] ?? "";
  const words = name("row", code);
  return words === code ? other : words;
}
