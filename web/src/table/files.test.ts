import { describe, expect, it } from "vitest";
import { Results } from "../scoring/results";
import { guessTextColumn, looksLikeHeader } from "./columns";
import { guessEncoding } from "./decode";
import { FileProblem, LineSplitter, formatOf, readFile } from "./read_file";
import type { DelimitedTable, Table } from "./table";
import { freeName, outputName, outputPieces, type OutputFormat } from "./write_file";

const file = (name: string, ...parts: BlobPart[]) => Object.assign(new Blob(parts), { name }) as unknown as File;
const allCells = (table: Table) => Array.from({ length: table.rowCount }, (_, row) => table.cells(row));

async function output(table: Table, results: Results, format: OutputFormat): Promise<string> {
  let text = "";
  for await (const piece of outputPieces(table, results, format, async () => {})) text += piece;
  return text;
}

describe("readFile", () => {
  it("reads CSV with a byte order mark, CRLF, quotes and line ends", async () => {
    const { table, encoding } = await readFile(file("a.csv", '\ufeffid,评论\r\n1,"好吃,\n""真""好"\r\n2,\r\n'));
    expect(encoding).toBe("utf-8");
    expect(table.columns).toEqual(["id", "评论"]);
    expect(allCells(table)).toEqual([
      ["1", '好吃,\n"真"好'],
      ["2", ""],
    ]);
  });

  it("does not take a first review for a header, and lets the reader decide", async () => {
    const { table } = await readFile(file("a.csv", "味道很好，下次再来,1\n太咸了,0\n"));
    expect(table.columns).toEqual(["column 1", "column 2"]);
    expect(table.rowCount).toBe(2);
    expect((table as DelimitedTable).withHeader(true).rowCount).toBe(1);
  });

  it("keeps characters whole across pieces of the file", async () => {
    const text = "text\n" + "好😊".repeat(120_000) + "\n";
    const { table } = await readFile(file("a.csv", text));
    expect(table.text(0, 0)).toBe("好😊".repeat(120_000));
  });

  it("keeps rows of any width", async () => {
    const { table } = await readFile(file("a.csv", "text,id\na\nb,1,extra\n"));
    expect(table.columns).toEqual(["text", "id", "column 3"]);
    expect(allCells(table)).toEqual([
      ["a", "", ""],
      ["b", "1", "extra"],
    ]);
  });

  it("reads JSON Lines and keeps bad lines", async () => {
    const lines = [
      '{"text": "好", "n": 1}',
      "{broken",
      "",
      '"just a string"',
      "[1]",
      '{"text": 5, "extra": {"a": null}}',
    ];
    const { table } = await readFile(file("a.jsonl", lines.join("\r\n") + "\n"));
    expect(table.columns).toEqual(["text", "n", "extra"]);
    expect(allCells(table)[5]).toEqual(["5", "", '{"a":null}']);
    expect(lines.map((_, row) => table.problem(row))).toEqual([
      undefined,
      "broken_json",
      undefined,
      undefined,
      "not_an_object",
      undefined,
    ]);
    expect(lines.map((_, row) => table.text(row, 0))).toEqual([
      "好",
      undefined,
      "",
      "just a string",
      undefined,
      undefined,
    ]);
  });

  it("reads GB18030 and UTF-16", async () => {
    const gbk = new Uint8Array([0xc6, 0xc0, 0xc2, 0xdb, 0x0a, 0xba, 0xc3, 0xb3, 0xd4]); // 评论 / 好吃
    expect((await readFile(file("a.csv", gbk))).table.text(0, 0)).toBe("好吃");
    const utf16 = new Uint8Array([0xff, 0xfe, 0x7d, 0x59, 0x0a, 0x00, 0x03, 0x54]); // 好 / 吃
    expect(allCells((await readFile(file("a.txt", utf16))).table)).toEqual([["好"], ["吃"]]);
  });

  it("stays with UTF-8 when a long file has one bad byte", () => {
    const good = new TextEncoder().encode("味道很好。".repeat(50));
    expect(guessEncoding(new Uint8Array([...good, 0xff, ...good]))).toBe("utf-8");
  });

  it("says what it cannot read", async () => {
    await expect(readFile(file("a.xlsx", "x"))).rejects.toEqual(new FileProblem("unknown_type"));
    await expect(readFile(file("a.csv", ""))).rejects.toMatchObject({ kind: "no_rows" });
    await expect(readFile(file("a.csv", "text,id\n"))).rejects.toMatchObject({ kind: "no_rows" });
    expect(formatOf("B.NDJSON")).toBe("jsonl");
  });
});

