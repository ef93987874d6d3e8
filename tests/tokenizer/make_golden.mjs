// Writes tests/golden/wordpiece_*.json: hard cases with the ids and byte spans that Hugging Face's `tokenizers` (Rust)
// gives with the published BERT vocabularies.
//   npm ci --ignore-scripts && node make_golden.mjs DATA_DIR
// A case on which the JavaScript twin answers otherwise must say why in `disagreement`, or the script fails.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { hardCases } from './hard_cases.mjs';
import { javascriptTokenizer, readVocabulary, rustTokenizer } from './references.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const dataDir = process.argv[2] ?? path.join(here, '../../../shared/data');

// Escapes everything but printable ASCII, so that the file shows what a text is made of.
const ascii = (value) =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

for (const vocabulary of ['bert-base-chinese', 'bert-base-uncased']) {
  const file = path.join(dataDir, 'vocab', `${vocabulary}.txt`);
  const vocab = readVocabulary(file);
  const lines = [];
  for (const { name, text, disagreement, ...options } of hardCases) {
    const [rust] = await rustTokenizer(vocab, options)([text]);
    const [javascript] = await (await javascriptTokenizer(vocab, options))([text]);
    const differs = JSON.stringify(rust.ids) !== JSON.stringify(javascript.ids);
    if (differs && !disagreement) {
      throw new Error(`${vocabulary}, ${name}: Rust ${rust.ids}, JavaScript ${javascript.ids}, and no reason given`);
    }
    lines.push(ascii({ name, ...options, text, ...rust, ...(differs && { disagreement }) }));
  }
  const head = {
    reference: 'npm tokenizers 0.23.2 (Hugging Face tokenizers, Rust), by tests/tokenizer/make_golden.mjs',
    vocabulary: `${vocabulary}.txt`,
    vocabulary_sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
  };
  const target = path.join(here, '../golden', `wordpiece_${vocabulary.replaceAll('-', '_')}.json`);
  writeFileSync(target, `${JSON.stringify(head).slice(0, -1)},"cases":[\n${lines.join(',\n')}\n]}\n`);
  console.log(`${target}: ${lines.length} cases`);
}
