#include "text/character_mapper.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>

#include "text/character_tables.h"
#include "text/composition.h"
#include "text/utf8.h"

namespace tenor::text {

namespace {

constexpr bool is_continuation(char byte) {
  return (static_cast<std::uint8_t>(byte) & 0xC0) == 0x80;
}

// Every code point of well-formed text has one byte that is no continuation. Eight bytes at a time.
std::size_t count_lead_bytes(std::string_view utf8) {
  std::size_t continuations = 0;
  std::size_t i = 0;
  for (; i + 8 <= utf8.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, utf8.data() + i, sizeof(word));
    continuations += static_cast<std::size_t>(std::popcount(word & ~(word << 1) & 0x8080808080808080ULL));
  }
  for (; i < utf8.size(); ++i) continuations += is_continuation(utf8[i]) ? 1 : 0;
  return utf8.size() - continuations;
}

// One pass over one text. Not for threads to share.
class Mapper {
 public:
  Mapper(std::string_view utf8, NormalizedText& out) : utf8_(utf8), out_(out) {
    const std::size_t leads = count_lead_bytes(utf8);
    out.source_characters = static_cast<std::uint32_t>(leads);
    out.invalid_bytes = 0;
    spare_ = 32;
    resize(leads + spare_);
  }

  bool run() {
    while (map_plain_stretch()) map_other();
    while (size_ > 0 && chars_[size_ - 1] == U' ') --size_;
    if (space_after_chinese_) remove_spaces_between_chinese();
    resize(size_);
    return (seen_ & kTriggerBit) != 0;
  }

 private:
  // The hot loop: ASCII and three-byte sequences that stand for one character. Stops at anything else, which
  // map_other() takes, or at the end: false. Works on local copies so that they stay in registers.
  bool map_plain_stretch() {
    const char* const bytes = utf8_.data();
    const std::size_t end = utf8_.size();
    std::size_t position = position_;
    std::size_t size = size_;
    std::uint32_t seen = seen_;
    while (position < end) {
      const auto first = static_cast<std::uint8_t>(bytes[position]);
      std::uint32_t code = first;
      std::uint32_t length = 1;
      if (first >= 0x80) {
        if ((first & 0xF0) != 0xE0 || end - position < 3) break;
        const std::uint32_t second = static_cast<std::uint8_t>(bytes[position + 1]) ^ 0x80U;
        const std::uint32_t third = static_cast<std::uint8_t>(bytes[position + 2]) ^ 0x80U;
        code = (first & 0x0FU) << 12 | second << 6 | third;
        if ((second | third) >= 0x40 || code < 0x800 || (code & 0xF800U) == 0xD800U) break;
        length = 3;
      }
      const std::uint32_t entry = kPlane0[code];
      if ((entry & kKindMask) != 0) {
        const bool single_space = first == ' ' && size > 0 && ends_[size - 1] - begins_[size - 1] == 1;
        if (!single_space || chars_[size - 1] == U' ') break;
      }
      seen |= entry;
      chars_[size] = entry & kCodeMask;
      begins_[size] = static_cast<std::uint32_t>(position);
      ends_[size] = static_cast<std::uint32_t>(position + length);
      ++size;
      position += length;
    }
    position_ = position;
    size_ = size;
    seen_ = seen;
    return position < end;
  }

  void map_other() {
    const Decoded decoded = decode(utf8_, position_);
    if (!decoded.valid) return put_invalid(decoded);
    const std::uint32_t entry = entry_of(decoded.code);
    switch (kind_of(entry)) {
      case CharKind::plain:
        return put_plain(entry, decoded.length);
      case CharKind::drop:
        position_ += decoded.length;
        return;
      case CharKind::space:
        return put_space(decoded.length);
      case CharKind::expand:
        return put_expansion(entry, decoded.length);
      case CharKind::mark:
        return put_run();
    }
  }

  void put_plain(std::uint32_t entry, std::size_t length) {
    seen_ |= entry;
    put(entry & kCodeMask, position_, position_ + length);
    position_ += length;
  }

  void put_space(std::size_t length) {
    append(' ', position_, position_ + length);
    position_ += length;
  }

  void put_invalid(const Decoded& decoded) {
    out_.invalid_bytes += decoded.length;
    if (is_continuation(utf8_[position_])) {  // not among the lead bytes counted
      ++out_.source_characters;
      make_room(1);
    }
    put(kReplacement, position_, position_ + decoded.length);
    position_ += decoded.length;
  }

