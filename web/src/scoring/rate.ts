// Rows a second over the last few seconds, from samples of (time, rows done). Pure: the caller brings the clock.

const WINDOW_MS = 5000;

export class RateMeter {
  private samples: { at: number; done: number }[] = [];

  add(at: number, done: number): void {
    this.samples.push({ at, done });
    while (this.samples.length > 2 && (this.samples[1]?.at ?? at) < at - WINDOW_MS) this.samples.shift();
  }

  // 0 until two samples at different times are known.
  rowsPerSecond(): number {
    const first = this.samples[0];
    const last = this.samples[this.samples.length - 1];
    if (!first || !last || last.at <= first.at) return 0;
    return ((last.done - first.done) * 1000) / (last.at - first.at);
  }

  // undefined while nothing moves.
  secondsLeft(remaining: number): number | undefined {
    const rate = this.rowsPerSecond();
    return rate > 0 ? remaining / rate : undefined;
  }
}
