// A small byte-level BPE, learned here from texts, and the reference tokenizers built from it: Hugging Face's
// `tokenizers` (Rust) and its JavaScript twin.
import { createRequire } from 'node:module';

export const SPECIAL_TOKENS = ['<s>', '<pad>', '</s>', '<unk>', '<mask>'];
const WORDS = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

// Byte -> the character that stands for it, as in openai/gpt-2's encoder.py.
function byteAlphabet() {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
    return String.fromCodePoint(printable ? byte : next++);
  });
}

// -> {vocab: {token: id}, merges: [[left, right]]}: the specials, the 256 bytes, then a token a merge.
export function trainBpe(texts, count) {
  const alphabet = byteAlphabet();
  const counts = new Map();
  for (const text of texts) {
    for (const [word] of text.matchAll(WORDS)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const words = [...counts].map(([word, n]) => ({ n, symbols: [...Buffer.from(word)].map((byte) => alphabet[byte]) }));
  const vocab = {};
  for (const token of [...SPECIAL_TOKENS, ...alphabet]) vocab[token] = Object.keys(vocab).length;
  const merges = [];
  while (merges.length < count) {
    const pairs = new Map();
    for (const { n, symbols } of words) {
      for (let i = 0; i + 1 < symbols.length; ++i) {
        const pair = `${symbols[i]} ${symbols[i + 1]}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + n);
      }
    }
    let best = ['', 1];
    for (const [pair, n] of pairs) if (n > best[1] || (n === best[1] && pair < best[0])) best = [pair, n];
    if (best[1] < 2) break;
    const [left, right] = best[0].split(' ');
    merges.push([left, right]);
    vocab[left + right] ??= Object.keys(vocab).length;
    for (const word of words) {
      for (let i = 0; i + 1 < word.symbols.length; ++i) {
        if (word.symbols[i] === left && word.symbols[i + 1] === right) word.symbols.splice(i, 2, left + right);
      }
    }
  }
  return { vocab, merges };
}

// Merges of a space or "a" with every byte beyond ASCII, and of that with "1": whether a character goes with letters,
// with numbers or with the space before it then shows in the ids.
export function addBorderMerges({ vocab, merges }) {
  const alphabet = byteAlphabet();
  for (const byte of alphabet.slice(0x80)) {
    for (const [left, right] of [[alphabet[0x20], byte], ['a', byte], [byte, '1']]) {
      if (vocab[left + right] !== undefined) continue;
      vocab[left + right] = Object.keys(vocab).length;
      merges.push([left, right]);
    }
  }
}

export function mergesText(merges) {
  return `#version: 0.2\n${merges.map((pair) => pair.join(' ')).join('\n')}\n`;
}

// A tokenizer.json as RoBERTa's.
export function describeBpe({ vocab, merges }, addPrefixSpace) {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map((content) => ({
      id: vocab[content], content, single_word: false, lstrip: content === '<mask>', rstrip: false, normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: addPrefixSpace, trim_offsets: true, use_regex: true },
    post_processor: {
      type: 'RobertaProcessing', sep: ['</s>', vocab['</s>']], cls: ['<s>', vocab['<s>']], trim_offsets: true,
      add_prefix_space: addPrefixSpace,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: '', end_of_word_suffix: '',
      fuse_unk: false, byte_fallback: false, ignore_merges: false, vocab, merges,
    },
  };
}

// Byte offset of each code point of `text`, and of its end.
function byteOffsets(text) {
  const offsets = [0];
  for (const character of text) offsets.push(offsets.at(-1) + Buffer.byteLength(character));
  return offsets;
}

// -> async (texts) -> [{ids, begin, end}], spans in bytes of the UTF-8 text.
export function rustBpe(model, addPrefixSpace) {
  const { Tokenizer } = createRequire(import.meta.url)('tokenizers');
  const tokenizer = Tokenizer.fromString(JSON.stringify(describeBpe(model, addPrefixSpace)));
  return async (texts) => {
    const encodings = await tokenizer.encodeBatch(texts, { addSpecialTokens: false });
    return encodings.map((encoding, i) => {
      const bytes = byteOffsets(texts[i]);
      const spans = encoding.getOffsets();
      return {
        ids: encoding.getIds(), begin: spans.map((span) => bytes[span[0]]), end: spans.map((span) => bytes[span[1]]),
      };
    });
  };
}

// -> async (texts) -> [{ids}].
export async function javascriptBpe(model, addPrefixSpace) {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const tokenizer = new Tokenizer(describeBpe(model, addPrefixSpace), { tokenizer_class: 'RobertaTokenizer' });
  return async (texts) => texts.map((text) => ({ ids: tokenizer.encode(text, { add_special_tokens: false }).ids }));
}
