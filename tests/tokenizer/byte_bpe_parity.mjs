// Compares the ids (and spans) of tenor's byte-level BPE with the reference tokenizers', on real lines, on every code
// point, and on random mixtures, with a vocabulary that is learned here from some of the lines.
//   node byte_bpe_parity.mjs BYTE_BPE_IDS_PROGRAM DATA_DIR
// Exit status: 0 all equal, or skipped with a line that says why; 1 a difference; 2 wrong use.
//
// Known differences: categories are those of the Unicode version of each, and utf8proc's is the oldest. With a prefix
// space Rust's spans are not always its tokens'.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const [program, dataDir] = process.argv.slice(2);
if (!dataDir) {
  console.error('usage: node byte_bpe_parity.mjs BYTE_BPE_IDS_PROGRAM DATA_DIR');
  process.exit(2);
}

function skip(reason) {
  console.log(`SKIPPED byte-level BPE parity: ${reason}`);
  process.exit(0);
}

function installReferences() {
  if (existsSync(path.join(here, 'node_modules', 'tokenizers', 'package.json'))) return;
  const result = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1'], {
    cwd: here, encoding: 'utf8', timeout: 240_000,
  });
  if (result.status !== 0) skip(`npm ci failed in ${here} (no registry?)`);
}

const FILES = ['overall-en/test-tweets.jsonl', 'overall-en/test-sst5.jsonl', 'overall-en/test-cebab.jsonl',
  'overall-zh/test-microblog.jsonl'];

function readTexts(file) {
  const lines = readFileSync(path.join(dataDir, file), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line).text);
}

function ours(modelFile, addPrefixSpace, texts) {
  const result = spawnSync(program, [modelFile, addPrefixSpace ? '1' : '0'], {
    input: texts.map((text) => JSON.stringify(text) + '\n').join(''), encoding: 'utf8', maxBuffer: 2 ** 30,
  });
  if (result.status !== 0) throw new Error(`${program}: ${result.error ?? result.stderr}`);
  return result.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
}

// Every code point but surrogates between a letter, a digit and a space; private use beyond the basic plane is sampled.
function everyCodePoint() {
  const texts = [];
  for (let code = 0; code < 0x110000; ++code) {
    if (code >= 0xd800 && code < 0xe000) continue;
    if (code >= 0x32000 && !(code >= 0xe0000 && code < 0xe0200) && code % 251 !== 0) continue;
    texts.push(`a${String.fromCodePoint(code)}1 ${String.fromCodePoint(code)} `);
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
  const pieces = [' ', '  ', '\n', '\t', "'", "'s", "'ll", "'Re", 'a', 'good', ' the', '1', '２', 'é', 'e\u0301', '好', '，', '!',
    '...', '😀', '\u00a0', '\u3000', '<s>', '</s>', '<mask>', '<pad', '_', '-', 'ß', 'ї', 'क्', '\u200d'];
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + random(20) }, () => pieces[random(pieces.length)]).join(''));
}

const same = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);
const failures = [];
function report(what, text, mine, reference) {
  failures.push(`${what}: ${JSON.stringify(text)}\n  tenor     ${mine}\n  reference ${reference}`);
}

async function main() {
  const missing = FILES.filter((file) => !existsSync(path.join(dataDir, file)));
  if (missing.length > 0) skip(`no ${missing[0]} in ${dataDir}`);
  installReferences();
  const { addBorderMerges, javascriptBpe, mergesText, rustBpe, trainBpe } = await import('./byte_bpe.mjs');
  const real = FILES.flatMap(readTexts);
  const model = trainBpe(real.filter((_, i) => i % 5 === 0), 600);
  addBorderMerges(model);
  const folder = mkdtempSync(path.join(tmpdir(), 'byte-bpe-'));
  const modelFile = path.join(folder, 'model.json');
  writeFileSync(modelFile, JSON.stringify({ vocabulary: model.vocab, merges: mergesText(model.merges) }));
  const sets = { real, random: randomTexts(20_000), 'code points': everyCodePoint() };
  for (const addPrefixSpace of [false, true]) {
    let rust, javascript;
    try {
      rust = rustBpe(model, addPrefixSpace);
      javascript = await javascriptBpe(model, addPrefixSpace);
    } catch (error) {
      skip(`the reference tokenizers do not load on this machine: ${error.message}`);
    }
    for (const [name, texts] of Object.entries(sets)) {
      const mine = ours(modelFile, addPrefixSpace, texts);
      const theirs = await rust(texts);
      const twin = await javascript(texts);
      let newer = 0;
      texts.forEach((text, i) => {
        const where = `${name}, add_prefix_space ${addPrefixSpace}`;
        if (!same(mine[i].ids, theirs[i].ids)) {
          // Characters that Unicode assigned after utf8proc's tables were made: both references know them.
          ++newer;
          if (name !== 'code points' || !same(theirs[i].ids, twin[i].ids)) report(where, text, mine[i].ids, theirs[i].ids);
        } else if (!addPrefixSpace && !text.includes('<mask>') &&
                   !(same(mine[i].begin, theirs[i].begin) && same(mine[i].end, theirs[i].end))) {
          report(`${where}, spans`, text, `${mine[i].begin} | ${mine[i].end}`, `${theirs[i].begin} | ${theirs[i].end}`);
        }
      });
      if (newer > 6000) report(`${name}, texts unlike Rust`, '', newer, '<= 6000');
      console.log(`${name}, add_prefix_space ${addPrefixSpace}: ${texts.length} texts, ${newer} unlike Rust`);
    }
  }
  rmSync(folder, { recursive: true });
  for (const failure of failures.slice(0, 20)) console.error(failure);
  console.log(failures.length === 0 ? 'OK: all ids and spans are equal' : `FAILED: ${failures.length} differences`);
  process.exit(failures.length === 0 ? 0 : 1);
}

await main();
