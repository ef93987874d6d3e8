// bench/canary: simulated releases, good and bad, through the stages of a canary.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "rollout/simulation.h"

namespace {

using namespace tenor::rollout;

struct Scenario {
  std::string name;
  bool bad = false;
  World world;
};

std::vector<Scenario> scenarios() {
  std::vector<Scenario> all(5, {"", true, {}});
  all[0].name = "errors 1 % -> 2 %";
  all[0].world.canary.error = 0.02;
  all[1].name = "latency +30 %";
  all[1].world.canary.latency_us *= 1.3;
  all[2].name = "accuracy 85 % -> 83 %";
  all[2].world.canary.accuracy = 0.83;
  all[3].name = "abstention 10 % -> 15 %";
  all[3].world.canary.abstention = 0.15;
  all[4].name = "labels: 5 points moved";
  all[4].world.canary.labels = {0.45, 0.25, 0.30};
  all.push_back({"good", false, {}});
  // What the model of the guard does not know of, or knows only for many samples.
  all.push_back({"good, errors 0.1 %", false, {}});
  all.back().world.live.error = all.back().world.canary.error = 0.001;
  all.push_back({"good, errors 5 %", false, {}});
  all.back().world.live.error = all.back().world.canary.error = 0.05;
  all.push_back({"good, rates swing by half", false, {}});
  all.back().world.swing = 0.5;
  all.push_back({"good, no feedback", false, {}});
  all.back().world.feedback = 0;
  all.push_back({"good, none, judged each 100", false, {}});
  all.back().world.feedback = 0;
  all.back().world.look_every = 100;
  return all;
}

struct Tally {
  std::uint64_t early = 0;  // rolled back before a quarter of the traffic
  std::uint64_t rolled_back = 0;
  std::uint64_t promoted = 0;
  std::vector<std::uint64_t> requests;
  std::vector<std::uint64_t> canary;
};

Tally tell(const CanaryPlan& plan, const World& world, std::uint64_t releases, std::uint64_t seed) {
  Tally tally;
  for (std::uint64_t i = 0; i < releases; ++i) {
    const Story story = simulate(plan, world, seed * 1'000'003 + i);
    const bool back = story.end.phase == Phase::rolled_back;
    tally.rolled_back += back ? 1 : 0;
    tally.early += back && plan.stages[story.end.stage] < 0.25 ? 1 : 0;
    tally.promoted += story.end.phase == Phase::promoted ? 1 : 0;
    tally.requests.push_back(story.requests);
    tally.canary.push_back(story.canary_requests);
  }
  std::sort(tally.requests.begin(), tally.requests.end());
  std::sort(tally.canary.begin(), tally.canary.end());
  return tally;
}

std::uint64_t at(const std::vector<std::uint64_t>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

void print_assumptions(const World& world) {
  const ArmRates& live = world.live;
  std::printf("live: errors %g, latency log-normal (median %g us, sd of log %g), abstention %g, labels %g/%g/%g,\n",
              live.error, live.latency_us, live.latency_spread, live.abstention, live.labels[0], live.labels[1],
              live.labels[2]);
  std::printf("      accuracy %g, feedback on %g of the answers; judged every %llu requests of both arms\n",
              live.accuracy, world.feedback, static_cast<unsigned long long>(world.look_every));
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t releases = 1000;
  std::uint64_t seed = 1;
  CanaryPlan plan;
  CLI::App app{"Simulated releases through the stages of a canary"};
  app.add_option("--releases", releases, "simulated releases of each kind")->check(CLI::Range(1, 1000000));
  app.add_option("--seed", seed, "of the simulation");
  app.add_option("--false-alarm", plan.guard.false_alarm, "of a release without harm");
  app.add_option("--miss", plan.guard.miss, "of a harmful release in one stage");
  CLI11_PARSE(app, argc, argv);
  if (const auto status = check(plan); !status) {
    std::fprintf(stderr, "%s\n", status.error().message.c_str());
    return 2;
  }
  print_assumptions({});
  std::printf("guard: false alarm %g over all stages and signals, miss %g a stage; %llu releases of each kind\n\n",
              plan.guard.false_alarm, plan.guard.miss, static_cast<unsigned long long>(releases));
  std::printf("%-28s %9s %9s %9s   %-25s %s\n", "release", "back<25%", "back", "promoted", "on the canary, p50 / p95",
              "of all requests, p50 / p95");
  bool kept = true;
  for (const Scenario& scenario : scenarios()) {
    const Tally tally = tell(plan, scenario.world, releases, seed);
    const auto percent = [&](std::uint64_t n) {
      return 100.0 * static_cast<double>(n) / static_cast<double>(releases);
    };
    std::printf("%-28s %8.1f%% %8.1f%% %8.1f%%   %11llu / %-11llu %11llu / %-11llu\n", scenario.name.c_str(),
                percent(tally.early), percent(tally.rolled_back), percent(tally.promoted),
                static_cast<unsigned long long>(at(tally.canary, 0.5)),
                static_cast<unsigned long long>(at(tally.canary, 0.95)),
                static_cast<unsigned long long>(at(tally.requests, 0.5)),
                static_cast<unsigned long long>(at(tally.requests, 0.95)));
    std::fflush(stdout);
    kept = kept && (scenario.bad ? percent(tally.early) >= 95 : percent(tally.rolled_back) <= 5);
  }
  std::printf("\nasked: bad ones rolled back before 25 %% of the traffic >= 95 %%, good ones rolled back <= 5 %%: %s\n",
              kept ? "kept" : "MISSED");
  return kept ? 0 : 1;
}
