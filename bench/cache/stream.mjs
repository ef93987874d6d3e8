// stream.mjs SHARE SEED FILE...: the texts of the files in a shuffled order, with as many exact reposts of texts before
// them that they make SHARE of all lines. JSON lines on standard output; the same arguments give the same bytes.
import { readFileSync } from 'node:fs';

const [share, seed] = process.argv.slice(2, 4).map(Number);
if (!(share >= 0 && share < 1) || !Number.isInteger(seed)) {
  console.error('stream.mjs: expected a share from 0 to 1 and a whole number as seed');
  process.exit(2);
}

// Mulberry32.
let state = seed;
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let z = Math.imul(state ^ (state >>> 15), 1 | state);
  z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
  return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
};
const below = (bound) => Math.floor(random() * bound);

const lines = process.argv.slice(4).flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean));
const fresh = [...new Set(lines.map((line) => JSON.stringify({ text: JSON.parse(line).text })))];
for (let i = fresh.length - 1; i > 0; i--) {
  const j = below(i + 1);
  [fresh[i], fresh[j]] = [fresh[j], fresh[i]];
}

// Exactly SHARE of the lines, at places drawn without replacement; the first line cannot be one.
const total = Math.round(fresh.length / (1 - share));
const out = [];
let left = total - fresh.length;
let next = 0;
for (let place = 0; place < total; place++) {
  if (place > 0 && below(total - place) < left) {
    out.push(out[below(place)]);
    left--;
  } else {
    out.push(fresh[next++]);
  }
}
process.stdout.write(out.filter(Boolean).join('\n') + '\n');
