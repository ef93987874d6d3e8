// Scores the pending rows of a table.
import { predictBatch, type Wishes } from "../api/client";
import { DEFAULT_LIMITS } from "../api/read_info";
import type { ServerInfo } from "../api/types";
import { sleep } from "../state/sleep";
import { ROW_PROBLEMS, type Table } from "../table/table";
import { batches } from "./batches";
import { chunkOf, refusedChunk, replay, type Chunk } from "./chunk";
import type { Results } from "./results";
import { run } from "./run";

const MAX_BATCH_TEXTS = 200;
const MAX_BATCH_BYTES = 400_000;
const ENVELOPE_BYTES = 256;

export interface Scoring {
  table: Table;
  column: number;
  results: Results;
  info: ServerInfo | undefined;
  wishes: Wishes;
  signal: AbortSignal;
  onWaiting: (seconds: number | undefined) => void; // a busy server asked for that
  onChunk: (chunk: Chunk) => void; // what the server answered, after it is in the results
}

// As run(): throws ApiProblem or the signal's AbortError, and what is answered stays.
export async function scoreTable(scoring: Scoring): Promise<void> {
  const { table, column, results, info, wishes, signal, onWaiting, onChunk } = scoring;
  const { maxBodyBytes, maxTexts } = info ?? DEFAULT_LIMITS;
  const source = {
    rowCount: table.rowCount,
    isPending: (row: number) => results.isPending(row),
    text: (row: number) => (table.problem(row) ? undefined : table.text(row, column)),
    reject: (row: number, error: string) => {
      const problem = table.problem(row);
      results.fail(row, problem ? `${problem}: ${ROW_PROBLEMS[problem]}` : error);
    },
  };
  const limits = {
    texts: Math.min(MAX_BATCH_TEXTS, maxTexts),
    bytes: Math.min(MAX_BATCH_BYTES, maxBodyBytes - ENVELOPE_BYTES),
  };
  const take = (chunk: Chunk) => {
    replay(chunk, results);
    onChunk(chunk);
  };
  await run({
    batches: batches(source, limits),
    send: (texts, stop) => predictBatch(texts, wishes, stop),
    onAnswer: (rows, items) => {
      onWaiting(undefined);
      take(chunkOf(rows, items));
    },
    onRefused: (rows, error) => take(refusedChunk(rows, error)),
    onWaiting,
    sleep,
    signal,
  });
}
