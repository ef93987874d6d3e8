import { describe, expect, it } from "vitest";
import { parseExposition } from "./exposition";

describe("parseExposition", () => {
  it("reads names, labels and values", () => {
    const text = [
      "# HELP tenor_texts_total Texts scored",
      "# TYPE tenor_texts_total counter",
      'tenor_texts_total{label="positive",language="zh"} 12',
      'tenor_texts_total{label="negative",language="zh",} 3e2',
      "tenor_in_flight 0",
      "tenor_in_flight_total{} 1.5 1700000000000",
      "",
    ].join("\n");
    const samples = parseExposition(text);
    expect(samples.get("tenor_texts_total")).toEqual([
      { labels: { label: "positive", language: "zh" }, value: 12 },
      { labels: { label: "negative", language: "zh" }, value: 300 },
    ]);
    expect(samples.get("tenor_in_flight")).toEqual([{ labels: {}, value: 0 }]);
    expect(samples.get("tenor_in_flight_total")).toEqual([{ labels: {}, value: 1.5 }]);
    expect(samples.size).toBe(3);
  });

  it("reads values that are no digits", () => {
    const samples = parseExposition('a NaN\nb{le="+Inf"} +Inf\nc -Inf\nd -1.5e-05\n');
    expect(samples.get("a")?.[0]?.value).toBeNaN();
    expect(samples.get("b")?.[0]).toEqual({ labels: { le: "+Inf" }, value: Infinity });
    expect(samples.get("c")?.[0]?.value).toBe(-Infinity);
    expect(samples.get("d")?.[0]?.value).toBe(-1.5e-5);
  });

  it("unescapes labels, whatever stands in them", () => {
    const samples = parseExposition('a{model="a \\"b\\" {c}, d=\\\\ 好\\n"} 1\n');
    expect(samples.get("a")?.[0]?.labels.model).toBe('a "b" {c}, d=\\ 好\n');
  });

  it.each([
    "tenor_texts_total",
    "tenor_texts_total twelve",
    "tenor_texts_total 0x10",
    "tenor_texts_total 1 2 3",
    'tenor_texts_total{label="positive" 1',
    "tenor_texts_total{label=positive} 1",
    'tenor_texts_total{label="a" language="b"} 1',
    'tenor_texts_total{label="a",label="b"} 1',
    "{} 1",
    "<html>",
  ])("refuses %s", (line) => {
    expect(() => parseExposition(`a 1\n${line}\n`)).toThrow(/line 2/);
  });
});
