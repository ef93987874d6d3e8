// What is known about each row so far. Flat arrays: a hundred thousand rows take a few megabytes.
import { LABELS, type BatchItem, type Label } from "../api/types";

const PENDING = -1;
const FAILED = -2;

export interface RowResult {
  label?: Label;
  probabilities: Record<Label, number>; // zeros without a label
  uncertain?: boolean; // not there without a label, or where the model has no fitted gate
  error?: string; // "code: what is wrong"
}

export class Results {
  private readonly labels: Int8Array;
  private readonly numbers: Float64Array;
  private readonly doubts: Uint8Array; // 0: not told, else 1 + uncertain
  private readonly errors = new Map<number, string>();
  private readonly counts = LABELS.map(() => 0);
  private finished = 0;
  private uncertain: number | undefined;

  constructor(readonly rowCount: number) {
    this.labels = new Int8Array(rowCount).fill(PENDING);
    this.numbers = new Float64Array(rowCount * LABELS.length);
    this.doubts = new Uint8Array(rowCount);
  }

  get done(): number {
    return this.finished;
  }

  get errorCount(): number {
    return this.errors.size;
  }

  // Undefined where no answer told.
  get uncertainCount(): number | undefined {
    return this.uncertain;
  }

  count(label: Label): number {
    return this.counts[LABELS.indexOf(label)] ?? 0;
  }

  isPending(row: number): boolean {
    return this.labels[row] === PENDING;
  }

  // Each row is set once; a second answer is ignored.
  set(row: number, item: BatchItem): void {
    if ("error" in item) return this.fail(row, `${item.error.type}: ${item.error.detail}`);
    if (!this.isPending(row)) return;
    const index = LABELS.indexOf(item.label);
    this.labels[row] = index;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    LABELS.forEach((label, i) => (this.numbers[row * LABELS.length + i] = item.probabilities[label] ?? 0));
    if (item.uncertain !== undefined) {
      this.doubts[row] = 1 + Number(item.uncertain);
      this.uncertain = (this.uncertain ?? 0) + Number(item.uncertain);
    }
    this.finished += 1;
  }

  fail(row: number, error: string): void {
    if (!this.isPending(row)) return;
    this.labels[row] = FAILED;
    this.errors.set(row, error);
    this.finished += 1;
  }

  at(row: number): RowResult {
    const label = LABELS[this.labels[row] ?? PENDING];
    const numbers = LABELS.map((name, i) => [name, this.numbers[row * LABELS.length + i] ?? 0]);
    const result: RowResult = { probabilities: Object.fromEntries(numbers) as Record<Label, number> };
    const doubt = this.doubts[row] ?? 0;
    if (doubt > 0) result.uncertain = doubt === 2;
    if (label) result.label = label;
    else result.error = this.errors.get(row) ?? "not_scored: stopped before this row";
    return result;
  }
}
