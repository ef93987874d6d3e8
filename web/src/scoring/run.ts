// Sends batches, a few at a time, and tells where the answers go. Busy servers are waited for, batches that are too large
// are halved, and a server that is away ends the run with its ApiProblem: what is answered stays, and a further run takes
// up the pending rows.
import { ApiProblem } from "../api/client";
import type { BatchItem } from "../api/types";
import type { Batch } from "./batches";

export interface RunOptions {
  batches: Iterator<Batch>;
  send: (texts: readonly string[], signal: AbortSignal) => Promise<BatchItem[]>;
  onAnswer: (rows: readonly number[], items: readonly BatchItem[]) => void;
  onRefused: (rows: readonly number[], error: string) => void;
  onWaiting?: (seconds: number) => void; // the server is busy and asked for this pause
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
  inFlight?: number;
}

const AWAY_PAUSES_MS = [500, 1000, 2000, 4000];

async function sendPatiently(options: RunOptions, texts: readonly string[], signal: AbortSignal): Promise<BatchItem[]> {
  for (let failures = 0; ; ) {
    try {
      return await options.send(texts, signal);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.kind === "busy") {
        options.onWaiting?.(error.retryAfterSeconds);
        await options.sleep(error.retryAfterSeconds * 1000, signal);
        continue;
      }
      const pause = AWAY_PAUSES_MS[failures];
      if ((error.kind !== "away" && error.kind !== "failed") || pause === undefined) throw error;
      failures += 1;
      await options.sleep(pause, signal);
    }
  }
}

async function sendBatch(options: RunOptions, { rows, texts }: Batch, signal: AbortSignal): Promise<void> {
  try {
    options.onAnswer(rows, await sendPatiently(options, texts, signal));
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.kind === "away" || error.kind === "failed") throw error;
    if (rows.length === 1) return options.onRefused(rows, `${error.kind}: ${error.detail}`);
    // Refused as a whole: halve it, so that only the text at fault gets the error.
    const half = rows.length >> 1;
    await sendBatch(options, { rows: rows.slice(0, half), texts: texts.slice(0, half) }, signal);
    await sendBatch(options, { rows: rows.slice(half), texts: texts.slice(half) }, signal);
  }
}

// Throws ApiProblem (away, failed) or the signal's AbortError. No request is under way any more when it settles.
export async function run(options: RunOptions): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const lane = async () => {
    for (let next = options.batches.next(); !next.done; next = options.batches.next()) {
      signal.throwIfAborted();
      await sendBatch(options, next.value, signal);
    }
  };
  const lanes = Array.from({ length: options.inFlight ?? 2 }, () =>
    lane().catch((error: unknown) => {
      stop.abort(); // the other lanes need not go on
      throw error;
    }),
  );
  const settled = await Promise.allSettled(lanes);
  const errors = settled.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
  if (errors.length > 0) throw errors.find((error) => error instanceof ApiProblem) ?? errors[0];
}
