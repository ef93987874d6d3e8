// Writes tests/golden/byte_bpe.json: a small BPE, and hard cases with the ids and byte spans that Hugging Face's
// `tokenizers` (Rust) gives with it.
//   npm ci --ignore-scripts && node make_byte_bpe_golden.mjs
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { mergesText, rustBpe, trainBpe } from './byte_bpe.mjs';

const CORPUS = [
  "The food was good and the service was great; we'll come back, it's worth it.",
  "I don't think they've got the best pizza, but the price is right and the staff are lovely.",
  'Terrible terrible terrible. We waited 45 minutes for 2 cold coffees, and nobody said sorry!',
  'Great location, great view, great food: what else could you want? Would recommend to anyone.',
  "It isn't bad, it isn't good, it's just there. The waiter wasn't there either...",
  'Das Essen war gut, die Bedienung größer als nötig. Très bon café à 3,50 €.',
  '味道很好，服务也热情。味道很好，下次还来。',
];
const CASES = [
  'The food was good', ' The food was good', "I'll say it's great, they've said we'd come; I'm sure don't",
  "'s", " 's", "'S 'LL 'Re", "''s", "'", "it 's", 'a  b', 'a   b', '  ', ' ', 'a ', 'a  ', '\n', 'a\nb', 'a \n b', 'a\n\n b',
  '\ta', ' \ta', 'a\u00a0b', 'a\u3000b', '\u3000a', '\u2028a', '\u0085a', 'a\u200bb', '45 minutes', '4 5', 'a45b', '½ ⅷ ٣ 三',
  '...!?', ' ...', 'good...', '味道很好，服务', ' 味道', 'größer café €', 'e\u0301', 'é', '😀', 'a😀b', ' 😀😀', '👩‍👩‍👧',
  '<s>', '</s> a', 'a</s>b', 'a <mask> b', 'a  \n<mask>  b', '<mask>', ' <mask>', '<MASK>', '<mask', 'x<pad><pad>', '<s>a</s>',
  'terrible'.repeat(20), ' '.repeat(50), `${' '.repeat(50)}x`, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '\u0000', 'a\u0000b', '\ufffd', '\ufeffa',
  'İstanbul ΣΑΣ ﬁne', '\u0e01\u0e33 ไทย', '한국어 좋아요', 'हिन्दी', '\u{20000}', '',
];

const ascii = (value) =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const model = trainBpe(CORPUS, 200);
const lines = [];
for (const addPrefixSpace of [false, true]) {
  const answers = await rustBpe(model, addPrefixSpace)(CASES);
  CASES.forEach((text, i) => lines.push(ascii({ text, add_prefix_space: addPrefixSpace, ...answers[i] })));
}
const head = {
  reference: 'npm tokenizers 0.23.2 (Hugging Face tokenizers, Rust), by tests/tokenizer/make_byte_bpe_golden.mjs',
  vocabulary: model.vocab,
  merges: mergesText(model.merges),
};
const target = path.join(path.dirname(fileURLToPath(import.meta.url)), '../golden/byte_bpe.json');
writeFileSync(target, `${ascii(head).slice(0, -1)},"cases":[\n${lines.join(',\n')}\n]}\n`);
console.log(`${target}: ${lines.length} cases`);
