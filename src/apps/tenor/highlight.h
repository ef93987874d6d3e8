// The text with the stretches that decided marked in colour, broken into lines.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "apps/tenor/style.h"
#include "engine/verdict.h"

namespace tenor::cli {

struct HighlightLayout {
  std::size_t columns = 80;  // of the terminal
  std::size_t indent = 2;    // spaces before every line
};

// Evidence for the label is marked with `mark`, evidence against it is underlined; where stretches overlap, the one
// that comes first (the strongest) wins. Lines break at spaces and between Chinese characters. Each line ends in \n.
void append_highlighted(std::string& out, std::string_view text, std::span<const engine::Evidence> evidence, Tone mark,
                        const Style& style, const HighlightLayout& layout);

}  // namespace tenor::cli
