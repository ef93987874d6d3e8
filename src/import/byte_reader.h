// Little-endian numbers out of untrusted bytes.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace tenor::import {

// Number of type T at `position`; nothing where the bytes end before.
template <std::integral T>
std::optional<T> read_number(std::span<const std::byte> bytes, std::size_t position) {
  T number;
  if (position > bytes.size() || bytes.size() - position < sizeof(T)) return std::nullopt;
  std::memcpy(&number, bytes.data() + position, sizeof(T));
  return number;
}

// bytes[position, position + size); nothing where that does not lie within.
inline std::optional<std::span<const std::byte>> read_span(std::span<const std::byte> bytes, std::uint64_t position,
                                                           std::uint64_t size) {
  if (position > bytes.size() || size > bytes.size() - position) return std::nullopt;
  return bytes.subspan(position, size);
}

inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace tenor::import
