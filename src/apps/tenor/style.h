// Colours, or their absence.
#pragma once

#include <string>
#include <string_view>

namespace tenor::cli {

enum class ColorMode { automatic, always, never };

// What the environment says about a terminal; a plain struct so that the decision can be tested.
struct TerminalFacts {
  bool is_terminal = false;
  bool no_color = false;  // NO_COLOR is set and not empty (https://no-color.org)
  bool dumb = false;      // TERM is "dumb" or not set
};

// Facts about an open file descriptor of this process.
TerminalFacts terminal_facts(int descriptor);

bool wants_color(ColorMode mode, const TerminalFacts& facts);

// Columns of the terminal behind a descriptor; `fallback` where there is none.
std::size_t terminal_columns(int descriptor, std::size_t fallback = 100);

enum class Tone { strong, dim, underline, positive, neutral, negative, positive_mark, neutral_mark, negative_mark };

// The tone of a label's name; `strong` for names that are not one of the three.
Tone tone_of(std::string_view label);
// The same as a background, for words inside a text.
Tone mark_of(std::string_view label);

// 😊 😐 😞; a bullet for other labels.
std::string_view emoji_of(std::string_view label);

// Wraps text in ANSI sequences, or leaves it alone. A value; threads may share it.
class Style {
 public:
  explicit Style(bool colored) : colored_(colored) {}

  bool colored() const { return colored_; }
  void paint(std::string& out, Tone tone, std::string_view text) const;
  std::string painted(Tone tone, std::string_view text) const;

 private:
  bool colored_;
};

}  // namespace tenor::cli
