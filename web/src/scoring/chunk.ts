// Answers as they are kept over a reload: flat arrays, some 30 bytes a row.
import { LABELS, type BatchItem } from "../api/types";
import type { Results } from "./results";

export interface Chunk {
  rows: Uint32Array;
  labels: Uint8Array; // indices of LABELS; LABELS.length: the row failed
  numbers: Float64Array; // probabilities, one a label and row
  doubts: Uint8Array; // 0: not told, else 1 + uncertain
  errors: string[]; // of the rows that failed, in their order
}

const FAILED = LABELS.length;

export function chunkOf(rows: readonly number[], items: readonly BatchItem[]): Chunk {
  const chunk: Chunk = {
    rows: Uint32Array.from(rows),
    labels: new Uint8Array(rows.length).fill(FAILED),
    numbers: new Float64Array(rows.length * LABELS.length),
    doubts: new Uint8Array(rows.length),
    errors: [],
  };
  items.forEach((item, i) => {
    if ("error" in item) {
      chunk.errors.push(`${item.error.type}: ${item.error.detail}`);
      return;
    }
    chunk.labels[i] = LABELS.indexOf(item.label);
    LABELS.forEach((label, n) => (chunk.numbers[i * LABELS.length + n] = item.probabilities[label] ?? 0));
    if (item.uncertain !== undefined) chunk.doubts[i] = 1 + Number(item.uncertain);
  });
  return chunk;
}

// The server refused these rows for the same reason.
export function refusedChunk(rows: readonly number[], error: string): Chunk {
  return { ...chunkOf(rows, []), errors: rows.map(() => error) };
}

// Rows that the results have already stay as they are.
export function replay(chunk: Chunk, results: Results): void {
  let failed = 0;
  chunk.rows.forEach((row, i) => {
    const label = LABELS[chunk.labels[i] ?? FAILED];
    if (!label) return results.fail(row, chunk.errors[failed++] ?? "unknown_answer: the error was not kept");
    const from = i * LABELS.length;
    const numbers = LABELS.map((name, n) => [name, chunk.numbers[from + n] ?? 0] as const);
    const probabilities = Object.fromEntries(numbers);
    const doubt = chunk.doubts[i] ?? 0;
    results.set(row, {
      label,
      probabilities,
      score: probabilities[label] ?? 0,
      ...(doubt > 0 && { uncertain: doubt === 2 }),
    });
  });
}
