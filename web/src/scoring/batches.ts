// Which rows go into one request: bounded in number and in bytes of JSON.
import { utf8Bytes } from "../text/code_points";

export interface Batch {
  rows: number[];
  texts: string[];
}

export interface BatchLimits {
  texts: number;
  bytes: number; // of the JSON strings with their commas
}

export interface RowSource {
  rowCount: number;
  isPending(row: number): boolean;
  text(row: number): string | undefined;
  reject(row: number, error: string): void;
}

// Rows that cannot be sent (no text, longer than a request may be) are rejected on the way, never sent.
export function* batches(source: RowSource, limits: BatchLimits): Generator<Batch> {
  let batch: Batch = { rows: [], texts: [] };
  let bytes = 0;
  for (let row = 0; row < source.rowCount; row += 1) {
    if (!source.isPending(row)) continue;
    const text = source.text(row);
    if (text === undefined || text.trim() === "") {
      source.reject(row, "empty_text: the row has no text in the chosen column");
      continue;
    }
    const size = utf8Bytes(JSON.stringify(text)) + 1;
    if (size > limits.bytes) {
      source.reject(row, `too_long: the text takes ${size} bytes; a request may have ${limits.bytes}`);
      continue;
    }
    if (batch.rows.length > 0 && (batch.rows.length >= limits.texts || bytes + size > limits.bytes)) {
      yield batch;
      batch = { rows: [], texts: [] };
      bytes = 0;
    }
    batch.rows.push(row);
    batch.texts.push(text);
    bytes += size;
  }
  if (batch.rows.length > 0) yield batch;
}
