#include "devices/cpu_parsers.h"

#include <algorithm>
#include <charconv>

namespace tenor::devices {

namespace {

constexpr unsigned kMostCpus = 4096;
constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 62U;

// The next line of `rest`, without its end.
std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

std::string_view take_word(std::string_view& rest) {
  constexpr std::string_view kSpace = " \t\n";
  rest.remove_prefix(std::min(rest.find_first_not_of(kSpace), rest.size()));
  const auto end = std::min(rest.find_first_of(kSpace), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

template <class Number>
std::optional<Number> to_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

template <class Number>
std::optional<Number> take_number(std::string_view& rest) {
  return to_number<Number>(take_word(rest));
}

}  // namespace

std::optional<CpuTicks> parse_stat(std::string_view text) {
  std::string_view line = take_line(text);
  if (take_word(line) != "cpu") return std::nullopt;
  // user nice system idle iowait irq softirq steal; guests are counted within the first two.
  constexpr std::size_t kColumns = 8, kIdle = 3, kWaiting = 4;
  CpuTicks ticks;
  for (std::size_t column = 0; column < kColumns; ++column) {
    const auto value = take_number<std::uint64_t>(line);
    if (!value && column <= kIdle) return std::nullopt;
    if (!value) break;  // an older kernel
    ticks.total += *value;
    if (column != kIdle && column != kWaiting) ticks.busy += *value;
  }
  return ticks;
}

std::optional<double> load_between(const CpuTicks& before, const CpuTicks& after) {
  if (after.total <= before.total || after.busy < before.busy) return std::nullopt;
  const double share = static_cast<double>(after.busy - before.busy) / static_cast<double>(after.total - before.total);
  return std::min(share, 1.0);
}

std::optional<MemoryInfo> parse_meminfo(std::string_view text) {
  constexpr std::uint64_t kKilobyte = 1024;
  const auto total = parse_named(text, "MemTotal:");
  auto available = parse_named(text, "MemAvailable:");
  if (!available) available = parse_named(text, "MemFree:");  // kernels before 3.14
  if (!total || !available) return std::nullopt;
  return MemoryInfo{*total * kKilobyte, std::min(*available, *total) * kKilobyte};
}

std::vector<unsigned> parse_cpu_list(std::string_view text) {
  std::vector<unsigned> cpus;
  std::string_view rest = take_line(text);
  while (!rest.empty()) {
    const auto comma = std::min(rest.find(','), rest.size());
    const std::string_view range = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    const auto dash = range.find('-');
    const auto first = to_number<unsigned>(range.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : to_number<unsigned>(range.substr(dash + 1));
    if (!first || !last) continue;
    for (unsigned cpu = *first; cpu <= *last && cpu < kMostCpus; ++cpu) cpus.push_back(cpu);
  }
  std::sort(cpus.begin(), cpus.end());
  cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
  return cpus;
}

CgroupPaths parse_cgroup(std::string_view text) {
  CgroupPaths paths;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const auto first = line.find(':');
    const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string path(line.substr(second + 1));
    if (controllers.empty()) paths.v2 = path;
    while (!controllers.empty()) {
      const auto comma = std::min(controllers.find(','), controllers.size());
      const std::string_view name = controllers.substr(0, comma);
      if (name == "cpu") paths.v1_cpu = path;
      if (name == "memory") paths.v1_memory = path;
      controllers.remove_prefix(std::min(comma + 1, controllers.size()));
    }
  }
  return paths;
}

std::optional<double> parse_cpu_max(std::string_view text) {
  const std::string_view quota = take_word(text);
  return parse_cfs(quota, text);
}

std::optional<double> parse_cfs(std::string_view quota, std::string_view period) {
  const auto used = take_number<std::int64_t>(quota);
  const auto all = take_number<std::int64_t>(period);
  if (!used || !all || *used < 1 || *all < 1) return std::nullopt;
  return static_cast<double>(*used) / static_cast<double>(*all);
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  const auto value = take_number<std::uint64_t>(text);
  return value && *value < kNoLimit ? value : std::nullopt;
}

std::optional<std::uint64_t> parse_named(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (take_word(line) == name) return take_number<std::uint64_t>(line);
  }
  return std::nullopt;
}

}  // namespace tenor::devices
