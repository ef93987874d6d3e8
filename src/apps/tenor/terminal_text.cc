#include "apps/tenor/terminal_text.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "text/utf8.h"

namespace tenor::cli {

namespace {

std::size_t width_of(char32_t code) {
  if (code < 0x7F) return code >= 0x20 ? 1 : 0;
  return static_cast<std::size_t>(std::max(0, utf8proc_charwidth(static_cast<utf8proc_int32_t>(code))));
}

bool steers_direction(char32_t code) {
  return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0x200E || code == 0x200F;
}

bool breaks_line(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029;
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const text::Decoded next = text::decode(utf8, at);
    width += width_of(next.code);
    at += next.length;
  }
  return width;
}

std::string printable(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const text::Decoded next = text::decode(utf8, at);
    if (breaks_line(next.code)) {
      out += ' ';
    } else if (!steers_direction(next.code)) {
      text::append_utf8(out, next.code);
    }
    at += next.length;
  }
  return out;
}

std::string clip(std::string_view utf8, std::size_t width) {
  std::size_t used = 0;
  std::size_t room = 0;  // bytes that fit beside an ellipsis
  for (std::size_t at = 0; at < utf8.size();) {
    const text::Decoded next = text::decode(utf8, at);
    used += width_of(next.code);
    if (used > width) {
      std::string out(utf8.substr(0, room));
      if (width > 0) out += "…";
      return out;
    }
    at += next.length;
    if (used + 1 <= width) room = at;
  }
  return std::string(utf8);
}

void append_padded(std::string& out, std::string_view utf8, std::size_t width) {
  out += utf8;
  const std::size_t used = display_width(utf8);
  if (used < width) out.append(width - used, ' ');
}

void append_right(std::string& out, std::string_view utf8, std::size_t width) {
  const std::size_t used = display_width(utf8);
  if (used < width) out.append(width - used, ' ');
  out += utf8;
}

std::string bar(double fraction, std::size_t cells) {
  static constexpr std::array<const char*, 8> kPartial = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double clamped = std::isfinite(fraction) ? std::clamp(fraction, 0.0, 1.0) : 0.0;
  const auto eighths = static_cast<std::size_t>(std::lround(clamped * static_cast<double>(cells) * 8));
  std::string out;
  for (std::size_t i = 0; i < eighths / 8; ++i) out += "█";
  out += kPartial[eighths % 8];
  return out;
}

std::string percent(double fraction) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.1f %%", fraction * 100);
  return buffer.data();
}

std::string grouped(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

}  // namespace tenor::cli
