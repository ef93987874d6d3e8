// CSV after RFC 4180, read piece by piece so that a large file never blocks the page. Lenient where files in the wild are:
// LF, CRLF and lone CR end a row; a quote inside an unquoted field is an ordinary character; text after a closing quote is
// kept. A blank line is a row with one empty cell: no row is lost. A quoted field that never ends makes its row broken.

const QUOTE = 34;
const LF = 10;
const CR = 13;

type State = "field_start" | "plain" | "quoted" | "quote_in_quoted";

export type OnRow = (cells: string[], broken: boolean) => void;

export class CsvParser {
  private state: State = "field_start";
  private field = "";
  private row: string[] = [];
  private afterCarriageReturn = false;
  private readonly delimiter: number;

  constructor(
    delimiter: string,
    private readonly onRow: OnRow,
  ) {
    this.delimiter = delimiter.charCodeAt(0);
  }

  push(chunk: string): void {
    let from = 0; // start of the stretch not yet taken into the field
    for (let i = 0; i < chunk.length; i += 1) {
      const unit = chunk.charCodeAt(i);
      if (this.state === "quoted") {
        if (unit !== QUOTE) continue;
        this.field += chunk.slice(from, i);
        this.state = "quote_in_quoted";
        from = i + 1;
        continue;
      }
      if (this.afterCarriageReturn) {
        this.afterCarriageReturn = false;
        if (unit === LF) {
          from = i + 1;
          continue;
        }
      }
      if (unit === QUOTE) {
        if (this.state === "plain") continue;
        if (this.state === "quote_in_quoted") this.field += '"'; // a doubled quote
        this.state = "quoted";
        from = i + 1;
      } else if (unit === this.delimiter) {
        this.endField(chunk.slice(from, i));
        from = i + 1;
      } else if (unit === LF || unit === CR) {
        this.endField(chunk.slice(from, i));
        this.endRow(false);
        this.afterCarriageReturn = unit === CR;
        from = i + 1;
      } else {
        this.state = "plain";
      }
    }
    this.field += chunk.slice(from);
  }

  finish(): void {
    const broken = this.state === "quoted";
    if (this.state === "field_start" && this.row.length === 0) return; // the file ended with a line end
    this.endField("");
    this.endRow(broken);
  }

  private endField(rest: string): void {
    this.row.push(this.field + rest);
    this.field = "";
    this.state = "field_start";
  }

  private endRow(broken: boolean): void {
    const cells = this.row;
    this.row = [];
    this.onRow(cells, broken);
  }
}

// The delimiter that the first line (outside quotes) has most of; a comma where it has none.
export function guessDelimiter(sample: string): string {
  const counts = new Map([",", "\t", ";", "|"].map((delimiter) => [delimiter, 0]));
  let quoted = false;
  for (const unit of sample) {
    if (unit === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (unit === "\n" || unit === "\r") break;
    else if (counts.has(unit)) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  }
  let best = ",";
  for (const [delimiter, count] of counts) if (count > (counts.get(best) ?? 0)) best = delimiter;
  return best;
}

export function csvLine(cells: readonly string[], delimiter: string): string {
  const quoted = cells.map((cell) =>
    cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
  );
  return quoted.join(delimiter) + "\r\n";
}
