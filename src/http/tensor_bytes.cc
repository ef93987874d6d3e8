#include "http/tensor_bytes.h"

#include <bit>

namespace tenor::http {

namespace {

constexpr std::size_t kWord = 4;

void append_word(std::string& out, std::uint32_t word) {
  for (unsigned shift = 0; shift < 32; shift += 8) out += static_cast<char>((word >> shift) & 0xFF);
}

std::uint32_t read_word(std::string_view bytes) {
  std::uint32_t word = 0;
  for (std::size_t i = kWord; i-- > 0;) word = (word << 8) | static_cast<unsigned char>(bytes[i]);
  return word;
}

}  // namespace

std::optional<std::string_view> TensorBytes::next() {
  if (rest_.size() < kWord) return std::nullopt;
  const std::size_t length = read_word(rest_);
  if (rest_.size() - kWord < length) return std::nullopt;
  const auto element = rest_.substr(kWord, length);
  rest_.remove_prefix(kWord + length);
  return element;
}

void append_bytes_element(std::string& out, std::string_view bytes) {
  append_word(out, static_cast<std::uint32_t>(bytes.size()));
  out += bytes;
}

void append_fp32_element(std::string& out, float value) {
  append_word(out, std::bit_cast<std::uint32_t>(value));
}

}  // namespace tenor::http
