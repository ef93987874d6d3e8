import { describe, expect, it } from "vitest";
import { CsvParser, csvLine, guessDelimiter } from "./csv";

function parse(text: string, delimiter = ",", pieces = text.length || 1): { rows: string[][]; broken: number[] } {
  const rows: string[][] = [];
  const broken: number[] = [];
  const parser = new CsvParser(delimiter, (cells, isBroken) => {
    if (isBroken) broken.push(rows.length);
    rows.push(cells);
  });
  for (let i = 0; i < text.length; i += pieces) parser.push(text.slice(i, i + pieces));
  parser.finish();
  return { rows, broken };
}

describe("CsvParser", () => {
  const cases: [string, string, string[][]][] = [
    [
      "plain rows",
      "a,b\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "no line end at the end",
      "a,b\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "CRLF",
      "a,b\r\n1,2\r\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ["lone CR", "a\rb\r", [["a"], ["b"]]],
    ["delimiters and quotes inside quotes", '"好,吃","他说""好"""\n', [["好,吃", '他说"好"']]],
    [
      "line ends inside quotes",
      '"a\nb","c\r\nd"\r\ne,f',
      [
        ["a\nb", "c\r\nd"],
        ["e", "f"],
      ],
    ],
    [
      "empty fields",
      ",\n,,\n",
      [
        ["", ""],
        ["", "", ""],
      ],
    ],
    ["quoted empty field at the end of the file", 'a,""', [["a", ""]]],
    ["only a quoted empty field", '""', [[""]]],
    ["blank lines are rows", "a\n\nb\n", [["a"], [""], ["b"]]],
    ["a quote inside an unquoted field", 'a"b"c,5" pizza\n', [['a"b"c', '5" pizza']]],
    ["text after a closing quote", '"a"b,c\n', [["ab", "c"]]],
    ["spaces are kept", " a , b \n", [[" a ", " b "]]],
    ["an empty file", "", []],
    ["only a line end", "\n", [[""]]],
  ];
  it.each(cases)("reads %s, in whatever pieces it comes", (_, text, rows) => {
    for (const pieces of [1, 2, 3, 1000]) expect(parse(text, ",", pieces)).toEqual({ rows, broken: [] });
  });

  it("marks a row whose quote never closes", () => {
    expect(parse('a,b\n"c,d\ne')).toEqual({ rows: [["a", "b"], ["c,d\ne"]], broken: [1] });
  });

  it("reads other delimiters", () => {
    expect(parse('a\t"b\tc"\n', "\t").rows).toEqual([["a", "b\tc"]]);
  });

  it("reads what csvLine writes", () => {
    const rows = [
      ["", "a", 'q"q', "x,y", "l\nl", "c\r\nc"],
      ['"', "😊", " ", "\t", "'", "，"],
    ];
    expect(parse(rows.map((row) => csvLine(row, ",")).join("")).rows).toEqual(rows);
  });
});

describe("guessDelimiter", () => {
  it("looks at the first line outside quotes", () => {
    expect(guessDelimiter("a;b;c\n1,2,3,4")).toBe(";");
    expect(guessDelimiter('"a;b;c;d",e\n')).toBe(",");
    expect(guessDelimiter("text\tlabel\n")).toBe("\t");
    expect(guessDelimiter("只有一列")).toBe(",");
  });
});
