// Medians, ratios and tables.
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// The median of the rounds' ratios, so that both saw the same moment; NaN where one of them did not run.
export function ratio(above, below) {
  if (!above || !below) return NaN;
  const rounds = Math.min(above.length, below.length);
  return median(Array.from({ length: rounds }, (_, i) => above[i] / below[i]));
}

export const number = (value, digits = 2) =>
  value === undefined || Number.isNaN(value) ? '-' : value >= 100 ? value.toFixed(0) : value.toFixed(digits);
export const milliseconds = (value) => number(value, value < 10 ? 3 : 1);

// Rows of cells; the first column to the left, the others to the right.
export function print(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column] ?? '').length)));
  for (const row of rows) {
    const cells = widths.map((width, i) => (i ? String(row[i] ?? '').padStart(width) : String(row[0]).padEnd(width)));
    console.log(cells.join('  ').trimEnd());
  }
  console.log();
}
