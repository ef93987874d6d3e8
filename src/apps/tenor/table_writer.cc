// Answers for people: a block of lines a text, or one line a text.
#include "apps/tenor/row_writer.h"
#include "apps/tenor/terminal_text.h"

namespace tenor::cli {

namespace {

void append_error_line(std::string& out, const RowBatch::Row& row, const Answer& answer, const Style& style) {
  style.paint(out, Tone::negative, "✗ error");
  out += "  row " + std::to_string(row.ordinal + 1) + ": " + printable(answer.error) + "\n";
}

class PrettyRowWriter : public RowWriter {
 public:
  explicit PrettyRowWriter(const PrettyLayout& layout) : layout_(layout) {}

  KeptParts keeps() const override { return {}; }
  void append(std::string& out, const RowBatch::Row& row, const Answer& answer) const override {
    if (row.ordinal > 0) out += '\n';
    if (answer.verdict == nullptr) {
      append_error_line(out, row, answer, layout_.style);
    } else {
      append_pretty(out, *answer.verdict, row.text, layout_);
    }
  }

 private:
  PrettyLayout layout_;
};

class TableRowWriter : public RowWriter {
 public:
  explicit TableRowWriter(const PrettyLayout& layout) : layout_(layout) {}

  KeptParts keeps() const override { return {}; }
  void begin(std::string& out) const override {
    layout_.style.paint(out, Tone::dim, "   label       score  lang  text");
    out += '\n';
  }
  void append(std::string& out, const RowBatch::Row& row, const Answer& answer) const override {
    if (answer.verdict == nullptr) {
      append_error_line(out, row, answer, layout_.style);
      return;
    }
    append_verdict_line(out, row, *answer.verdict);
    append_aspect_line(out, *answer.verdict);
  }

 private:
  void append_verdict_line(std::string& out, const RowBatch::Row& row, const engine::Verdict& verdict) const {
    static constexpr std::size_t kTextColumn = 28;
    const std::string_view label = verdict.overall.label_name();
    std::string cell;
    append_padded(cell, label, 9);
    append_padded(out, emoji_of(label), 2);
    out += ' ';
    layout_.style.paint(out, tone_of(label), cell);
    append_right(out, percent(static_cast<double>(verdict.overall.score())), 8);
    out += "  ";
    append_padded(out, text::to_string(verdict.language), 4);
    out += "  ";
    const std::size_t room = layout_.columns > kTextColumn + 20 ? layout_.columns - kTextColumn : 20;
    out += clip(printable(row.text), room) + "\n";
  }

  void append_aspect_line(std::string& out, const engine::Verdict& verdict) const {
    std::string line;
    for (const engine::TaskVerdict& aspect : verdict.aspects) {
      if (aspect.label_name() == "not_mentioned") continue;
      line += line.empty() ? "   " : " · ";
      line += aspect.task->name + " " + layout_.style.painted(tone_of(aspect.label_name()), aspect.label_name());
    }
    if (!line.empty()) out += line + "\n";
  }

  PrettyLayout layout_;
};

}  // namespace

std::unique_ptr<RowWriter> make_table_writer(const PrettyLayout& layout) {
  return std::make_unique<TableRowWriter>(layout);
}

std::unique_ptr<RowWriter> make_pretty_writer(const PrettyLayout& layout) {
  return std::make_unique<PrettyRowWriter>(layout);
}

}  // namespace tenor::cli
