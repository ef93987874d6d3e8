// A dropped file -> a Table. The file is read and parsed in pieces; between two of them the page stays alive.
import { looksLikeHeader } from "./columns";
import { CsvParser, guessDelimiter } from "./csv";
import { guessEncoding, type Encoding } from "./decode";
import {
  DelimitedTable,
  JsonLinesTable,
  LinesTable,
  readJsonLine,
  type Format,
  type JsonLine,
  type Table,
} from "./table";

export const MAX_FILE_BYTES = 256 << 20;
const PIECE_BYTES = 256 << 10;

export class FileProblem extends Error {
  constructor(readonly kind: "too_large" | "unknown_type" | "no_rows" | "unreadable") {
    super(kind);
  }
}

export interface ReadFile {
  table: Table;
  encoding: Encoding;
}

export interface ReadOptions {
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

export function formatOf(name: string): Format | "tsv" | undefined {
  const extension = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  if (extension === "csv" || extension === "tsv" || extension === "txt" || extension === "jsonl") return extension;
  return extension === "ndjson" ? "jsonl" : extension === "tab" ? "tsv" : undefined;
}

// Splits pieces of text into lines (LF or CRLF). A line end at the very end starts no further line.
export class LineSplitter {
  private rest = "";

  constructor(private readonly onLine: (line: string) => void) {}

  push(chunk: string): void {
    const lines = (this.rest + chunk).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  }

  finish(): void {
    if (this.rest !== "") this.onLine(this.rest.endsWith("\r") ? this.rest.slice(0, -1) : this.rest);
    this.rest = "";
  }
}

interface Sink {
  push(chunk: string): void;
  finish(): Table;
}

function delimitedSink(sample: string, delimiter: string | undefined): Sink {
  const all: string[][] = [];
  const broken = new Set<number>();
  const used = delimiter ?? guessDelimiter(sample);
  const parser = new CsvParser(used, (cells, isBroken) => {
    if (isBroken) broken.add(all.length);
    all.push(cells);
  });
  return {
    push: (chunk) => parser.push(chunk),
    finish: () => {
      parser.finish();
      return new DelimitedTable(all, used, looksLikeHeader(all[0] ?? []), broken);
    },
  };
}

function linesSink<Line>(read: (line: string) => Line, table: (lines: Line[]) => Table): Sink {
  const lines: Line[] = [];
  const splitter = new LineSplitter((line) => lines.push(read(line)));
  return {
    push: (chunk) => splitter.push(chunk),
    finish: () => {
      splitter.finish();
      return table(lines);
    },
  };
}

function sinkFor(format: Format | "tsv", sample: string): Sink {
  if (format === "jsonl") return linesSink<JsonLine>(readJsonLine, (lines) => new JsonLinesTable(lines));
  if (format === "txt")
    return linesSink<string>(
      (line) => line,
      (lines) => new LinesTable(lines),
    );
  return delimitedSink(sample, format === "tsv" ? "\t" : undefined);
}

// Throws FileProblem, or the signal's AbortError.
export async function readFile(file: File, { onProgress, signal }: ReadOptions = {}): Promise<ReadFile> {
  const format = formatOf(file.name);
  if (!format) throw new FileProblem("unknown_type");
  if (file.size > MAX_FILE_BYTES) throw new FileProblem("too_large");
  let sink: Sink | undefined;
  let decoder: TextDecoder | undefined;
  let encoding: Encoding = "utf-8";
  for (let from = 0; from < file.size; from += PIECE_BYTES) {
    signal?.throwIfAborted();
    const bytes = await bytesOf(file.slice(from, from + PIECE_BYTES));
    if (!decoder) {
      encoding = guessEncoding(bytes);
      decoder = new TextDecoder(encoding); // drops the byte order mark
    }
    const chunk = decoder.decode(bytes, { stream: from + PIECE_BYTES < file.size });
    sink ??= sinkFor(format, chunk);
    sink.push(chunk);
    onProgress?.(Math.min(1, (from + PIECE_BYTES) / file.size));
  }
  const table = sink?.finish();
  if (!table || table.rowCount === 0) throw new FileProblem("no_rows");
  return { table, encoding };
}

async function bytesOf(piece: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await piece.arrayBuffer());
  } catch {
    throw new FileProblem("unreadable"); // moved, changed or locked since it was chosen
  }
}
