#include "apps/tenor/highlight.h"

#include <algorithm>
#include <vector>

#include "apps/tenor/terminal_text.h"
#include "text/utf8.h"

namespace tenor::cli {

namespace {

enum class Mark : char { none, in_favour, against };

std::vector<Mark> marks_of_bytes(std::size_t size, std::span<const engine::Evidence> evidence) {
  std::vector<Mark> marks(size, Mark::none);
  for (const engine::Evidence& stretch : evidence) {
    const Mark mark = stretch.weight >= 0 ? Mark::in_favour : Mark::against;
    for (std::size_t i = stretch.byte_begin; i < std::min<std::size_t>(stretch.byte_end, size); ++i) {
      if (marks[i] == Mark::none) marks[i] = mark;
    }
  }
  return marks;
}

// Something that no line break may split: a word, one Chinese character, a run of white space.
struct Piece {
  std::size_t end = 0;
  std::size_t width = 0;
  bool space = false;
};

bool is_space(char32_t code) {
  return code <= 0x20 || code == 0x3000;
}

Piece next_piece(std::string_view text, std::size_t begin) {
  Piece piece{.end = begin};
  while (piece.end < text.size()) {
    const text::Decoded next = text::decode(text, piece.end);
    const std::size_t width = display_width(text.substr(piece.end, next.length));
    const bool space = is_space(next.code);
    if (piece.end > begin && (space != piece.space || width > 1)) break;
    piece.space = space;
    piece.width += width;
    piece.end += next.length;
    if (width > 1) break;
  }
  return piece;
}

// Appends text[begin, end), changing the colour where the mark changes.
class Painter {
 public:
  Painter(std::string_view text, std::vector<Mark> marks, Tone tone, const Style& style)
      : text_(text), marks_(std::move(marks)), tone_(tone), style_(style) {}

  void paint(std::string& out, std::size_t begin, std::size_t end) const {
    while (begin < end) {
      std::size_t stop = begin + 1;
      while (stop < end && marks_[stop] == marks_[begin]) ++stop;
      const std::string shown = printable(text_.substr(begin, stop - begin));
      if (marks_[begin] == Mark::none) {
        out += shown;
      } else {
        style_.paint(out, marks_[begin] == Mark::in_favour ? tone_ : Tone::underline, shown);
      }
      begin = stop;
    }
  }

 private:
  std::string_view text_;
  std::vector<Mark> marks_;
  Tone tone_;
  const Style& style_;
};

}  // namespace

void append_highlighted(std::string& out, std::string_view text, std::span<const engine::Evidence> evidence, Tone mark,
                        const Style& style, const HighlightLayout& layout) {
  const Painter painter(text, marks_of_bytes(text.size(), evidence), mark, style);
  const std::size_t room = std::max<std::size_t>(layout.columns, layout.indent + 20) - layout.indent;
  std::size_t begin = 0;  // of the line
  std::size_t end = 0;
  std::size_t visible_end = 0;  // white space at the end of a line is not shown
  std::size_t used = 0;
  const auto break_line = [&] {
    out.append(layout.indent, ' ');
    painter.paint(out, begin, std::max(begin, visible_end));
    out += '\n';
    used = 0;
  };
  while (end < text.size()) {
    const Piece piece = next_piece(text, end);
    const bool newline = piece.space && text.substr(end, piece.end - end).find('\n') != std::string_view::npos;
    if (newline || (used + piece.width > room && used > 0)) {
      break_line();
      begin = piece.space ? piece.end : end;  // nor at the beginning
      used = piece.space ? 0 : piece.width;
    } else {
      used += piece.width;
    }
    end = piece.end;
    if (!piece.space) visible_end = end;
  }
  if (end > begin) break_line();
}

}  // namespace tenor::cli
