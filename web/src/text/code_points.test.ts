import { describe, expect, it } from "vitest";
import { codePointLength, segments, strength } from "./code_points";

const joined = (text: string, spans: { start: number; end: number; weight: number }[]) =>
  segments(text, spans).map((segment) => (segment.weight === 0 ? segment.text : `[${segment.text}]`));

describe("segments", () => {
  it("counts code points, not UTF-16 units", () => {
    // 😊 and 𠮷 are two UTF-16 units each; by UTF-16 indices the span would cut an emoji in half.
    expect(joined("😊𠮷味道很好👍", [{ start: 2, end: 6, weight: 1 }])).toEqual(["😊𠮷", "[味道很好]", "👍"]);
    expect(joined("a😊b", [{ start: 1, end: 2, weight: 1 }])).toEqual(["a", "[😊]", "b"]);
  });

  it("gives back the text whatever the spans are", () => {
    const text = "好吃👨‍👩‍👧，but slow\n第二行";
    const spans = [
      { start: 3, end: 9, weight: 0.4 },
      { start: 5, end: 40, weight: -0.2 },
      { start: -3, end: 1, weight: 2 },
      { start: 4, end: 4, weight: 9 },
      { start: 90, end: 99, weight: 1 },
    ];
    expect(
      segments(text, spans)
        .map((segment) => segment.text)
        .join(""),
    ).toBe(text);
  });

  it("keeps the stronger weight where spans overlap", () => {
    expect(
      segments("abcdef", [
        { start: 0, end: 4, weight: 1 },
        { start: 2, end: 6, weight: -3 },
      ]),
    ).toEqual([
      { text: "ab", weight: 1 },
      { text: "cdef", weight: -3 },
    ]);
  });

  it("has nothing to say about an empty text", () => {
    expect(segments("", [{ start: 0, end: 3, weight: 1 }])).toEqual([]);
    expect(segments("abc", [])).toEqual([{ text: "abc", weight: 0 }]);
  });

  it("keeps a lone surrogate as one code point", () => {
    expect(joined("a\ud83d好", [{ start: 2, end: 3, weight: 1 }])).toEqual(["a\ud83d", "[好]"]);
  });
});

describe("codePointLength and strength", () => {
  it("counts what the API counts", () => {
    expect(codePointLength("😊好a")).toBe(3);
  });

  it("grades weights against the strongest", () => {
    expect([0.1, -0.5, 1].map((weight) => strength(weight, 1))).toEqual([1, 2, 3]);
    expect(strength(0, 0)).toBe(1);
  });
});
