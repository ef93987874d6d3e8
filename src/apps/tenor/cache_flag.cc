#include "apps/tenor/cache_flag.h"

#include <CLI/CLI.hpp>

#include "metrics/exposition_text.h"

namespace tenor::cli {

void add_cache_flag(CLI::App& command, std::size_t& megabytes) {
  command.add_option("--cache-mb", megabytes, "Memory for verdicts of texts that come again, byte by byte; 0: none")
      ->check(CLI::Range(std::size_t{0}, std::size_t{1} << 20).description(""))
      ->type_name("MIB")
      ->capture_default_str();
}

std::unique_ptr<engine::VerdictCache> make_cache(std::size_t megabytes) {
  return megabytes == 0 ? nullptr : std::make_unique<engine::VerdictCache>(megabytes << 20);
}

void append_cache_metrics(std::string& out, const engine::VerdictCache& cache) {
  using metrics::FamilyType;
  const auto figures = cache.figures();
  const auto append = [&out](FamilyType type, const char* name, const char* help, std::uint64_t value) {
    metrics::append_family(out, type, name, help, {{{}, static_cast<double>(value)}});
  };
  append(FamilyType::counter, "tenor_cache_hits_total", "Texts answered from the cache", figures.hits);
  append(FamilyType::counter, "tenor_cache_misses_total", "Texts that were not in the cache", figures.misses);
  append(FamilyType::counter, "tenor_cache_evictions_total", "Verdicts that made room for others", figures.evictions);
  append(FamilyType::gauge, "tenor_cache_entries", "Verdicts in the cache", figures.entries);
  append(FamilyType::gauge, "tenor_cache_bytes", "Memory of the verdicts in the cache", figures.bytes);
  append(FamilyType::gauge, "tenor_cache_limit_bytes", "Memory that they may take", figures.limit);
}

}  // namespace tenor::cli
