// The answer for one text as people like to read it in a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "apps/tenor/style.h"
#include "engine/verdict.h"

namespace tenor::cli {

struct PrettyLayout {
  Style style{false};
  std::size_t columns = 80;
};

// Verdict, bars, the text with its evidence (where the verdict carries some), the aspects that were mentioned. Several
// lines, each ending in \n. `text` is the original that was classified.
void append_pretty(std::string& out, const engine::Verdict& verdict, std::string_view text, const PrettyLayout& layout);

}  // namespace tenor::cli
