// From n-grams to features, from features to margins, and the whole of a classification.
#include <benchmark/benchmark.h>

#include "corpus.h"
#include "engine/engine.h"

namespace {

using namespace tenor;
using bench::TextKind;

std::vector<std::vector<text::Ngram>> ngrams_of(TextKind kind, const bench::OverallModel& model) {
  std::vector<std::vector<text::Ngram>> all(bench::texts(kind).size());
  text::NormalizedText normalized;
  text::NgramScratch scratch;
  for (std::size_t t = 0; t < all.size(); ++t) {
    text::normalize(bench::texts(kind)[t], normalized);
    text::extract_ngrams(normalized, model.settings.ngrams, scratch, all[t]);
  }
  return all;
}

void vectorize_and_score(benchmark::State& state) {
  const auto kind = static_cast<TextKind>(state.range(0));
  const bench::OverallModel* model = bench::overall_model(kind);
  if (model == nullptr) return state.SkipWithError("this build has no built-in models");
  const bool scores = state.range(1) != 0;
  const auto ngrams = ngrams_of(kind, *model);
  experts::FeatureCounter counter;
  experts::FeatureVector features;
  std::vector<float> margins(model->experts.experts() * model->experts.outputs());
  std::size_t i = 0;
  std::size_t count = 0;
  for (auto _ : state) {
    model->experts.vectorize(ngrams[i], counter, features);
    if (scores) model->experts.score(features, margins);
    benchmark::DoNotOptimize(features.values.data());
    benchmark::DoNotOptimize(margins.data());
    count += features.ids.size();
    i = i + 1 == ngrams.size() ? 0 : i + 1;
  }
  state.counters["features/text"] = benchmark::Counter(static_cast<double>(count), benchmark::Counter::kAvgIterations);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  state.SetLabel(std::string(bench::to_string(kind)) + (scores ? ", vectorize and score" : ", vectorize"));
}
BENCHMARK(vectorize_and_score)->ArgsProduct({{0, 1, 2}, {0, 1}});

void classify(benchmark::State& state) {
  const auto kind = static_cast<TextKind>(state.range(0));
  const auto engine = engine::Engine::open_embedded();
  if (!engine) return state.SkipWithError("this build has no built-in models");
  engine::Options options;
  options.all_aspects = state.range(1) != 0;
  const auto scratch = engine->make_scratch();
  engine::Verdict verdict;
  const auto& texts = bench::texts(kind);
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(engine->classify(texts[i], options, *scratch, verdict));
    i = i + 1 == texts.size() ? 0 : i + 1;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  state.SetLabel(std::string(bench::to_string(kind)) + (options.all_aspects ? ", with aspects" : ", overall"));
}
BENCHMARK(classify)->ArgsProduct({{0, 1, 2}, {0, 1}});

}  // namespace
