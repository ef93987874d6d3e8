// The model card of a linear bundle: what it is, what it learned from, on which terms, how to make it again, how good.
#pragma once

#include <string>
#include <vector>

#include "ship/card_scores.h"
#include "ship/linear_bundle.h"

namespace tenor::ship {

// Markdown, the same for the same input. `scores` are those of the shipped bundle on the configuration's test files.
std::string linear_card(const LinearBundleInput& input, const std::vector<CardScore>& scores);

}  // namespace tenor::ship
