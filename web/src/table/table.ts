// A file's rows, whatever format they came in. Immutable once read; row numbers start at 0.

export type Format = "csv" | "jsonl" | "txt";
export type RowProblem = "broken_quotes" | "broken_json" | "not_an_object";

export interface Table {
  readonly format: Format;
  readonly columns: readonly string[];
  readonly rowCount: number;
  // The columns' cells as text; a missing cell is "".
  cells(row: number): string[];
  // A cell to be scored. undefined: the row has none, or it is not text.
  text(row: number, column: number): string | undefined;
  problem(row: number): RowProblem | undefined;
}

export const ROW_PROBLEMS: Record<RowProblem, string> = {
  broken_quotes: "a quoted field is not closed before the end of the file",
  broken_json: "the line is not JSON",
  not_an_object: "the line is JSON, but neither an object nor a string",
};

// CSV and TSV. The header, where there is one, is the first row of `all`.
export class DelimitedTable implements Table {
  readonly format = "csv";
  readonly columns: readonly string[];
  private readonly skipped: 0 | 1;

  constructor(
    readonly all: readonly string[][],
    readonly delimiter: string,
    readonly hasHeader: boolean,
    private readonly broken: ReadonlySet<number> = new Set(),
  ) {
    this.skipped = hasHeader && all.length > 0 ? 1 : 0;
    const width = all.reduce((widest, row) => Math.max(widest, row.length), 0);
    const names = this.skipped === 1 ? (all[0] ?? []) : [];
    this.columns = Array.from({ length: width }, (_, i) => names[i]?.trim() || `column ${i + 1}`);
  }

  get rowCount(): number {
    return this.all.length - this.skipped;
  }

  withHeader(hasHeader: boolean): DelimitedTable {
    return new DelimitedTable(this.all, this.delimiter, hasHeader, this.broken);
  }

  cells(row: number): string[] {
    const found = this.all[row + this.skipped] ?? [];
    return this.columns.map((_, i) => found[i] ?? "");
  }

  text(row: number, column: number): string | undefined {
    return this.all[row + this.skipped]?.[column];
  }

  problem(row: number): RowProblem | undefined {
    return this.broken.has(row + this.skipped) ? "broken_quotes" : undefined;
  }
}

// One text a line.
export class LinesTable implements Table {
  readonly format = "txt";
  readonly columns = ["text"];

  constructor(private readonly lines: readonly string[]) {}

  get rowCount(): number {
    return this.lines.length;
  }
  cells(row: number): string[] {
    return [this.lines[row] ?? ""];
  }
  text(row: number): string | undefined {
    return this.lines[row];
  }
  problem(): undefined {
    return undefined;
  }
}

export type JsonRecord = Record<string, unknown>;
export type JsonLine = { record: JsonRecord } | { raw: string; problem: RowProblem };

export function readJsonLine(raw: string): JsonLine {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    // A blank line is a row without text, not a broken one.
    return raw.trim() === "" ? { record: { text: "" } } : { raw, problem: "broken_json" };
  }
  if (typeof value === "string") return { record: { text: value } };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { raw, problem: "not_an_object" };
  return { record: value as JsonRecord };
}

// JSON Lines. The columns are the members of all objects, in the order in which they first appear.
export class JsonLinesTable implements Table {
  readonly format = "jsonl";
  readonly columns: readonly string[];

  constructor(private readonly lines: readonly JsonLine[]) {
    const names = new Set<string>();
    for (const line of lines) if ("record" in line) for (const name in line.record) names.add(name);
    this.columns = names.size > 0 ? [...names] : ["text"];
  }

  get rowCount(): number {
    return this.lines.length;
  }

  // undefined where the line is broken: see raw().
  record(row: number): JsonRecord | undefined {
    const line = this.lines[row];
    return line && "record" in line ? line.record : undefined;
  }

  raw(row: number): string {
    const line = this.lines[row];
    return line && "raw" in line ? line.raw : "";
  }

  cells(row: number): string[] {
    const record = this.record(row);
    if (!record) return this.columns.map((_, i) => (i === 0 ? this.raw(row) : ""));
    return this.columns.map((name) => {
      const value = Object.hasOwn(record, name) ? record[name] : undefined;
      return value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
    });
  }

  text(row: number, column: number): string | undefined {
    const record = this.record(row);
    const name = this.columns[column];
    const value = record && name !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
    return typeof value === "string" ? value : undefined;
  }

  problem(row: number): RowProblem | undefined {
    const line = this.lines[row];
    return line && "problem" in line ? line.problem : undefined;
  }
}
