#include "devices/pinning.h"

#include <pthread.h>
#include <sched.h>

namespace tenor::devices {

namespace {

constexpr unsigned kPinnableCpus = 4096;

// The node with the most processors to a worker, once it has one more.
std::size_t roomiest(std::span<const NumaNode> nodes, std::span<const std::size_t> taken) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    if (nodes[i].cpus.size() * (taken[best] + 1) > nodes[best].cpus.size() * (taken[i] + 1)) best = i;
  }
  return best;
}

}  // namespace

std::optional<Pinning> parse_pinning(std::string_view name) {
  if (name == "auto") return Pinning::automatic;
  if (name == "off") return Pinning::off;
  if (name == "nodes") return Pinning::nodes;
  return name == "cores" ? std::optional(Pinning::cores) : std::nullopt;
}

std::vector<std::vector<unsigned>> plan_pins(std::span<const NumaNode> nodes, std::size_t workers, Pinning pinning) {
  std::vector<std::vector<unsigned>> pins(workers);
  const bool off = pinning == Pinning::off || (pinning == Pinning::automatic && nodes.size() < 2);
  if (off || nodes.empty()) return pins;
  std::vector<std::size_t> taken(nodes.size());
  std::vector<std::size_t> homes;
  for (std::size_t worker = 0; worker < workers; ++worker) {
    homes.push_back(roomiest(nodes, taken));
    ++taken[homes.back()];
  }
  std::vector<std::size_t> next(nodes.size());
  for (std::size_t worker = 0; worker < workers; ++worker) {
    const std::vector<unsigned>& cpus = nodes[homes[worker]].cpus;
    const bool own = pinning == Pinning::cores && taken[homes[worker]] <= cpus.size();
    pins[worker] = own ? std::vector<unsigned>{cpus[next[homes[worker]]++]} : cpus;
  }
  return pins;
}

bool pin_this_thread(std::span<const unsigned> cpus) {
  if (cpus.empty()) return true;
  cpu_set_t* set = CPU_ALLOC(kPinnableCpus);
  if (set == nullptr) return false;
  const std::size_t size = CPU_ALLOC_SIZE(kPinnableCpus);
  CPU_ZERO_S(size, set);
  for (const unsigned cpu : cpus) CPU_SET_S(cpu, size, set);
  const bool pinned = pthread_setaffinity_np(pthread_self(), size, set) == 0;
  CPU_FREE(set);
  return pinned;
}

}  // namespace tenor::devices
