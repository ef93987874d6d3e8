// The golden answers that a bundle ships with: what it must answer wherever it is opened.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "bundle/bundle_writer.h"
#include "judge/behaviour_cases.h"

namespace tenor::ship {

inline constexpr std::size_t kGoldenTexts = 32;

// At most kGoldenTexts texts of the cases, evenly spread over them: written for the project, so that no corpus ships.
std::vector<std::string> golden_texts(const std::vector<judge::BehaviourCase>& cases);

// Asks the real engine and puts golden.json into the writer, in place of what was there. `draft` is what the writer
// holds, open.
Status add_golden(const bundle::Bundle& draft, const std::vector<std::string>& texts, bundle::BundleWriter& writer);

// The same for the texts of the golden answers that the draft has, if any: after a change of what it answers.
Status remake_golden(const bundle::Bundle& draft, bundle::BundleWriter& writer);

}  // namespace tenor::ship
