// Which encoding a file is in, from its first bytes. Spreadsheets in Chinese often save GB18030 (GBK) and UTF-16.

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "gb18030";

const REPLACEMENT = "\ufffd";

function damaged(text: string): number {
  let count = 0;
  for (const unit of text) if (unit === REPLACEMENT) count += 1;
  return count;
}

export function guessEncoding(sample: Uint8Array): Encoding {
  const [a, b] = sample;
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  // As a stream: the sample may end in the middle of a character.
  const asUtf8 = new TextDecoder("utf-8").decode(sample, { stream: true });
  const damagedUtf8 = damaged(asUtf8);
  if (damagedUtf8 === 0) return "utf-8";
  const damagedGb = damaged(new TextDecoder("gb18030").decode(sample, { stream: true }));
  // A UTF-8 file with a few bad bytes stays UTF-8: it is the other reading that would spoil everything.
  const beyondAscii = asUtf8.length - asUtf8.replace(/[^\x00-\x7f]/g, "").length;
  return damagedUtf8 * 10 > beyondAscii && damagedGb < damagedUtf8 ? "gb18030" : "utf-8";
}
