// The reference tokenizers, built in memory from a vocab.txt: Hugging Face's `tokenizers` (Rust, as a native Node
// module) and its JavaScript twin `@huggingface/tokenizers` (the tokenizer inside @huggingface/transformers).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const SPECIAL_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

// Rust's WordPiece::read_file: line number -> id, trailing white space cut, the later of two equal lines wins.
export function readVocabulary(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  while (lines.length > 0 && lines.at(-1).trimEnd() === '') lines.pop();
  return Object.fromEntries(lines.map((line, id) => [line.trimEnd(), id]));
}

function describe(vocab, options) {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map((content) => ({
      id: vocab[content], content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: options.tokenize_chinese_chars ?? true,
      strip_accents: options.strip_accents ?? null,
      lowercase: options.lower_case,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab,
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
export function rustTokenizer(vocab, options) {
  const { Tokenizer } = createRequire(import.meta.url)('tokenizers');
  const tokenizer = Tokenizer.fromString(JSON.stringify(describe(vocab, options)));
  return async (texts) => {
    const encodings = await tokenizer.encodeBatch(texts, { addSpecialTokens: false });
    return encodings.map((encoding, i) => {
      const bytes = byteOffsets(texts[i]);
      const spans = encoding.getOffsets();
      return {
        ids: encoding.getIds(),
        begin: spans.map((span) => bytes[span[0]]),
        end: spans.map((span) => bytes[span[1]]),
      };
    });
  };
}

// -> async (texts) -> [{ids}].
export async function javascriptTokenizer(vocab, options) {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const tokenizer = new Tokenizer(describe(vocab, options), { tokenizer_class: 'BertTokenizer' });
  return async (texts) => texts.map((text) => ({ ids: tokenizer.encode(text, { add_special_tokens: false }).ids }));
}
