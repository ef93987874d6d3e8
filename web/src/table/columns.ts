// Guesses about a table: is its first row a header, and which column holds the texts?

const TEXT_NAMES = [
  ...["text", "review", "reviews", "content", "comment", "comments", "sentence", "review_text", "review_body", "body"],
  ...["message", "feedback", "tweet", "description"],
  ...["文本", "评论", "评价", "内容", "正文", "评论内容", "评价内容", "留言", "反馈", "点评", "句子", "微博"],
];

const normal = (name: string) =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");

export function looksLikeHeader(first: readonly string[]): boolean {
  const names = first.map(normal);
  if (names.some((name) => TEXT_NAMES.includes(name))) return true;
  if (names.length < 2) return false;
  const distinct = new Set(names).size === names.length;
  return (
    distinct &&
    names.every((name) => name !== "" && name.length <= 30 && !/^[-+]?[\d.]+$/.test(name) && !/[。！？!?，]/.test(name))
  );
}

// By name where a name is known (whole, then in part); else the column with the longest cells.
export function guessTextColumn(columns: readonly string[], rows: readonly (readonly string[])[]): number {
  const names = columns.map(normal);
  for (const known of TEXT_NAMES) {
    const index = names.indexOf(known);
    if (index >= 0) return index;
  }
  const partly = names.findIndex((name) => TEXT_NAMES.some((known) => known.length > 1 && name.includes(known)));
  if (partly >= 0 && !/(^|_)(id|count|date|time|score)$/.test(names[partly] ?? "")) return partly;
  const lengths = columns.map((_, column) => rows.reduce((sum, row) => sum + (row[column]?.length ?? 0), 0));
  return Math.max(0, lengths.indexOf(Math.max(...lengths)));
}
