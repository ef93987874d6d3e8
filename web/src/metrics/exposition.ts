// Prometheus' text format 0.0.4 -> samples by name. Strict: a line that is not of the format is an error that names it,
// for a figure that was misread is worse than none.

export interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number; // may be NaN or infinite
}

export type Exposition = ReadonlyMap<string, readonly Sample[]>;

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\\n]|\\.)*)"\s*/y;
const VALUE = /^\s+(\S+)(?:\s+(-?\d+))?\s*$/; // a timestamp may follow
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const ESCAPES: Record<string, string> = { "\\": "\\", '"': '"', n: "\n" };

function numberOf(text: string): number | undefined {
  if (/^nan$/i.test(text)) return NaN;
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  return NUMBER.test(text) ? Number(text) : undefined;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (whole, letter: string) => ESCAPES[letter] ?? whole);
}

// The labels behind the name and where they end; undefined: they are broken.
function labelsOf(line: string, from: number): { labels: Record<string, string>; end: number } | undefined {
  const labels: Record<string, string> = {};
  if (line[from] !== "{") return { labels, end: from };
  let at = from + 1;
  while (line[at] !== "}") {
    LABEL.lastIndex = at;
    const [, name, value] = LABEL.exec(line) ?? [];
    if (name === undefined || Object.hasOwn(labels, name)) return undefined;
    labels[name] = unescaped(value ?? "");
    at = LABEL.lastIndex;
    if (line[at] === ",") at += 1;
    else if (line[at] !== "}") return undefined;
  }
  return { labels, end: at + 1 };
}

function sampleOf(line: string): [string, Sample] | undefined {
  NAME.lastIndex = 0;
  const name = NAME.exec(line)?.[0];
  const labelled = name && labelsOf(line, name.length);
  if (!name || !labelled) return undefined;
  const value = numberOf(VALUE.exec(line.slice(labelled.end))?.[1] ?? "");
  return value === undefined ? undefined : [name, { labels: labelled.labels, value }];
}

// Throws SyntaxError.
export function parseExposition(text: string): Exposition {
  const samples = new Map<string, Sample[]>();
  text.split("\n").forEach((line, i) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    const found = sampleOf(line);
    if (!found) throw new SyntaxError(`line ${i + 1} of the metrics is not a sample: ${line.slice(0, 80)}`);
    const [name, sample] = found;
    const known = samples.get(name);
    if (known) known.push(sample);
    else samples.set(name, [sample]);
  });
  return samples;
}
