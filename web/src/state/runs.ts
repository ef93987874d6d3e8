// Runs over files, kept in IndexedDB so that a reload, a closed tab or a lost server costs nothing that was answered.
import type { Wishes } from "../api/client";
import type { Chunk } from "../scoring/chunk";
import { newId } from "./new_id";

export interface Run {
  id: string;
  name: string; // of the file
  at: number; // milliseconds since 1970: the last answer
  column: number;
  hasHeader: boolean | undefined; // of tables that may have one
  wishes: Wishes;
  rowCount: number;
  done: number; // rows
  seconds: number; // spent
  finished: boolean;
}

export const MAX_RUNS = 8; // older ones make room

const NAME = "tenor";
const VERSION = 1;

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
  });
}

function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the browser's storage is full"));
  });
}

// All of a run: its record, its file and its answers.
function everything(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []]);
}

export class Runs {
  private constructor(private readonly database: IDBDatabase) {}

  // Rejects where the browser has no such storage, or forbids it.
  static async open(): Promise<Runs> {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const { result: database } = request;
      database.createObjectStore("runs", { keyPath: "id" });
      database.createObjectStore("files");
      database.createObjectStore("answers"); // keys: [run, one of the chunk's own], so that two tabs take nothing from each other
    };
    return new Runs(await result(request));
  }

  // Newest first.
  async list(): Promise<Run[]> {
    const runs = await result<Run[]>(this.database.transaction("runs").objectStore("runs").getAll());
    return runs.sort((a, b) => b.at - a.at);
  }

  async begin(run: Run, file: Blob): Promise<void> {
    for (const old of (await this.list()).slice(MAX_RUNS - 1)) await this.remove(old.id);
    const transaction = this.database.transaction(["runs", "files"], "readwrite");
    transaction.objectStore("runs").put(run);
    transaction.objectStore("files").put(file, run.id);
    await ended(transaction);
  }

  async keep(run: Run, chunk: Chunk): Promise<void> {
    const transaction = this.database.transaction(["runs", "answers"], "readwrite");
    transaction.objectStore("answers").put(chunk, [run.id, newId()]);
    transaction.objectStore("runs").put(run);
    await ended(transaction);
  }

  async update(run: Run): Promise<void> {
    const transaction = this.database.transaction("runs", "readwrite");
    transaction.objectStore("runs").put(run);
    await ended(transaction);
  }

  // undefined: there is no such run. `onFile` says who is to be told the chunks of answers.
  async restore(
    id: string,
    onFile: (run: Run, file: Blob) => Promise<(chunk: Chunk) => void>,
  ): Promise<Run | undefined> {
    const run = await result<Run | undefined>(this.database.transaction("runs").objectStore("runs").get(id));
    const file = await result<Blob | undefined>(this.database.transaction("files").objectStore("files").get(id));
    if (!run || !file) return undefined;
    const onChunk = await onFile(run, file);
    const answers = this.database.transaction("answers").objectStore("answers");
    await new Promise<void>((resolve, reject) => {
      const request = answers.openCursor(everything(id));
      request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
      request.onsuccess = () => {
        const { result: cursor } = request;
        if (!cursor) return resolve();
        onChunk(cursor.value as Chunk);
        cursor.continue();
      };
    });
    return run;
  }

  async remove(id: string): Promise<void> {
    const transaction = this.database.transaction(["runs", "files", "answers"], "readwrite");
    transaction.objectStore("runs").delete(id);
    transaction.objectStore("files").delete(id);
    transaction.objectStore("answers").delete(everything(id));
    await ended(transaction);
  }
}
