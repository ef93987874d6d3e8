// Writes the character tables of src/text/character_tables.h as C++ (a build step, not a shipped program):
//   gen_character_tables PATH/TO/TSCharacters.ocd2 OUTPUT.cc
// Sources: utf8proc (NFKC, simple lower case, categories, combining classes) and OpenCC's traditional -> simplified
// character dictionary. What each entry means is said in character_tables.h.
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <opencc/Lexicon.hpp>
#include <opencc/MarisaDict.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "text/character_tables.h"
#include "text/utf8.h"

namespace {

using tenor::text::CharKind;
using CodePoint = std::int32_t;
using Codes = std::vector<CodePoint>;

constexpr CodePoint kLast = 0x10FFFF;
constexpr bool is_surrogate(CodePoint code) {
  return code >= 0xD800 && code <= 0xDFFF;
}

Codes decompose(const Codes& in, int options) {
  std::string utf8;
  for (const CodePoint code : in) tenor::text::append_utf8(utf8, static_cast<char32_t>(code));
  Codes out(64 + 32 * in.size());
  const auto flags = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | options);
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(utf8.data());
  const auto count = utf8proc_decompose(bytes, static_cast<utf8proc_ssize_t>(utf8.size()), out.data(),
                                        static_cast<utf8proc_ssize_t>(out.size()), flags);
  if (count < 0 || static_cast<std::size_t>(count) > out.size()) throw std::runtime_error("utf8proc_decompose failed");
  out.resize(static_cast<std::size_t>(count));
  if (options & UTF8PROC_COMPOSE) {
    out.resize(static_cast<std::size_t>(utf8proc_normalize_utf32(out.data(), count, flags)));
  }
  return out;
}
Codes nfd(const Codes& in) {
  return decompose(in, UTF8PROC_DECOMPOSE);
}
Codes nfc(const Codes& in) {
  return decompose(in, UTF8PROC_COMPOSE);
}
Codes nfkd(const Codes& in) {
  return decompose(in, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
}
Codes nfkc(const Codes& in) {
  return decompose(in, UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
}

// Only single character -> single character entries count; of several candidates OpenCC's first one. A chain of
// entries is followed to its end, so that converting twice changes nothing.
class Simplifier {
 public:
  explicit Simplifier(const std::string& path) {
    const auto dictionary = opencc::SerializableDict::NewFromFile<opencc::MarisaDict>(path);
    for (const auto& entry : *dictionary->GetLexicon()) {
      const CodePoint from = single(entry->Key());
      const CodePoint to = single(entry->GetDefault());
      if (from >= 0 && to >= 0 && from != to) map_[from] = to;
    }
    if (map_.size() < 3000) throw std::runtime_error(path + " holds fewer than 3000 characters: not TSCharacters.ocd2");
  }
  CodePoint operator()(CodePoint code) const {
    for (int step = 0; step < 8; ++step) {
      const auto found = map_.find(code);
      if (found == map_.end()) return code;
      code = found->second;
    }
    throw std::runtime_error("OpenCC's dictionary maps characters in a circle");
  }

 private:
  static CodePoint single(const std::string& utf8) {
    if (utf8.empty()) return -1;
    const tenor::text::Decoded decoded = tenor::text::decode(utf8, 0);
    return decoded.valid && decoded.length == utf8.size() ? static_cast<CodePoint>(decoded.code) : -1;
  }
  std::map<CodePoint, CodePoint> map_;
};

bool is_white_space(CodePoint c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_dropped(CodePoint c) {
  if (is_white_space(c)) return false;
  if (c >= 0x1F3FB && c <= 0x1F3FF) return true;  // skin tones
  const utf8proc_property_t* property = utf8proc_get_property(c);
  return property->category == UTF8PROC_CATEGORY_CC || property->category == UTF8PROC_CATEGORY_CF ||
         property->ignorable;
}

// Han characters and the punctuation set with them, before NFKC makes the full-width forms ASCII.
bool is_chinese(CodePoint c) {
  static constexpr std::array<std::array<CodePoint, 2>, 17> kRanges{{{0x2E80, 0x2FDF},
                                                                     {0x3001, 0x3029},
                                                                     {0x3030, 0x303F},
                                                                     {0x3400, 0x4DBF},
                                                                     {0x4E00, 0x9FFF},
                                                                     {0xF900, 0xFAFF},
                                                                     {0xFE10, 0xFE1F},
                                                                     {0xFE30, 0xFE6F},
                                                                     {0xFF01, 0xFF0F},
                                                                     {0xFF1A, 0xFF20},
                                                                     {0xFF3B, 0xFF40},
                                                                     {0xFF5B, 0xFF65},
                                                                     {0x20000, 0x323AF},
                                                                     {0x2014, 0x2015},
                                                                     {0x2018, 0x2019},
                                                                     {0x201C, 0x201D},
                                                                     {0x2026, 0x2026}}};
  return std::any_of(kRanges.begin(), kRanges.end(), [c](const auto& range) { return c >= range[0] && c <= range[1]; });
}

bool is_han_or_kana(CodePoint c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x323AF) || (c >= 0x3041 && c <= 0x3096) || (c >= 0x30A1 && c <= 0x30FA) ||
         c == 0x30FC || c == 0x3005 || c == 0x3007;
}

bool is_latin_letter(CodePoint c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7) ||
         (c >= 0x1E00 && c <= 0x1EFF);
}

std::uint32_t script_bits(CodePoint c) {
  return (is_han_or_kana(c) ? tenor::text::kHanBit : 0) | (is_latin_letter(c) ? tenor::text::kLatinBit : 0);
}

class Generator {
 public:
  explicit Generator(const std::string& dictionary) : simplify_(dictionary) {
    for (CodePoint c = 0; c <= kLast; ++c) {
      if (is_surrogate(c)) continue;
      const Codes parts = nfd({c});
      if (parts.size() > 1 && nfc(parts) == Codes{c}) composing_.insert(parts.back());
    }
  }

  std::uint32_t entry(CodePoint c) {
    if (is_surrogate(c)) return pack(CharKind::plain, tenor::text::kReplacement);  // decode() never yields one
    if (is_white_space(c)) return pack(CharKind::space, ' ');
    if (is_dropped(c)) return pack(CharKind::drop, 0);
    const CodePoint first = nfkd({c}).front();
    const std::uint32_t chinese = is_chinese(c) ? tenor::text::kChineseBit : 0;
    if (utf8proc_get_property(first)->combining_class != 0 || composing_.count(first) != 0) {
      return pack(CharKind::mark, c) | tenor::text::kTriggerBit;
    }
    const Codes mapped = normalize({c});
    if (mapped.empty()) return pack(CharKind::drop, 0);
    if (mapped == Codes{' '}) return pack(CharKind::space, ' ');
    std::uint32_t trigger = 0;
    for (const CodePoint code : {c, mapped.front(), mapped.back()}) trigger |= trigger_bit(code);
    if (mapped.size() > 1) return pack(CharKind::expand, expansion(mapped)) | chinese | trigger;
    const std::uint32_t chinese_after = is_chinese(mapped[0]) ? tenor::text::kChineseBit : 0;
    return pack(CharKind::plain, mapped[0]) | chinese | chinese_after | trigger | script_bits(c);
  }

  const std::vector<CodePoint>& expansions() const { return expansions_; }

 private:
  static std::uint32_t pack(CharKind kind, std::uint32_t code) {
    return static_cast<std::uint32_t>(kind) << tenor::text::kKindShift | code;
  }
  static std::uint32_t pack(CharKind kind, CodePoint code) { return pack(kind, static_cast<std::uint32_t>(code)); }
  static std::uint32_t pack(CharKind kind, char32_t code) { return pack(kind, static_cast<std::uint32_t>(code)); }

  static std::uint32_t trigger_bit(CodePoint code) {
    return tenor::text::kEmoticonTriggers.find(static_cast<char32_t>(code)) == std::u32string_view::npos
               ? 0
               : tenor::text::kTriggerBit;
  }

  Codes normalize(const Codes& in) const {
    Codes codes = nfkc(in);
    for (CodePoint& code : codes) code = simplify_(utf8proc_tolower(code));
    std::erase_if(codes, is_dropped);
    return nfkc(codes);
  }

  std::uint32_t expansion(const Codes& codes) {
    if (codes.size() > tenor::text::kMaxExpansion) throw std::runtime_error("an expansion is too long");
    const auto offset = static_cast<std::uint32_t>(expansions_.size());
    expansions_.insert(expansions_.end(), codes.begin(), codes.end());
    if (offset >= 1U << (tenor::text::kKindShift - tenor::text::kExpansionLengthBits)) {
      throw std::runtime_error("too many expansions");
    }
    return offset << tenor::text::kExpansionLengthBits | static_cast<std::uint32_t>(codes.size());
  }

  Simplifier simplify_;
  std::set<CodePoint> composing_;  // code points that can be the second half of a canonical composite
  std::vector<CodePoint> expansions_;
};

template <class Container>
void write_array(std::ostream& out, const std::string& head, const Container& values) {
  out << head << " = {";
  std::size_t column = 0;
  for (const auto value : values) out << (column++ % 16 == 0 ? "\n" : "") << static_cast<std::uint64_t>(value) << ',';
  out << "};\n\n";
}

void write_tables(Generator& generator, std::ostream& out) {
  std::vector<std::uint32_t> plane0;
  plane0.reserve(0x10000);
  for (CodePoint c = 0; c < 0x10000; ++c) plane0.push_back(generator.entry(c));
  std::map<std::vector<std::uint32_t>, std::size_t> pages;
  std::vector<std::size_t> page_index;
  std::vector<std::uint32_t> page_entries;
  for (CodePoint start = 0x10000; start <= kLast; start += 256) {
    std::vector<std::uint32_t> page;
    for (CodePoint c = start; c < start + 256; ++c) {
      const std::uint32_t entry = generator.entry(c);
      const bool itself = (entry & tenor::text::kCodeMask) == static_cast<std::uint32_t>(c);
      page.push_back(itself ? entry & ~tenor::text::kCodeMask : entry);  // 0 stands for itself: pages can be shared
    }
    const auto [place, added] = pages.try_emplace(page, pages.size());
    if (added) page_entries.insert(page_entries.end(), page.begin(), page.end());
    page_index.push_back(place->second);
  }
  if (pages.size() > 256) throw std::runtime_error("more than 256 different pages");
  out << "// Generated by tools/gen/gen_character_tables.cc (Unicode " << utf8proc_unicode_version()
      << "); do not edit.\n#include \"text/character_tables.h\"\n\nnamespace tenor::text {\n\n";
  write_array(out, "const std::uint32_t kPlane0[65536]", plane0);
  write_array(out, "const std::uint8_t kPageIndex[4096]", page_index);
  write_array(out, "const std::uint32_t kPageEntries[]", page_entries);
  write_array(out, "const char32_t kExpansions[]", generator.expansions());
  out << "}  // namespace tenor::text\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: gen_character_tables TSCharacters.ocd2 OUTPUT.cc\n";
    return 2;
  }
  try {
    Generator generator(argv[1]);
    std::ofstream out(argv[2]);
    write_tables(generator, out);
    out.close();
    if (!out) throw std::runtime_error(std::string("cannot write ") + argv[2]);
  } catch (const std::exception& error) {
    std::cerr << "gen_character_tables: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
