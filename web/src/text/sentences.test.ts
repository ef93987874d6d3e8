import { describe, expect, it } from "vitest";
import { readSentences } from "../api/read";
import { pieces } from "./sentences";

const of = (...places: [number, number][]) =>
  readSentences({ sentences: places.map(([start, end]) => ({ start, end, label: "positive", score: 0.9 })) }).sentences;
const shown = (text: string, ...places: [number, number][]) =>
  pieces(text, of(...places)).map((piece) => (piece.sentence ? `[${piece.text}]` : piece.text));

describe("pieces", () => {
  it("cuts by code points and keeps what is between", () => {
    expect(shown("好😊！ 差。", [0, 3], [4, 6])).toEqual(["[好😊！]", " ", "[差。]"]);
    expect(shown("\n好。…", [1, 3])).toEqual(["\n", "[好。]", "…"]);
    expect(shown("好", [0, 1])).toEqual(["[好]"]);
    expect(shown("")).toEqual([]);
  });

  it("gives back the text whatever the places are", () => {
    const text = "好吃👨‍👩‍👧，but slow\n第二行";
    const places: [number, number][] = [
      [9, 40],
      [3, 6],
      [5, 7],
      [-4, 2],
      [8, 8],
      [70, 90],
    ];
    expect(
      pieces(text, of(...places))
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  });
});
