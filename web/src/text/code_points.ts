// Text cut by Unicode code points, the unit of the API's offsets. (JavaScript's own string indices count UTF-16 units:
// an emoji is two of those and one code point.)

export interface Span {
  start: number; // first code point
  end: number; // one past the last
  weight: number;
}

export interface Segment {
  text: string;
  weight: number; // 0: no span covers it; else the strongest weight of those that do
}

export function codePointLength(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

// The text cut at the spans' edges; joined again, the segments are the text. Spans may overlap, touch, come in any order
// and be out of range (they are clipped; empty ones are ignored).
export function segments(text: string, spans: readonly Span[]): Segment[] {
  const points = Array.from(text);
  const weights = new Float64Array(points.length);
  for (const span of spans) {
    const start = Math.max(0, Math.trunc(span.start));
    const end = Math.min(points.length, Math.trunc(span.end));
    for (let i = start; i < end; i += 1) {
      if (Math.abs(span.weight) > Math.abs(weights[i] ?? 0)) weights[i] = span.weight;
    }
  }
  const result: Segment[] = [];
  let begin = 0;
  for (let i = 1; i <= points.length; i += 1) {
    if (i < points.length && weights[i] === weights[begin]) continue;
    result.push({ text: points.slice(begin, i).join(""), weight: weights[begin] ?? 0 });
    begin = i;
  }
  return result;
}

// 1 (weak) to 3 (strong), against the strongest weight of the text.
export function strength(weight: number, strongest: number): 1 | 2 | 3 {
  const share = strongest > 0 ? Math.abs(weight) / strongest : 0;
  return share > 0.66 ? 3 : share > 0.33 ? 2 : 1;
}

export function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
