#include "apps/tenor/style.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace tenor::cli {

namespace {

// 16-colour sequences: readable on light and dark backgrounds, and in every terminal.
std::string_view sequence(Tone tone) {
  switch (tone) {
    case Tone::strong:
      return "\x1b[1m";
    case Tone::dim:
      return "\x1b[2m";
    case Tone::underline:
      return "\x1b[4m";
    case Tone::positive:
      return "\x1b[32m";
    case Tone::neutral:
      return "\x1b[33m";
    case Tone::negative:
      return "\x1b[31m";
    case Tone::positive_mark:
      return "\x1b[30;42m";
    case Tone::neutral_mark:
      return "\x1b[30;43m";
    case Tone::negative_mark:
      return "\x1b[30;41m";
  }
  return "";
}

}  // namespace

TerminalFacts terminal_facts(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return {.is_terminal = ::isatty(descriptor) == 1,
          .no_color = no_color != nullptr && *no_color != '\0',
          .dumb = term == nullptr || std::string_view(term) == "dumb"};
}

bool wants_color(ColorMode mode, const TerminalFacts& facts) {
  if (mode != ColorMode::automatic) return mode == ColorMode::always;
  return facts.is_terminal && !facts.no_color && !facts.dumb;
}

std::size_t terminal_columns(int descriptor, std::size_t fallback) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return fallback;
  return size.ws_col;
}

Tone tone_of(std::string_view label) {
  if (label == "positive") return Tone::positive;
  if (label == "negative") return Tone::negative;
  if (label == "neutral") return Tone::neutral;
  return Tone::strong;
}

Tone mark_of(std::string_view label) {
  if (label == "positive") return Tone::positive_mark;
  if (label == "negative") return Tone::negative_mark;
  return Tone::neutral_mark;
}

std::string_view emoji_of(std::string_view label) {
  if (label == "positive") return "😊";
  if (label == "negative") return "😞";
  if (label == "neutral") return "😐";
  return "•";
}

void Style::paint(std::string& out, Tone tone, std::string_view text) const {
  if (!colored_) {
    out += text;
    return;
  }
  out += sequence(tone);
  out += text;
  out += "\x1b[0m";
}

std::string Style::painted(Tone tone, std::string_view text) const {
  std::string out;
  paint(out, tone, text);
  return out;
}

}  // namespace tenor::cli
