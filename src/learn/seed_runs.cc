#include "learn/seed_runs.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <set>

#include "base/file_system.h"
#include "bundle/json_object.h"
#include "learn/body_files.h"

namespace tenor::learn {

namespace {

constexpr float kTieBreak = 1e-3f;  // of a mean probability beside a vote

std::vector<float> mean_of(const std::vector<std::vector<float>>& probabilities) {
  std::vector<float> out(probabilities.front().size(), 0);
  for (const std::vector<float>& one : probabilities) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += one[i] / static_cast<float>(probabilities.size());
  }
  return out;
}

// A vote for the most probable label of each task; neutral has none in rows of sources that do not know it.
void add_votes(std::span<const TaskInfo> tasks, std::span<const Example> examples, std::span<const float> probabilities,
               std::span<float> votes) {
  const std::size_t outputs = votes.size() / std::max<std::size_t>(1, examples.size());
  for (std::size_t r = 0; r < examples.size(); ++r) {
    for (const TaskInfo& task : tasks) {
      const std::size_t first = r * outputs + task.first_output;
      std::size_t best = task.labels.size();
      for (std::size_t l = 0; l < task.labels.size(); ++l) {
        if (examples[r].two_class && !task.aspect && task.labels[l] == "neutral") continue;
        if (best == task.labels.size() || probabilities[first + l] > probabilities[first + best]) best = l;
      }
      if (best < task.labels.size()) votes[first + best] += 1;
    }
  }
}

bundle::JsonObject json_of(const Scores& scores) {
  bundle::JsonObject json;
  for (const auto& [name, score] : scores) json.set(name, score);
  return json;
}

Status check(std::span<const std::uint64_t> seeds) {
  if (seeds.empty()) return fail(ErrorCode::invalid_argument, "seeds: expected at least one");
  if (std::set<std::uint64_t>(seeds.begin(), seeds.end()).size() < seeds.size()) {
    return fail(ErrorCode::invalid_argument, "seeds: expected different ones");
  }
  return {};
}

std::string folder_of(const std::string& out, std::uint64_t seed) {
  return (std::filesystem::path(out) / ("seed-" + std::to_string(seed))).string();
}

Result<SeedReport> judge_runs(const FinetuneConfig& config, const FinetuneContext& context,
                              std::span<const std::uint64_t> seeds) {
  std::optional<ExampleSet> set;
  std::vector<std::vector<float>> probabilities;
  for (const std::uint64_t seed : seeds) {
    const auto model = load_model(folder_of(context.run.out, seed));
    if (!model) return tl::unexpected(model.error());
    if (!set) {
      const auto tokenizer = body_tokenizer(model->vocab_txt);
      if (!tokenizer) return tl::unexpected(tokenizer.error());
      auto examples = load_examples(config.spaces, context.rows, *tokenizer, config.reading);
      if (!examples) return tl::unexpected(examples.error());
      set = *std::move(examples);
      if (set->dev.empty()) {
        return fail(ErrorCode::invalid_argument, "seeds are compared on dev rows, and there is none");
      }
    }
    probabilities.push_back(predict(model->config, model->parameters, set->tasks, set->dev,
                                    *choose_precision(config.training.precision, torch::kCPU)));
  }
  return judge_seeds(seeds, set->tasks, set->dev, probabilities);
}

}  // namespace

SeedReport judge_seeds(std::span<const std::uint64_t> seeds, std::span<const TaskInfo> tasks,
                       std::span<const Example> examples, const std::vector<std::vector<float>>& probabilities) {
  SeedReport report;
  report.seeds.assign(seeds.begin(), seeds.end());
  const std::vector<float> mean = mean_of(probabilities);
  std::vector<float> votes = mean;
  for (float& vote : votes) vote *= kTieBreak;
  for (const std::vector<float>& one : probabilities) {
    report.scores.push_back(score_examples(tasks, examples, one));
    add_votes(tasks, examples, one, votes);
  }
  report.averaged = score_examples(tasks, examples, mean);
  report.voted = score_examples(tasks, examples, votes);
  const auto count = static_cast<double>(seeds.size());
  for (const auto& [name, unused] : report.averaged) {
    double sum = 0, squares = 0;
    for (const Scores& scores : report.scores) sum += scores.at(name);
    for (const Scores& scores : report.scores) squares += std::pow(scores.at(name) - sum / count, 2);
    report.mean[name] = sum / count;
    report.deviation[name] = count > 1 ? std::sqrt(squares / (count - 1)) : 0;
  }
  return report;
}

std::string to_text(const SeedReport& report) {
  std::string out;
  const auto line = [&](const std::string& title, const auto& cells) {
    char cell[64];
    std::snprintf(cell, sizeof cell, "%-12s", title.c_str());
    out += cell;
    for (const auto& [name, score] : report.mean) {
      const int width = static_cast<int>(std::max<std::size_t>(name.size(), 6)) + 2;
      std::snprintf(cell, sizeof cell, "%*s", width, cells(name).c_str());
      out += cell;
    }
    out += "\n";
  };
  const auto numbers = [&](const std::string& title, const Scores& scores) {
    line(title, [&](const std::string& name) {
      char number[32];
      std::snprintf(number, sizeof number, "%.4f", scores.at(name));
      return std::string(number);
    });
  };
  line("seed", [](const std::string& name) { return name; });
  for (std::size_t s = 0; s < report.seeds.size(); ++s) numbers(std::to_string(report.seeds[s]), report.scores[s]);
  numbers("mean", report.mean);
  numbers("deviation", report.deviation);
  numbers("averaged", report.averaged);
  numbers("voted", report.voted);
  return out;
}

std::string to_json(const SeedReport& report) {
  bundle::JsonObject json;
  std::vector<bundle::JsonObject> runs;
  for (std::size_t s = 0; s < report.seeds.size(); ++s) {
    bundle::JsonObject run;
    runs.push_back(run.set("seed", report.seeds[s]).set("dev", json_of(report.scores[s])));
  }
  json.set("runs", runs).set("mean", json_of(report.mean)).set("deviation", json_of(report.deviation));
  json.set("averaged", json_of(report.averaged)).set("voted", json_of(report.voted));
  return json.dump() + "\n";
}

Result<std::optional<SeedReport>> finetune_seeds(const FinetuneConfig& config, const FinetuneContext& context,
                                                 std::span<const std::uint64_t> seeds) {
  if (auto status = check(seeds); !status) return tl::unexpected(status.error());
  for (const std::uint64_t seed : seeds) {
    FinetuneConfig own = config;
    own.seed = seed;
    FinetuneContext place = context;
    place.run.out = folder_of(context.run.out, seed);
    context.run.say("seed " + std::to_string(seed));
    const auto finished = finetune(own, place);
    if (!finished) return fail(finished.error(), "seed " + std::to_string(seed));
    if (!*finished) return std::optional<SeedReport>();
  }
  auto report = judge_runs(config, context, seeds);
  if (!report) return tl::unexpected(report.error());
  if (auto status = write_file_atomic(std::filesystem::path(context.run.out) / "seeds.json", to_json(*report));
      !status) {
    return tl::unexpected(status.error());
  }
  return std::optional<SeedReport>(*std::move(report));
}

}  // namespace tenor::learn
