// --cache-mb: verdicts of texts that come again, and what is told of them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "engine/verdict_cache.h"

namespace CLI {
class App;
}

namespace tenor::cli {

// Some 140,000 verdicts without aspects and explanations.
inline constexpr std::size_t kDefaultCacheMegabytes = 64;

void add_cache_flag(CLI::App& command, std::size_t& megabytes);

// Null for 0.
std::unique_ptr<engine::VerdictCache> make_cache(std::size_t megabytes);

// Its families in Prometheus' text format.
void append_cache_metrics(std::string& out, const engine::VerdictCache& cache);

}  // namespace tenor::cli
