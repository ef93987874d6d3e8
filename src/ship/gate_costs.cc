#include "ship/gate_costs.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "base/thread_time.h"
#include "engine/engine.h"
#include "experts/encoder_expert.h"
#include "experts/linear_experts.h"
#include "gate/json_numbers.h"
#include "text/normalizer.h"

namespace tenor::ship {

namespace {

constexpr std::size_t kTimedTexts = 300;
constexpr int kTimedPasses = 9;

std::vector<const std::string*> some_texts(const data::Dataset& dataset) {
  std::vector<const std::string*> out;
  const std::size_t step = std::max<std::size_t>(1, dataset.rows.size() / kTimedTexts);
  for (std::size_t i = 0; i < dataset.rows.size(); i += step) out.push_back(&dataset.rows[i].text);
  return out;
}

std::vector<double> fastest_us(std::span<const std::string* const> texts,
                               const std::function<void(const std::string&)>& ask) {
  std::vector<double> out(texts.size(), std::numeric_limits<double>::infinity());
  for (int pass = 0; pass < kTimedPasses; ++pass) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const double begin = thread_seconds();
      ask(*texts[i]);
      out[i] = std::min(out[i], 1e6 * (thread_seconds() - begin));
    }
  }
  return out;
}

gate::StageCost two_digits(gate::StageCost cost) {
  for (double* number : {&cost.fixed_us, &cost.character_us, &cost.most_characters}) {
    *number = gate::shortest(gate::rounded(*number, 2));
  }
  return cost;
}

Result<gate::Stage> time_linear(const bundle::Bundle& bundle, std::span<const std::string* const> texts,
                                std::span<const double> characters) {
  engine::EngineOptions options;
  options.budget = engine::Budget::fast;
  const auto engine = engine::Engine::open({&bundle, 1}, options);
  if (!engine) return tl::unexpected(engine.error());
  gate::Stage stage;
  for (const bundle::Expert& expert : bundle.manifest().experts) {
    if (expert.kind == experts::kLinearKind) stage.experts.push_back(expert.name);
  }
  const engine::ScratchPtr scratch = engine->make_scratch();
  engine::Verdict verdict;
  engine::Options asked;
  asked.language = engine->models().front()->languages.front();
  asked.facts = true;  // what a gate adds to the cheap path
  const auto us =
      fastest_us(texts, [&](const std::string& text) { (void)engine->classify(text, asked, *scratch, verdict); });
  stage.cost = two_digits(fit_cost(characters, us));
  return stage;
}

Result<gate::Stage> time_encoder(const bundle::Bundle& bundle, const bundle::Expert& expert,
                                 std::span<const std::string* const> texts, std::span<const double> characters) {
  std::size_t labels = 0;
  for (const std::string& task : expert.tasks) labels += bundle.manifest().find_task(task)->labels.size();
  const auto encoder = experts::EncoderExpert::open(bundle, expert, labels, {});
  if (!encoder) return fail(encoder.error(), "expert " + expert.name);
  experts::EncoderExpertScratch scratch;
  std::vector<float> logits(labels);
  // Texts beyond the encoder's positions take no longer than those that fill them.
  double most = 0;
  bool truncates = false;
  std::vector<double> read;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const experts::Coverage coverage = encoder->tokenize(*texts[i], scratch);
    const double characters_read = characters[i] * static_cast<double>(coverage.coverage);
    truncates = truncates || coverage.truncated;
    if (coverage.truncated) most = std::max(most, characters_read);
    read.push_back(characters_read);
  }
  const auto us = fastest_us(texts, [&](const std::string& text) { encoder->score(text, scratch, logits); });
  gate::Stage stage{{expert.name}, fit_cost(read, us)};
  stage.cost.most_characters = truncates ? most : 0;
  stage.cost = two_digits(stage.cost);
  return stage;
}

}  // namespace

gate::StageCost fit_cost(std::span<const double> characters, std::span<const double> us) {
  const auto count = static_cast<double>(us.size());
  double x = 0, y = 0, xx = 0, xy = 0;
  for (std::size_t i = 0; i < us.size(); ++i) {
    x += characters[i] / count;
    y += us[i] / count;
  }
  for (std::size_t i = 0; i < us.size(); ++i) {
    xx += (characters[i] - x) * (characters[i] - x);
    xy += (characters[i] - x) * (us[i] - y);
  }
  gate::StageCost cost;
  cost.character_us = xx > 0 ? std::max(0.0, xy / xx) : 0;
  cost.fixed_us = y - cost.character_us * x;
  if (cost.fixed_us < 0) {
    cost.fixed_us = 0;
    cost.character_us = x > 0 ? y / x : 0;
  }
  return cost;
}

Result<std::vector<gate::Stage>> measure_stages(const bundle::Bundle& bundle, const DevRows& rows) {
  if (rows.dataset.rows.empty()) return fail(ErrorCode::invalid_argument, "there are no texts to time experts on");
  const auto texts = some_texts(rows.dataset);
  std::vector<double> characters;
  for (const std::string* text : texts) {
    text::NormalizedText normalized;
    text::normalize(*text, normalized);
    characters.push_back(static_cast<double>(normalized.size()));
  }
  std::vector<gate::Stage> out;
  for (const bundle::Expert& expert : bundle.manifest().experts) {
    if (expert.kind == experts::kLinearKind) continue;
    auto stage = time_encoder(bundle, expert, texts, characters);
    if (!stage) return tl::unexpected(stage.error());
    out.push_back(std::move(*stage));
  }
  double mean = 0;
  for (const double c : characters) mean += c / static_cast<double>(characters.size());
  std::stable_sort(out.begin(), out.end(),
                   [&](const gate::Stage& a, const gate::Stage& b) { return a.cost.of(mean) < b.cost.of(mean); });
  if (out.size() == bundle.manifest().experts.size()) return out;
  auto linear = time_linear(bundle, texts, characters);
  if (!linear) return tl::unexpected(linear.error());
  out.insert(out.begin(), std::move(*linear));
  return out;
}

}  // namespace tenor::ship
