// Texts on which WordPiece tokenizers go wrong. Every text is taken uncased and cased, some with other options, too.
const texts = {
  // plain
  'empty': '',
  'white space only': ' \t\r\n\u00a0\u3000\u2028\u2029\u2003 ',
  'chinese review': '味道很好，服务员态度也不错！就是排队太久了……下次还会来。',
  'english review': "The food wasn't bad, but we'd waited 45 minutes; I won't be back!!!",
  'mixed': '這家店的WiFi很快，iPhone15都能用5G，$99.5/人～',
  'numbers': '3.14159 1,000,000 2024-02-29 ¥38/位 50% ½ ² Ⅷ ③ ٣',
  'url and handle': '@user123 https://t.co/AbC?x=1&y=2#frag #sentiment_analysis foo@bar.com',
  // cleaning
  'control characters': 'ab\u0000cd\u0001ef\u007fgh\u0085ij\u009fkl',
  'tab and line ends': 'a\tb\nc\rd\r\ne\u000bf\u000cg',
  'unicode spaces': 'a\u00a0b\u1680c\u2000d\u2009e\u200af\u202fg\u205fh\u3000i\u2028j\u2029k',
  'format characters join': 'soft\u00adhyphen zero\u200bwidth\u200djoin\u2060er bi\u202adi\u202c \ufeffbom',
  'mongolian vowel separator': 'a\u180eb',
  'replacement character': 'a\ufffdb \ufffd',
  'private use': 'a\ue000b \uf8ff \u{f0000}x',
  'unassigned and noncharacters': 'a\u0378b \uffff \ufdd0 \u{10ffff}',
  'only dropped characters': '\u0000\u200b\ufeff\ufffd',
  'tag characters': 'flag \u{1f3f4}\u{e0067}\u{e0062}\u{e007f} end',
  // case and accents
  'latin accents': 'Café NAÏVE Ångström ÉCOLE façade Übermut piñata Đorđe Łódź ßtraße ẞ œuvre Æsir',
  'decomposed accents': 'Cafe\u0301 na\u0131\u0308ve A\u030angstro\u0308m e\u0323\u0302',
  'lonely accents': '\u0301 \u0301a \u0302\u0303 b\u0301\u0302\u0303\u0304',
  'accent after an ideograph': '的\u0301了 好\u20dd',
  'turkish': 'İstanbul IŞIK ılık DİYARBAKIR',
  'greek': 'Ἀθῆναι ΑΘΗΝΑ ᾳ ᾼ Ω Ω µ μ',
  'cyrillic': 'Ёлка Й Київ ЩУКА і ї',
  'vietnamese': 'Tiếng Việt Nam Đồng Nguyễn',
  'titlecase and ligatures': 'ǅ ǈ ﬁne ﬀ ŉ ǰ ΐ',
  'letterlike': 'Kelvin K Ångström Å ℃ ℡ ™ № ℵ',
  'deseret and mathematical': '\u{10400}\u{10428} 𝐁𝐎𝐋𝐃 𝓈𝒸𝓇𝒾𝓅𝓉 Ⓐⓑ',
  'full width': 'ＦＵＬＬ　ｗｉｄｔｈ　１２３，！？：；（）',
  'half width kana': 'ｶﾞｷﾞ ｱｲｳ ﾟ',
  'negated operators': 'a≠b ≮ ≯ ∉ ⫝̸ =\u0338',
  'singleton decompositions': 'x\u037ey `\u1fef` \u0387 \u2126 \u212a \u2329x\u232a \u0340',
  // ideographs
  'ideograph ranges': '\u33ff\u3400\u4dbf\u4dc0\u4dff\u4e00\u9fff\ua000 \uf8ff\uf900\ufaff\ufb00',
  'compatibility ideographs': '豈更車金 a\uf900b \ufa0e\ufa0f',
  'radicals and strokes': '⺀⼀㇀ 〇 〡 々 〆 ㈱ ㍿',
  'japanese': '私はラーメンがだいすきです。ガギグ がぎ ヴ ー',
  'korean': '안녕하세요 맛있어요! 한국어 각힣 ㄱㅏ',
  'hangul jamo': '\u1112\u1161\u11ab \uac00\u11a8',
  'thai and hindi': 'อร่อยมาก ที่ हिन्दी में ज़रूर বাংলা தமிழ்',
  'arabic and hebrew': 'مُحَمَّد لا ﷺ שָׁלוֹם عَرَبِيّ',
  // punctuation
  'ascii punctuation': '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  'punctuation in words': "can't rock'n'roll e-mail a_b C++ .NET ... --- ?!?! (a)[b]{c}",
  'unicode punctuation': '“quotes” ‘x’ – — … «guillemets» ¿qué? ¡hola! · • † ‰ 、。「」『』【】《》〈〉・～｡｢',
  'symbols are not punctuation': '€100 £5 ¥8 ©2024 a×b ÷ ° → ★☆ ♥ ♪ ✓ ¬ ¦ ± ㎡',
  // emoji
  'emoji': '好吃😋😋👍🏻 ❤️ ☺️ 👨‍👩‍👧‍👦 🇨🇳 1️⃣ 😀great',
  'kaomoji': '(｡･ω･｡) (╯°□°）╯︵ ┻━┻ ^_^ T_T :-) QAQ orz',
  // words
  'unaffable': 'unaffable unaffordable runninglater internationalization antidisestablishmentarianism',
  'word of 100 characters': 'a'.repeat(100),
  'word of 101 characters': `x ${'a'.repeat(101)} y`,
  'word of 103 characters': `x ${'a'.repeat(103)} y`,
  'hundred accented characters': 'é'.repeat(100),
  'hundred and one accented characters': 'é'.repeat(101),
  'hundred after dropping': `${'a\u200b'.repeat(100)} ${'e\u0301'.repeat(100)}`,
  'jamo count, syllables do not': '한'.repeat(33) + ' ' + '한'.repeat(34),
  'word that cannot be covered': 'abc☃def ☃ a\u{1f600}b',
  'double hash': '## ##ing #hash a##b ##',
  // never split
  'special tokens': '[CLS] 这家店[MASK]好 [SEP] [PAD][UNK]',
  'special tokens in words': 'a[MASK]b [[MASK]] [MASK]ing x[SEP].',
  'almost special tokens': '[mask] [ MASK ] [MASK [CLS [Sep] MASK] [CL\u200bS]',
  'accent after a special token': '[MASK]\u0301x',
};

