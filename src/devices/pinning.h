// Where threads run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "devices/device.h"

namespace tenor::devices {

enum class Pinning : std::uint8_t {
  automatic,  // nodes where there are several, else off
  off,        // the kernel decides
  nodes,      // each worker stays on one NUMA node, so that its memory is near
  cores,      // each worker stays on one processor, as long as there are enough
};
// "auto", "off", "nodes", "cores"
std::optional<Pinning> parse_pinning(std::string_view name);

// For each worker the processors that it may run on; empty: wherever it likes. Nodes get workers in proportion to their
// processors. Pure.
std::vector<std::vector<unsigned>> plan_pins(std::span<const NumaNode> nodes, std::size_t workers, Pinning pinning);

// Of the calling thread; false where the kernel refuses. Empty: nothing is done.
bool pin_this_thread(std::span<const unsigned> cpus);

}  // namespace tenor::devices
