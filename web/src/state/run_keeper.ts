// Writes a run down as it goes on. Where the browser's storage fails the run goes on without it.
import type { Wishes } from "../api/client";
import type { Chunk } from "../scoring/chunk";
import { newId } from "./new_id";
import type { Run, Runs } from "./runs";

const KEY = "tenor.run"; // of the tab: the run that it works on, and goes on with after a reload

export function runOfTab(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

export function setRunOfTab(id: string | undefined): void {
  try {
    if (id === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, id);
  } catch {
    // Then a reload begins with the list of runs.
  }
}

export interface NewRun {
  name: string;
  file: Blob;
  column: number;
  hasHeader: boolean | undefined;
  wishes: Wishes;
  rowCount: number;
}

export class RunKeeper {
  private last: Promise<void>; // one write after the other
  private broken = false;

  private constructor(
    private readonly runs: Runs,
    private run: Run,
    first: Promise<void>,
  ) {
    this.last = first.catch(() => void (this.broken = true));
  }

  static begin(runs: Runs, { file, ...told }: NewRun): RunKeeper {
    const run: Run = { ...told, id: newId(), at: Date.now(), done: 0, seconds: 0, finished: false };
    return new RunKeeper(runs, run, runs.begin(run, file));
  }

  static goOn(runs: Runs, run: Run): RunKeeper {
    return new RunKeeper(runs, run, Promise.resolve());
  }

  get id(): string {
    return this.run.id;
  }

  // Whether it has been written down so far.
  get works(): boolean {
    return !this.broken;
  }

  keep(chunk: Chunk, done: number, seconds: number): void {
    this.change({ done, seconds }, (run) => this.runs.keep(run, chunk));
  }

  wish(wishes: Wishes): void {
    this.change({ wishes }, (run) => this.runs.update(run));
  }

  finish(seconds: number): void {
    this.change({ finished: true, done: this.run.rowCount, seconds }, (run) => this.runs.update(run));
  }

  async remove(): Promise<void> {
    await this.last;
    await this.runs.remove(this.run.id).catch(() => undefined);
  }

  private change(what: Partial<Run>, write: (run: Run) => Promise<void>): void {
    this.run = { ...this.run, ...what, at: Date.now() };
    const { run } = this;
    this.last = this.last.then(() => (this.broken ? undefined : write(run))).catch(() => void (this.broken = true));
  }
}