// Where the reference implementations disagree. Rust's answer is the golden one.
const disagreements = {
  'final sigma': {
    text: 'ΟΔΥΣΣΕΥΣ ΣΑΣ Σ ΑΣ.',
    disagreement: 'JavaScript and Python lower-case the word in context and write U+03C2 at its end; Rust maps each ' +
      'character by itself: U+03C3',
  },
  'ideographs beyond the basic plane': {
    text: '\u{1ffff}\u{20000}\u{2a6df}\u{2a6e0} a\u{2a700}b \u{2b740}\u{2b81f}\u{2b920}\u{2ceaf}\u{2ceb0}',
    disagreement: 'JavaScript looks at UTF-16 halves and never finds them; Rust and Python set them apart',
  },
  'compatibility ideographs beyond the basic plane': {
    text: '你\u{2f800}好 \u{2fa1f}\u{2f804}',
    disagreement: 'JavaScript looks at UTF-16 halves and never finds them; Rust and Python set them apart',
  },
};

const otherOptions = [
  { lower_case: true, strip_accents: false },
  { lower_case: false, strip_accents: true },
  { lower_case: true, tokenize_chinese_chars: false },
];
const casesWithOtherOptions = [
  'mixed', 'latin accents', 'decomposed accents', 'turkish', 'greek', 'negated operators', 'compatibility ideographs',
  'korean', 'thai and hindi', 'special tokens',
];

export const hardCases = [
  ...Object.entries(texts).flatMap(([name, text]) => [
    { name, lower_case: true, text },
    { name, lower_case: false, text },
    ...(casesWithOtherOptions.includes(name) ? otherOptions.map((options) => ({ name, ...options, text })) : []),
  ]),
  ...Object.entries(disagreements).flatMap(([name, one]) => [
    { name, lower_case: true, ...one },
    { name, lower_case: false, ...one },
  ]),
];