describe("LineSplitter", () => {
  it("splits alike in whatever pieces the text comes", () => {
    for (const pieces of [1, 2, 100]) {
      const lines: string[] = [];
      const splitter = new LineSplitter((line) => lines.push(line));
      const text = "a\r\n\r\nb\nc";
      for (let i = 0; i < text.length; i += pieces) splitter.push(text.slice(i, i + pieces));
      splitter.finish();
      expect(lines).toEqual(["a", "", "b", "c"]);
    }
  });
});

describe("columns", () => {
  it("finds the text column by name, then by length", () => {
    expect(guessTextColumn(["id", "Review Text", "label"], [])).toBe(1);
    expect(guessTextColumn(["review_id", "内容"], [])).toBe(1);
    expect(guessTextColumn(["id", "用户评论"], [])).toBe(1);
    expect(
      guessTextColumn(
        ["a", "b"],
        [
          ["1", "a long review"],
          ["2", "another"],
        ],
      ),
    ).toBe(1);
  });

  it("tells headers from data", () => {
    expect(looksLikeHeader(["text"])).toBe(true);
    expect(looksLikeHeader(["id", "stars", "words"])).toBe(true);
    expect(looksLikeHeader(["好吃"])).toBe(false);
    expect(looksLikeHeader(["很好", "1"])).toBe(false);
  });
});

describe("outputPieces", () => {
  const probabilities = { positive: 0.9, neutral: 0.08, negative: 0.02 };

  it("gives back every row and column, and errors where there is no label", async () => {
    const { table } = await readFile(file("a.csv", 'text,label\n"好,吃",1\n,0\n未评,0\n'));
    const results = new Results(table.rowCount);
    results.set(0, { label: "positive", score: 0.9, probabilities });
    results.fail(1, "empty_text: no text");
    const lines = (await output(table, results, "csv_bom")).split("\r\n");
    expect(lines).toEqual([
      "\ufefftext,label,tenor_label,score,uncertain,probability_positive,probability_neutral,probability_negative,error",
      '"好,吃",1,positive,0.9,,0.9,0.08,0.02,',
      ",0,,,,,,,empty_text: no text",
      "未评,0,,,,,,,not_scored: stopped before this row",
      "",
    ]);
  });

  it("writes JSON Lines, with bad lines as they were", async () => {
    const { table } = await readFile(file("a.jsonl", '{"text":"好","n":{"a":1}}\n{oops\n'));
    const results = new Results(2);
    results.set(0, { label: "positive", score: 0.9, probabilities });
    results.fail(1, "broken_json: x");
    expect(
      (await output(table, results, "jsonl"))
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { text: "好", n: { a: 1 }, label: "positive", score: 0.9, probabilities },
      { raw: "{oops", label: null, error: "broken_json: x" },
    ]);
  });

  it("says what is uncertain where the model does", async () => {
    const { table } = await readFile(file("a.csv", "text\n好\n差\n"));
    const results = new Results(2);
    expect(results.uncertainCount).toBeUndefined();
    results.set(0, { label: "positive", score: 0.9, probabilities, uncertain: true });
    results.set(1, { label: "positive", score: 0.9, probabilities, uncertain: false });
    expect(results.uncertainCount).toBe(1);
    const [, ...rows] = (await output(table, results, "csv")).trimEnd().split("\r\n");
    expect(rows).toEqual(["好,positive,0.9,true,0.9,0.08,0.02,", "差,positive,0.9,false,0.9,0.08,0.02,"]);
    const lines = (await output(table, results, "jsonl")).trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { uncertain: boolean }).uncertain)).toEqual([true, false]);
  });

  it("loses no column when two share a name", async () => {
    const { table } = await readFile(file("a.csv", "text,text\na,b\n"));
    expect(JSON.parse(await output(table, new Results(1), "jsonl"))).toMatchObject({ text: "a", text_2: "b" });
  });

  it("names things apart", () => {
    expect(freeName("label", ["text"])).toBe("label");
    expect(freeName("label", ["label", "tenor_label"])).toBe("tenor_label_2");
    expect(outputName("reviews.2024.tsv", "csv", "\t")).toBe("reviews.2024.tenor.tsv");
    expect(outputName("a.csv", "jsonl", ",")).toBe("a.tenor.jsonl");
  });
});
