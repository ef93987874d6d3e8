// A verified bundle as text for people and as JSON.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "bundle/bundle.h"

namespace tenor::cli {

struct BundleReport {
  const bundle::Bundle* bundle = nullptr;
  std::uint64_t own_bytes = 0;  // by which opening the model made the process grow, the mapped file not counted
};

// Several lines, each ending in \n.
void append_text(std::string& out, const BundleReport& report);

// One JSON array and a line end.
void append_json(std::string& out, std::span<const BundleReport> reports);

// "1.5 MB" (powers of ten, as file managers and `ls --si` count).
std::string size_text(std::uint64_t bytes);

}  // namespace tenor::cli
