#include "text/runs.h"

#include <utf8proc.h>

#include "text/basic_tokenizer.h"

namespace tenor::text {

namespace {

bool is_kana(char32_t code) {
  return code >= 0x3041 && code <= 0x30FF && code != 0x30FB;  // not the middle dot
}

RunKind ascii_kind(char32_t code) {
  const bool word = (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || (code >= '0' && code <= '9');
  return word ? RunKind::word : RunKind::symbol;
}

}  // namespace

RunKind run_kind(char32_t code) {
  if (code < 0x80) return ascii_kind(code);
  if (is_bert_ideograph(code) || is_kana(code)) return RunKind::han;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return RunKind::word;
    default:
      return RunKind::symbol;
  }
}

Run next_run(std::span<const char32_t> characters, std::size_t position) {
  while (position < characters.size() && is_white_space(characters[position])) ++position;
  Run run{position, position, RunKind::symbol};
  if (position == characters.size()) return run;
  run.kind = run_kind(characters[position]);
  do {
    ++run.end;
  } while (run.end < characters.size() && !is_white_space(characters[run.end]) &&
           run_kind(characters[run.end]) == run.kind);
  return run;
}

}  // namespace tenor::text
