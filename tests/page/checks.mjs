// A list of checks run one after the other; a failing one does not stop the others.
export class Checks {
  passed = 0;
  failed = 0;

  async run(name, check) {
    try {
      await check();
      this.passed += 1;
      console.log(`ok      ${name}`);
    } catch (error) {
      this.failed += 1;
      console.log(
        `FAILED  ${name}\n        ${String(error?.stack ?? error)
          .split("\n")
          .slice(0, 6)
          .map((line) => line.slice(0, 200))
          .join("\n        ")}`,
      );
    }
  }
}

// Polls until `probe` gives what satisfies `accept`; the error shows the last value seen.
export async function eventually(what, probe, accept = Boolean, timeoutMs = 10_000) {
  const end = Date.now() + timeoutMs;
  let value;
  do {
    value = await probe();
    if (accept(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (Date.now() < end);
  throw new Error(`${what}: still ${JSON.stringify(value)} after ${timeoutMs} ms`);
}

// A second reading of RFC 4180, so that the page's own parser is not its only witness.
export function readCsv(text) {
  const rows = [];
  const field = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n|$)/gy;
  let row = [];
  while (field.lastIndex < text.length) {
    const [, cell, end] = field.exec(text);
    row.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end !== ",") {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
