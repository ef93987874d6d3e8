// How texts are put together into tensors: the ways of bench/encoder/README.md.
export const ways = ['single', 'buckets', 'equal', 'padded'];

const chunks = (list, size) =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));

// texts: arrays of token ids. Returns lists of indexes into them, one a batch.
export function split(texts, way) {
  const all = texts.map((_, i) => i);
  const sorted = () => [...all].sort((a, b) => texts[a].length - texts[b].length);
  switch (way) {
    case 'single':
      return chunks(all, 1);
    case 'buckets':
      return chunks(sorted(), 3); // the best of 2, 3, 4 and 8 on models A and B
    case 'equal':
      return Object.values(byLength(all, texts));
    case 'padded':
      return [all];
    default:
      throw new Error(`way is one of ${ways.join(', ')}; found ${way}`);
  }
}

function byLength(all, texts) {
  const groups = {};
  for (const i of all) (groups[texts[i].length] ??= []).push(i);
  return groups;
}