  void put_expansion(std::uint32_t entry, std::size_t length) {
    seen_ |= entry;
    const std::uint32_t place = entry & kCodeMask;
    const char32_t* codes = kExpansions + (place >> kExpansionLengthBits);
    const std::size_t count = place & kMaxExpansion;
    make_room(count);
    for (std::size_t i = 0; i < count; ++i) append(codes[i], position_, position_ + length);
    position_ += length;
  }

  // A mark: takes back what the base before it became and normalises base and marks together.
  void put_run() {
    seen_ |= kTriggerBit;
    std::size_t begin = position_;
    if (size_ > 0 && chars_[size_ - 1] != U' ') {
      begin = begins_[size_ - 1];
      while (size_ > 0 && begins_[size_ - 1] == begin) --size_;
    }
    std::array<std::byte, 2048> buffer;
    std::pmr::monotonic_buffer_resource memory(buffer.data(), buffer.size());
    CodeRun run(&memory);
    run.reserve(16);
    std::size_t end = position_;
    for (std::size_t i = begin; i < utf8_.size();) {
      const Decoded decoded = decode(utf8_, i);
      const CharKind kind = kind_of(entry_of(decoded.code));
      if (i > begin && kind != CharKind::mark && kind != CharKind::drop) break;
      i += decoded.length;
      if (kind == CharKind::drop) continue;
      run.push_back(static_cast<std::int32_t>(decoded.code));
      end = i;
    }
    compose(run);
    make_room(run.size());
    for (const std::int32_t code : run) append(static_cast<char32_t>(code), begin, end);
    position_ = end;
  }

  // Puts one character; white space melts into a space before it and is left out at the beginning.
  void append(char32_t code, std::size_t begin, std::size_t end) {
    if (code == U' ') {
      if (size_ == 0) return;
      if (chars_[size_ - 1] == U' ') {
        ends_[size_ - 1] = static_cast<std::uint32_t>(end);
        return;
      }
      if (!space_after_chinese_) space_after_chinese_ = is_chinese(size_ - 1);
    }
    put(code, begin, end);
  }

  void put(char32_t code, std::size_t begin, std::size_t end) {
    chars_[size_] = code;
    begins_[size_] = static_cast<std::uint32_t>(begin);
    ends_[size_] = static_cast<std::uint32_t>(end);
    ++size_;
  }

  // By the original character too: NFKC turns full-width punctuation into ASCII.
  bool is_chinese(std::size_t i) const {
    const std::uint32_t entry = entry_of(chars_[i]);
    if ((entry & kChineseBit) != 0) return true;
    if (kind_of(entry) == CharKind::mark) return false;
    if (ends_[i] - begins_[i] == 1) return false;
    return (entry_of(decode(utf8_, begins_[i]).code) & kChineseBit) != 0;
  }

  void remove_spaces_between_chinese() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      if (chars_[i] == U' ' && i + 1 < size_ && is_chinese(i - 1) && is_chinese(i + 1)) continue;
      chars_[kept] = chars_[i];
      begins_[kept] = begins_[i];
      ends_[kept] = ends_[i];
      ++kept;
    }
    size_ = kept;
  }

  // The arrays have room for one character per lead byte; whatever else is put is taken out of spare room.
  void make_room(std::size_t more) {
    if (spare_ < more) {
      const std::size_t growth = more + out_.chars.size() / 2;
      resize(out_.chars.size() + growth);
      spare_ += growth;
    }
    spare_ -= more;
  }

  void resize(std::size_t count) {
    out_.chars.resize(count);
    out_.byte_begin.resize(count);
    out_.byte_end.resize(count);
    chars_ = out_.chars.data();
    begins_ = out_.byte_begin.data();
    ends_ = out_.byte_end.data();
  }

  std::string_view utf8_;
  NormalizedText& out_;
  char32_t* chars_ = nullptr;
  std::uint32_t* begins_ = nullptr;
  std::uint32_t* ends_ = nullptr;
  std::size_t position_ = 0;  // in utf8_
  std::size_t size_ = 0;      // characters put
  std::size_t spare_ = 0;     // see make_room()
  std::uint32_t seen_ = 0;    // flags of all entries
  bool space_after_chinese_ = false;
};

}  // namespace

bool map_characters(std::string_view utf8, NormalizedText& out) {
  return Mapper(utf8, out).run();
}

}  // namespace tenor::text
