// One file: read, scored, written. What the File tab shows is a FileJob; this hook changes it.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiProblem, serverInfo, type ProblemKind, type Wishes } from "../api/client";
import type { ServerInfo } from "../api/types";
import { replay } from "../scoring/chunk";
import { RateMeter } from "../scoring/rate";
import { Results } from "../scoring/results";
import { scoreTable } from "../scoring/score_table";
import { guessTextColumn } from "../table/columns";
import type { Encoding } from "../table/decode";
import { FileProblem, readFile, type ReadFile } from "../table/read_file";
import { DelimitedTable, type Table } from "../table/table";
import { RunKeeper, runOfTab, setRunOfTab } from "./run_keeper";
import { Runs, type Run } from "./runs";
import { sleep } from "./sleep";

export interface Loaded {
  name: string;
  file: File;
  encoding: Encoding;
  table: Table;
  column: number;
  results: Results;
  wishes: Wishes; // of the last run over it
  keeper: RunKeeper | undefined; // undefined: not begun, or the browser keeps nothing
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

const REFRESH_MS = 150;
const SAMPLE_ROWS = 200;
const AWAY_MS = 3000; // between two looks whether the server is back

function loadedOf(file: File, { table, encoding }: ReadFile): Loaded {
  const sample = Array.from({ length: Math.min(SAMPLE_ROWS, table.rowCount) }, (_, row) => table.cells(row));
  const column = guessTextColumn(table.columns, sample);
  const results = new Results(table.rowCount);
  return { name: file.name, file, encoding, table, column, results, wishes: {}, keeper: undefined };
}

// As it was when the run was kept.
function restoredOf(file: File, read: ReadFile, run: Run, runs: Runs): Loaded {
  const { encoding } = read;
  const table =
    read.table instanceof DelimitedTable && run.hasHeader !== undefined
      ? read.table.withHeader(run.hasHeader)
      : read.table;
  if (table.rowCount !== run.rowCount) throw new FileProblem("unreadable"); // read in another way than before
  const { name, column, wishes } = run;
  const results = new Results(table.rowCount);
  return { name, file, encoding, table, column, results, wishes, keeper: RunKeeper.goOn(runs, run) };
}

const headerOf = (table: Table) => (table instanceof DelimitedTable ? table.hasHeader : undefined);

export interface FileActions {
  load: (file: File) => void;
  restore: (id: string) => void; // a run that was kept
  remove: (id: string) => void;
  close: () => void;
  setColumn: (column: number) => void;
  setHeader: (hasHeader: boolean) => void;
  start: (wishes: Wishes) => void; // goes on with the rows that are still pending
  again: () => void;
  cancel: () => void;
}

export function useFileJob(info: ServerInfo | undefined): [FileJob, readonly Run[], FileActions] {
  const [job, setJob] = useState<FileJob>({ phase: "none" });
  const [kept, setKept] = useState<readonly Run[]>([]);
  const running = useRef<AbortController | undefined>(undefined);
  const spent = useRef(0); // seconds of earlier runs of this file
  const runs = useRef<Promise<Runs | undefined> | undefined>(undefined);
  runs.current ??= Runs.open().catch(() => undefined);
  useEffect(() => () => running.current?.abort(), []);

  const begin = (): AbortSignal => {
    running.current?.abort();
    running.current = new AbortController();
    return running.current.signal;
  };
  const list = async () => setKept((await (await runs.current)?.list().catch(() => [])) ?? []);

  // Shows what `open` makes of a file, or what is wrong with it.
  const show = async (name: string, open: (options: Parameters<typeof readFile>[1]) => Promise<FileJob>) => {
    const signal = begin();
    const to = (next: FileJob) => signal.aborted || setJob(next);
    to({ phase: "reading", name, share: 0 });
    try {
      const next = await open({ signal, onProgress: (share) => to({ phase: "reading", name, share }) });
      to(next);
      return signal.aborted ? undefined : next;
    } catch (error) {
      to({ phase: "unread", name, problem: error instanceof FileProblem ? error.kind : "unreadable" });
      return undefined;
    }
  };

  const load = (file: File) =>
    show(file.name, async (options) => {
      spent.current = 0;
      setRunOfTab(undefined);
      return { phase: "ready", loaded: loadedOf(file, await readFile(file, options)) };
    });

  const restore = async (id: string, unasked: boolean) => {
    const store = await runs.current;
    const run = (await store?.list().catch(() => []))?.find((one) => one.id === id);
    if (!store || !run) return list();
    if (unasked && running.current) return; // the reader was quicker
    const next = await show(run.name, async (options) => {
      let loaded: Loaded | undefined;
      await store.restore(id, async (told, blob) => {
        const file = new File([blob], told.name);
        const restored = (loaded = restoredOf(file, await readFile(file, options), told, store));
        return (chunk) => replay(chunk, restored.results);
      });
      if (!loaded) throw new FileProblem("unreadable");
      spent.current = run.seconds;
      setRunOfTab(id);
      return { phase: run.finished ? "done" : "cancelled", loaded, seconds: run.seconds };
    });
    if (!next || !("loaded" in next)) return;
    // Also of a finished run: rows that cannot be sent are not kept, and found again without the server.
    if (!run.finished || next.loaded.results.done < run.rowCount) await start(next.loaded, run.wishes);
  };

  // What the tab worked on before it was loaded anew goes on by itself.
  useEffect(() => {
    void list();
    const id = runOfTab();
    if (id !== undefined) void restore(id, true);
  }, []);

  const keeperOf = async (loaded: Loaded, wishes: Wishes, signal: AbortSignal): Promise<RunKeeper | undefined> => {
    const store = await runs.current;
    const { name, file, column, table } = loaded;
    if (!store || signal.aborted) return loaded.keeper;
    const told = { name, file, column, hasHeader: headerOf(table), wishes, rowCount: table.rowCount };
    const keeper = loaded.keeper ?? RunKeeper.begin(store, told);
    keeper.wish(wishes);
    setRunOfTab(keeper.id);
    return keeper;
  };

  const start = async (before: Loaded, wishes: Wishes) => {
    const signal = begin();
    const loaded = { ...before, wishes, keeper: await keeperOf(before, wishes, signal) };
    const { results, table, column, keeper } = loaded;
    const meter = new RateMeter();
    const from = performance.now();
    const earlier = spent.current;
    const seconds = () => earlier + (performance.now() - from) / 1000;
    let waiting: number | undefined;
    const showProgress = () => {
      meter.add(performance.now(), results.done);
      const secondsLeft = meter.secondsLeft(results.rowCount - results.done);
      const progress = { rowsPerSecond: meter.rowsPerSecond(), secondsLeft, seconds: seconds(), waiting };
      setJob({ phase: "running", loaded, progress });
    };
    showProgress();
    const timer = setInterval(showProgress, REFRESH_MS);
    try {
      await scoreTable({
        ...{ table, column, results, info, wishes, signal },
        onWaiting: (asked) => (waiting = asked),
        onChunk: (chunk) => keeper?.keep(chunk, results.done, seconds()),
      });
      keeper?.finish(seconds());
      setJob({ phase: "done", loaded, seconds: seconds() });
    } catch (error) {
      if (running.current?.signal !== signal) return; // another file took its place
      if (error instanceof ApiProblem) setJob({ phase: "stopped", loaded, seconds: seconds(), problem: error.kind });
      else {
        setRunOfTab(undefined); // a reload does not go on with what the reader stopped
        setJob({ phase: "cancelled", loaded, seconds: seconds() });
      }
    } finally {
      clearInterval(timer);
      if (running.current?.signal === signal) spent.current = seconds();
    }
  };

  // A run that a lost server stopped goes on when it is back.
  const lost = job.phase === "stopped" && job.problem === "away" ? job.loaded : undefined;
  useEffect(() => {
    if (!lost) return;
    const stop = new AbortController();
    const wait = async () => {
      while (!stop.signal.aborted) {
        await sleep(AWAY_MS, stop.signal);
        const back = await serverInfo(stop.signal).catch(() => undefined);
        if (back && !stop.signal.aborted) return start(lost, lost.wishes);
      }
    };
    wait().catch(() => undefined);
    return () => stop.abort();
  }, [lost]);

  // A change of what is read forgets the answers.
  const reload = (change: (loaded: Loaded) => Partial<Loaded>) => {
    if (!("loaded" in job) || job.phase === "running") return;
    const next = { ...job.loaded, ...change(job.loaded), keeper: undefined };
    spent.current = 0;
    void job.loaded.keeper?.remove();
    setRunOfTab(undefined);
    setJob({ phase: "ready", loaded: { ...next, results: new Results(next.table.rowCount) } });
  };

  return [
    job,
    kept,
    {
      load: (file) => void load(file),
      restore: (id) => void restore(id, false),
      remove: (id) => void runs.current?.then((store) => store?.remove(id)).then(list, list),
      close: () => {
        begin();
        setRunOfTab(undefined);
        setJob({ phase: "none" });
        void list();
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
