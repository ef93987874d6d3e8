// What the normaliser does with each code point, as tables written at build time by tools/gen/gen_character_tables.cc
// from utf8proc and OpenCC. Constant data: threads share it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tenor::text {

// "Normalised" below: NFKC, then simple lower case, then traditional -> simplified, then NFKC again (lower-casing can
// make a sequence composable: J + caron).
enum class CharKind : std::uint32_t {
  plain = 0,   // becomes the one code point in code bits
  drop = 1,    // control, format and other default-ignorable characters, variation selectors, skin tones
  space = 2,   // Unicode White_Space
  expand = 3,  // becomes several code points: code bits are offset << kExpansionLengthBits | length in kExpansions
  mark = 4,    // may interact with what stands before it under NFKC: combining marks, Hangul vowels and finals
};

// Layout of an entry: bits 0-20 code, 21-23 kind, then flags.
inline constexpr std::uint32_t kKindShift = 21;
inline constexpr std::uint32_t kCodeMask = (1U << kKindShift) - 1;
inline constexpr std::uint32_t kKindMask = 7U << kKindShift;
inline constexpr std::uint32_t kTriggerBit = 1U << 24;  // the text may hold an emoticon
inline constexpr std::uint32_t kChineseBit = 1U << 25;  // Han, or punctuation set with Han, before or after mapping
inline constexpr std::uint32_t kHanBit = 1U << 26;      // Han, hiragana or katakana
inline constexpr std::uint32_t kLatinBit = 1U << 27;    // a letter of the Latin script
inline constexpr std::uint32_t kExpansionLengthBits = 5;
inline constexpr std::size_t kMaxExpansion = (1U << kExpansionLengthBits) - 1;

// Every emoticon holds at least one of these; most texts hold none. Marks are triggers too.
inline constexpr std::u32string_view kEmoticonTriggers = U":;=_^<>-DOTUQXqzZ凸▽∇ω╰╯┻┬⊙⌒◡‿≧≦♥◕¬←→•△・∩●￣ಠ´▔□♡ㄒд︿﹃@°";

extern const std::uint32_t kPlane0[65536];
// Above plane 0, by pages of 256; a code of 0 stands for the code point itself.
extern const std::uint8_t kPageIndex[4096];
extern const std::uint32_t kPageEntries[];
extern const char32_t kExpansions[];

constexpr CharKind kind_of(std::uint32_t entry) {
  return static_cast<CharKind>((entry & kKindMask) >> kKindShift);
}

// Entry of a Unicode scalar value.
inline std::uint32_t entry_of(char32_t code) {
  if (code < 0x10000) return kPlane0[code];
  const std::uint32_t entry = kPageEntries[std::size_t{kPageIndex[(code - 0x10000) >> 8]} * 256 + (code & 0xFF)];
  return (entry & kCodeMask) == 0 ? entry | code : entry;
}

}  // namespace tenor::text
