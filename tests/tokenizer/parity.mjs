// Compares the ids (and spans) of tenor's WordPiece tokenizer with the reference tokenizers': on real lines, on every
// code point, and on random mixtures of hard characters.
//   node parity.mjs WORDPIECE_IDS_PROGRAM DATA_DIR
// Exit status: 0 all equal, or skipped with a line that says why; 1 a difference; 2 wrong use.
//
// Ids must equal those of Hugging Face's `tokenizers` (Rust), except for characters whose Unicode data differs (see
// compareCodePoints) and for U+2B820..U+2B91F: google-research/bert sets them apart as ideographs and so does tenor;
// Rust has 0x2B920 where the original has 0x2B820. Known disagreements of the JavaScript twin, in which Rust is followed:
// - ideographs beyond U+FFFF are not set apart: it looks at UTF-16 halves, the original does not;
// - final sigma: String.toLowerCase() looks at the context and writes U+03C2 at the end of a word. So does Python's
//   str.lower(), hence the original; Rust, with which checkpoints are used today, always writes U+03C3.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const [program, dataDir] = process.argv.slice(2);
if (!dataDir) {
  console.error('usage: node parity.mjs WORDPIECE_IDS_PROGRAM DATA_DIR');
  process.exit(2);
}

function skip(reason) {
  console.log(`SKIPPED tokenizer parity: ${reason}`);
  process.exit(0);
}

function installReferences() {
  if (existsSync(path.join(here, 'node_modules', 'tokenizers', 'package.json'))) return;
  const result = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1'], {
    cwd: here, encoding: 'utf8', timeout: 240_000,
  });
  if (result.status === 0) return;
  const errors = (result.stderr ?? '').split('\n').filter((line) => line.startsWith('npm error'));
  skip(`npm ci failed in ${here} (no registry?): ${errors[0] ?? result.error ?? `status ${result.status}`}`);
}

const VOCABULARIES = ['bert-base-chinese.txt', 'bert-base-uncased.txt'];
const CONFIGURATIONS = [
  { lower_case: true },
  { lower_case: false },
  { lower_case: true, strip_accents: false },
  { lower_case: false, strip_accents: true, tokenize_chinese_chars: false },
];
const REAL_FILES = [
  'aspects-zh/test.jsonl', 'overall-zh/test-reviews.jsonl', 'overall-zh/test-microblog.jsonl',
  'overall-en/test-tweets.jsonl', 'overall-en/test-sst5.jsonl', 'overall-en/test-cebab.jsonl',
];

function readTexts(file) {
  const lines = readFileSync(path.join(dataDir, file), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line).text);
}

function ours(vocabulary, options, texts) {
  const strip = options.strip_accents === undefined ? 'default' : options.strip_accents ? '1' : '0';
  const flags = [options.lower_case ? '1' : '0', strip, options.tokenize_chinese_chars === false ? '0' : '1'];
  const result = spawnSync(program, [path.join(dataDir, 'vocab', vocabulary), ...flags], {
    input: texts.map((text) => JSON.stringify(text) + '\n').join(''), encoding: 'utf8', maxBuffer: 2 ** 30,
  });
  if (result.status !== 0) throw new Error(`${program}: ${result.error ?? result.stderr}`);
  return result.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
}

// Every code point but surrogates, between letters. Private use beyond the basic plane and planes without any
// characters are sampled.
function everyCodePoint() {
  const texts = [];
  for (let code = 0; code < 0x110000; ++code) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const empty = code >= 0x32000 && !(code >= 0xe0000 && code < 0xe0200);
    if (empty && code % 251 !== 0) continue;
    texts.push(`a${String.fromCodePoint(code)}b`);
  }
  return texts;
}

// Multiply-with-carry: the same texts on every run.
function randomTexts(count) {
  let state = 20240229;
  const random = (below) => {
    state = (Math.imul(state & 0xffff, 36969) + (state >>> 16)) >>> 0;
    return state % below;
  };
  const pick = (from, to) => () => String.fromCodePoint(from + random(to - from + 1));
  const sources = [
    pick(0x20, 0x7e), pick(0x61, 0x7a), pick(0x61, 0x7a), pick(0x00, 0x20), pick(0xa0, 0xff), pick(0x100, 0x17f),
    pick(0x300, 0x36f), pick(0x391, 0x3a9), pick(0x400, 0x45f), pick(0x1e00, 0x1eff), pick(0x1f00, 0x1fbc),
    pick(0x2000, 0x206f), pick(0x3000, 0x30ff), pick(0x4e00, 0x9fa5), pick(0xac00, 0xd7a3), pick(0xf900, 0xfad9),
    pick(0xfe00, 0xfeff), pick(0xff00, 0xffdc), pick(0x1f300, 0x1f6ff), pick(0x20000, 0x2ceaf), pick(0x2f800, 0x2fa1d),
    () => ['[MASK]', '[CLS]', '[SEP]', '[PAD]', '[UNK]', '[mask]', '[MASK', '##'][random(8)],
    () => ['un', '##able', 'playing', '的', 'İ', 'Σ', '\u00ad', '\ufeff', '\ufffd', '\u2028'][random(10)],
  ];
  const piece = () => sources[random(sources.length)]();
  return Array.from({ length: count }, () => Array.from({ length: 1 + random(30) }, piece).join(''));
}

