// A table and its results -> a file to download: the same rows and columns, in the same order, plus label, score,
// uncertain (empty where the model has no fitted gate), probabilities and error.
import { LABELS } from "../api/types";
import type { Results } from "../scoring/results";
import { csvLine } from "./csv";
import { DelimitedTable, JsonLinesTable, type JsonRecord, type Table } from "./table";

export type OutputFormat = "csv" | "csv_bom" | "jsonl";

const ROWS_A_PIECE = 1000;
const ADDED = ["label", "score", "uncertain", ...LABELS.map((label) => `probability_${label}`), "error"];

// A name that the table does not have: a labelled data set keeps its own "label".
export function freeName(name: string, taken: readonly string[]): string {
  let free = name;
  for (let i = 1; taken.includes(free); i += 1) free = i === 1 ? `tenor_${name}` : `tenor_${name}_${i}`;
  return free;
}

const rounded = (p: number) => Number(p.toFixed(6));

function csvRow(table: Table, results: Results, row: number, delimiter: string): string {
  const { label, probabilities, uncertain, error } = results.at(row);
  const numbers = label ? LABELS.map((name) => String(rounded(probabilities[name]))) : LABELS.map(() => "");
  const score = label ? String(rounded(probabilities[label])) : "";
  return csvLine(
    [...table.cells(row), label ?? "", score, String(uncertain ?? ""), ...numbers, error ?? ""],
    delimiter,
  );
}

function jsonRow(table: Table, results: Results, row: number): string {
  const { label, probabilities, uncertain, error } = results.at(row);
  const original = (table instanceof JsonLinesTable && table.record(row)) || cellsAsRecord(table, row);
  const added: JsonRecord = label
    ? {
        label,
        score: rounded(probabilities[label]),
        ...(uncertain !== undefined && { uncertain }),
        probabilities: Object.fromEntries(LABELS.map((name) => [name, rounded(probabilities[name])])),
      }
    : { label: null };
  if (error !== undefined) added.error = error;
  const taken = [...table.columns];
  const named = Object.entries(added).map(([name, value]) => [freeName(name, taken), value]);
  return JSON.stringify({ ...original, ...Object.fromEntries(named) }) + "\n";
}

function cellsAsRecord(table: Table, row: number): JsonRecord {
  if (table instanceof JsonLinesTable) return { raw: table.raw(row) };
  const cells = table.cells(row);
  const record: JsonRecord = {};
  table.columns.forEach((name, i) => {
    let unique = name; // two columns may share a name; a JSON object's members may not
    for (let n = 2; Object.hasOwn(record, unique); n += 1) unique = `${name}_${n}`;
    record[unique] = cells[i] ?? "";
  });
  return record;
}

function header(table: Table, delimiter: string): string {
  const taken = [...table.columns];
  return csvLine([...taken, ...ADDED.map((name) => freeName(name, taken))], delimiter);
}

// Yields to the page between pieces. `pause` is awaited there.
export async function* outputPieces(
  table: Table,
  results: Results,
  format: OutputFormat,
  pause: () => Promise<void>,
): AsyncGenerator<string> {
  const delimiter = table instanceof DelimitedTable ? table.delimiter : ",";
  if (format !== "jsonl") yield (format === "csv_bom" ? "\ufeff" : "") + header(table, delimiter);
  for (let from = 0; from < table.rowCount; from += ROWS_A_PIECE) {
    let piece = "";
    for (let row = from; row < Math.min(from + ROWS_A_PIECE, table.rowCount); row += 1) {
      piece += format === "jsonl" ? jsonRow(table, results, row) : csvRow(table, results, row, delimiter);
    }
    yield piece;
    await pause();
  }
}

export function outputName(name: string, format: OutputFormat, delimiter: string): string {
  const stem = name.replace(/\.[^.]+$/, "");
  return `${stem}.tenor.${format === "jsonl" ? "jsonl" : delimiter === "\t" ? "tsv" : "csv"}`;
}
