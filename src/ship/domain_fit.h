// Rows of known domains -> the gate's cue for the domain of a text.
#pragma once

#include <cstdint>
#include <span>

#include "gate/features.h"
#include "ship/gate_rows.h"

namespace tenor::ship {

// Which domains have enough rows to tell apart, by name, at most kMaxDomains; empty where only one has.
std::vector<std::string> domains_to_tell(const GateRows& rows);

// A softmax regression over hashed pairs of characters on the rows of those domains with use[row] != 0, held small
// (it is only a cue), rounded to int8. Deterministic.
gate::DomainCue fit_domain_cue(const GateRows& rows, const std::vector<std::string>& domains,
                               std::span<const std::uint8_t> use);

// The cue's probabilities of a row.
void find_domains(const gate::DomainCue& cue, std::span<const std::uint16_t> pairs, std::span<float> probabilities);

}  // namespace tenor::ship
