// One file: read, scored, written. What the File tab shows is a FileJob; this hook changes it.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiProblem, predictBatch, type ProblemKind, type Wishes } from "../api/client";
import { DEFAULT_LIMITS } from "../api/read_info";
import type { ServerInfo } from "../api/types";
import { batches } from "../scoring/batches";
import { RateMeter } from "../scoring/rate";
import { Results } from "../scoring/results";
import { run } from "../scoring/run";
import { guessTextColumn } from "../table/columns";
import type { Encoding } from "../table/decode";
import { FileProblem, readFile } from "../table/read_file";
import { DelimitedTable, ROW_PROBLEMS, type Table } from "../table/table";
import { sleep } from "./sleep";

export interface Loaded {
  name: string;
  encoding: Encoding;
  table: Table;
  column: number;
  results: Results;
}

export interface Progress {
  rowsPerSecond: number;
  secondsLeft: number | undefined;
  seconds: number; // since the start, pauses between runs left out
  waiting: number | undefined; // seconds that a busy server asked for
}

export type FileJob =
  | { phase: "none" }
  | { phase: "reading"; name: string; share: number }
  | { phase: "unread"; name: string; problem: FileProblem["kind"] }
  | { phase: "ready"; loaded: Loaded }
  | { phase: "running"; loaded: Loaded; progress: Progress }
  | { phase: "done" | "cancelled"; loaded: Loaded; seconds: number }
  | { phase: "stopped"; loaded: Loaded; seconds: number; problem: ProblemKind };

const MAX_BATCH_TEXTS = 200;
const MAX_BATCH_BYTES = 400_000;
const ENVELOPE_BYTES = 256;
const REFRESH_MS = 150;
const SAMPLE_ROWS = 200;

function loadedOf(name: string, encoding: Encoding, table: Table): Loaded {
  const sample = Array.from({ length: Math.min(SAMPLE_ROWS, table.rowCount) }, (_, row) => table.cells(row));
  const column = guessTextColumn(table.columns, sample);
  return { name, encoding, table, column, results: new Results(table.rowCount) };
}

async function score(
  { table, column, results }: Loaded,
  info: ServerInfo | undefined,
  wishes: Wishes,
  signal: AbortSignal,
  onWaiting: (seconds: number | undefined) => void,
): Promise<void> {
  const { maxBodyBytes, maxTexts } = info ?? DEFAULT_LIMITS;
  const source = {
    rowCount: table.rowCount,
    isPending: (row: number) => results.isPending(row),
    text: (row: number) => table.text(row, column),
    reject: (row: number, error: string) => {
      const problem = table.problem(row);
      results.fail(row, problem ? `${problem}: ${ROW_PROBLEMS[problem]}` : error);
    },
  };
  const limits = {
    texts: Math.min(MAX_BATCH_TEXTS, maxTexts),
    bytes: Math.min(MAX_BATCH_BYTES, maxBodyBytes - ENVELOPE_BYTES),
  };
  await run({
    batches: batches({ ...source, text: (row) => (table.problem(row) ? undefined : source.text(row)) }, limits),
    send: (texts, stop) => predictBatch(texts, wishes, stop),
    onAnswer: (rows, items) => {
      onWaiting(undefined);
      rows.forEach((row, i) => {
        const item = items[i];
        if (item) results.set(row, item);
      });
    },
    onRefused: (rows, error) => rows.forEach((row) => results.fail(row, error)),
    onWaiting,
    sleep,
    signal,
  });
}

export interface FileActions {
  load: (file: File) => void;
  close: () => void;
  setColumn: (column: number) => void;
  setHeader: (hasHeader: boolean) => void;
  start: (wishes: Wishes) => void; // goes on with the rows that are still pending
  again: () => void;
  cancel: () => void;
}

export function useFileJob(info: ServerInfo | undefined): [FileJob, FileActions] {
  const [job, setJob] = useState<FileJob>({ phase: "none" });
  const running = useRef<AbortController | undefined>(undefined);
  const spent = useRef(0); // seconds of earlier runs of this file
  useEffect(() => () => running.current?.abort(), []);

  const begin = (): AbortSignal => {
    running.current?.abort();
    running.current = new AbortController();
    return running.current.signal;
  };

  const load = async (file: File) => {
    const signal = begin();
    spent.current = 0;
    const show = (next: FileJob) => signal.aborted || setJob(next);
    show({ phase: "reading", name: file.name, share: 0 });
    try {
      const onProgress = (share: number) => show({ phase: "reading", name: file.name, share });
      const { table, encoding } = await readFile(file, { signal, onProgress });
      show({ phase: "ready", loaded: loadedOf(file.name, encoding, table) });
    } catch (error) {
      show({ phase: "unread", name: file.name, problem: error instanceof FileProblem ? error.kind : "unreadable" });
    }
  };

  const start = async (loaded: Loaded, wishes: Wishes) => {
    const signal = begin();
    const { results } = loaded;
    const meter = new RateMeter();
    const from = performance.now();
    const seconds = () => spent.current + (performance.now() - from) / 1000;
    let waiting: number | undefined;
    const show = () => {
      meter.add(performance.now(), results.done);
      const secondsLeft = meter.secondsLeft(results.rowCount - results.done);
      const progress = { rowsPerSecond: meter.rowsPerSecond(), secondsLeft, seconds: seconds(), waiting };
      setJob({ phase: "running", loaded, progress });
    };
    show();
    const timer = setInterval(show, REFRESH_MS);
    try {
      await score(loaded, info, wishes, signal, (asked) => (waiting = asked));
      setJob({ phase: "done", loaded, seconds: seconds() });
    } catch (error) {
      if (running.current?.signal !== signal) return; // another file took its place
      if (error instanceof ApiProblem) setJob({ phase: "stopped", loaded, seconds: seconds(), problem: error.kind });
      else setJob({ phase: "cancelled", loaded, seconds: seconds() });
    } finally {
      clearInterval(timer);
      spent.current = seconds();
    }
  };

  // A change of what is read forgets the answers.
  const reload = (change: (loaded: Loaded) => Partial<Loaded>) => {
    if (!("loaded" in job) || job.phase === "running") return;
    const next = { ...job.loaded, ...change(job.loaded) };
    spent.current = 0;
    setJob({ phase: "ready", loaded: { ...next, results: new Results(next.table.rowCount) } });
  };

  return [
    job,
    {
      load: (file) => void load(file),
      close: () => {
        begin();
        setJob({ phase: "none" });
      },
      setColumn: (column) => reload(() => ({ column })),
      setHeader: (hasHeader) =>
        reload(({ table }) => (table instanceof DelimitedTable ? { table: table.withHeader(hasHeader) } : {})),
      start: (wishes) => "loaded" in job && job.phase !== "running" && void start(job.loaded, wishes),
      again: () => reload(() => ({})),
      cancel: () => running.current?.abort(),
    },
  ];
}