const same = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);
const hasSupplementaryIdeograph = (text) => /[\u{20000}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/u.test(text);
// Set apart by google-research/bert; by Rust not, for a mistyped bound, and by JavaScript not, like all beyond U+FFFF.
const mistypedInRust = (text) => /[\u{2b820}-\u{2b91f}]/u.test(text);
const explainedInJavascript = (text, options) =>
  ((options.tokenize_chinese_chars ?? true) && hasSupplementaryIdeograph(text)) ||
  (options.lower_case && text.includes('Σ'));

// Rust gives a spacing mark the place it has after canonical reordering among the marks around it; tenor its own.
const explainedSpans = (text) => /[\u302e\u302f]/.test(text);

const failures = [];
function report(what, text, mine, reference) {
  failures.push(`${what}: ${JSON.stringify(text)}\n  tenor     ${mine}\n  reference ${reference}`);
}

async function compareTexts(references, { vocabulary, options, name }, texts, useJavascript) {
  const mine = ours(vocabulary, options, texts);
  if (mine.length !== texts.length) throw new Error(`${texts.length} texts in, ${mine.length} answers out`);
  const rust = await references.rust(texts);
  const javascript = useJavascript ? await references.javascript(texts) : null;
  texts.forEach((text, i) => {
    if (mistypedInRust(text)) return;
    if (!same(mine[i].ids, rust[i].ids)) report(`${name}, ids, Rust`, text, mine[i].ids, rust[i].ids);
    else if (!(same(mine[i].begin, rust[i].begin) && same(mine[i].end, rust[i].end)) && !explainedSpans(text)) {
      report(`${name}, spans, Rust`, text, `${mine[i].begin} | ${mine[i].end}`, `${rust[i].begin} | ${rust[i].end}`);
    }
    if (javascript && !same(mine[i].ids, javascript[i].ids) && !explainedInJavascript(text, options)) {
      report(`${name}, ids, JavaScript`, text, mine[i].ids, javascript[i].ids);
    }
  });
}

// The implementations use data of different Unicode versions: Rust's categories are Unicode 8's, Node's are newer than
// utf8proc's. A character that two of them read alike is right; one that nobody reads as tenor does is not. What
// differs from Rust must be data younger than Unicode 8: Node's tables then agree with tenor's.
async function compareCodePoints(references, { vocabulary, options, name }) {
  const texts = everyCodePoint();
  const mine = ours(vocabulary, options, texts);
  const rust = await references.rust(texts);
  const javascript = await references.javascript(texts);
  let newerThanRust = 0;
  texts.forEach((text, i) => {
    if (same(mine[i].ids, rust[i].ids) || mistypedInRust(text)) return;
    ++newerThanRust;
    if (!same(mine[i].ids, javascript[i].ids)) report(`${name}, code point`, text, mine[i].ids, rust[i].ids);
  });
  console.log(`${name}: ${texts.length} code points, ${newerThanRust} read as Node's newer Unicode data reads them, not Rust's`);
  if (newerThanRust > 600) report(`${name}, code points unlike Rust`, '', newerThanRust, '<= 600');
}

async function main() {
  const missing = [...REAL_FILES, ...VOCABULARIES.map((name) => `vocab/${name}`)].filter(
    (file) => !existsSync(path.join(dataDir, file)));
  if (missing.length > 0) skip(`no ${missing[0]} in ${dataDir}`);
  installReferences();
  const { readVocabulary, rustTokenizer, javascriptTokenizer } = await import('./references.mjs');
  const real = REAL_FILES.flatMap(readTexts);
  const random = randomTexts(8_000);
  for (const vocabulary of VOCABULARIES) {
    const vocab = readVocabulary(path.join(dataDir, 'vocab', vocabulary));
    for (const options of CONFIGURATIONS) {
      const run = { vocabulary, options, name: `${vocabulary} ${JSON.stringify(options)}` };
      let references;
      try {
        references = { rust: rustTokenizer(vocab, options), javascript: await javascriptTokenizer(vocab, options) };
      } catch (error) {
        skip(`the reference tokenizers do not load on this machine: ${error.message}`);
      }
      await compareTexts(references, run, real, true);
      await compareTexts(references, run, random, false);
      console.log(`${run.name}: ${real.length} real lines, ${random.length} random texts`);
      if (vocabulary === VOCABULARIES[0] && options.strip_accents === undefined) await compareCodePoints(references, run);
    }
  }
  for (const failure of failures.slice(0, 20)) console.error(failure);
  console.log(failures.length === 0 ? 'OK: all ids and spans are equal' : `FAILED: ${failures.length} differences`);
  process.exit(failures.length === 0 ? 0 : 1);
}

await main();
