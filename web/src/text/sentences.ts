// A text cut into its sentences and what stands between them.
import type { Sentence } from "../api/types";

export interface Piece {
  text: string;
  sentence: Sentence | undefined; // undefined: nothing was said about these characters
}

// Joined again the pieces are the text. Sentences may come in any order and out of range; of those that overlap the
// later one loses what the earlier one has.
export function pieces(text: string, sentences: readonly Sentence[]): Piece[] {
  const points = Array.from(text);
  const result: Piece[] = [];
  let at = 0;
  const add = (end: number, sentence: Sentence | undefined) => {
    if (end > at) result.push({ text: points.slice(at, end).join(""), sentence });
    at = Math.max(at, end);
  };
  for (const sentence of [...sentences].sort((a, b) => a.start - b.start)) {
    add(Math.min(points.length, sentence.start), undefined);
    add(Math.min(points.length, sentence.end), sentence);
  }
  add(points.length, undefined);
  return result;
}
