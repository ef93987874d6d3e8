#include "apps/tenor/judgement_text.h"

#include <algorithm>

#include "apps/tenor/terminal_text.h"
#include "eval/report_text.h"

namespace tenor::cli {

void append_text(std::string& out, const judge::Judgement& judgement) {
  out += "== " + printable(judgement.name) + ": " + grouped(judgement.rows) + " rows";
  if (judgement.unscored > 0) out += ", " + grouped(judgement.unscored) + " without visible text left out";
  out += "\n\n";
  if (judgement.overall) {
    out += judgement.two_class ? "overall, two classes (no neutral in the gold labels)\n" : "overall, three classes\n";
    out += eval::to_table(*judgement.overall) + "\n";
  }
  if (judgement.aspects) out += "aspects\n" + eval::to_table(*judgement.aspects) + "\n";
  if (!judgement.overall && !judgement.aspects) out += "no labelled rows that this model can be judged by\n\n";
}

void append_breakdown(std::string& out, const std::string& by, const std::vector<judge::Judgement>& groups) {
  std::size_t width = display_width(by);
  for (const judge::Judgement& group : groups) width = std::max(width, display_width(printable(group.name)));
  append_padded(out, by, width);
  out += "      rows  classes  accuracy  macro-F1  macro recall\n";
  for (const judge::Judgement& group : groups) {
    append_padded(out, printable(group.name), width);
    append_right(out, grouped(group.rows), 10);
    if (group.overall) {
      append_right(out, group.two_class ? "2" : "3", 9);
      append_right(out, eval::four_digits(group.overall->accuracy.value), 10);
      append_right(out, eval::four_digits(group.overall->macro_f1.value), 10);
      append_right(out, eval::four_digits(group.overall->macro_recall.value), 14);
    }
    out += '\n';
  }
  out += '\n';
}

}  // namespace tenor::cli
