// The model card of a linear bundle: what it is, what it learned from, on which terms, how to make it again, how good.
#pragma once

#include <string>
#include <vector>

#include "ship/linear_bundle.h"

namespace tenor::ship {

// One measured file of the card's table; figures that a file does not have are absent.
struct CardScore {
  std::string file;
  std::string measure;  // "macro-F1, three classes"
  std::string value;    // "0.6312 (0.6120 to 0.6499)"
};

// Markdown, the same for the same input. `scores` are those of the shipped bundle on the configuration's test files.
std::string linear_card(const LinearBundleInput& input, const std::vector<CardScore>& scores);

}  // namespace tenor::ship
