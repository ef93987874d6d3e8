// Normalising and cutting into n-grams.
#include <benchmark/benchmark.h>

#include "corpus.h"
#include "text/ngrams.h"
#include "text/normalizer.h"

namespace {

using namespace tenor;
using bench::TextKind;

void report(benchmark::State& state, TextKind kind) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  state.SetLabel(std::string(bench::to_string(kind)) + (bench::from_data() ? ", real texts" : ", made-up texts"));
}

void normalize(benchmark::State& state) {
  const auto kind = static_cast<TextKind>(state.range(0));
  const auto& texts = bench::texts(kind);
  text::NormalizedText out;
  std::size_t i = 0;
  std::int64_t bytes = 0;
  for (auto _ : state) {
    text::normalize(texts[i], out);
    benchmark::DoNotOptimize(out.chars.data());
    bytes += static_cast<std::int64_t>(texts[i].size());
    i = i + 1 == texts.size() ? 0 : i + 1;
  }
  state.SetBytesProcessed(bytes);
  report(state, kind);
}
BENCHMARK(normalize)->DenseRange(0, 2);

void extract_ngrams(benchmark::State& state) {
  const auto kind = static_cast<TextKind>(state.range(0));
  const bench::OverallModel* model = bench::overall_model(kind);
  if (model == nullptr) return state.SkipWithError("this build has no built-in models");
  std::vector<text::NormalizedText> normalized(bench::texts(kind).size());
  for (std::size_t t = 0; t < normalized.size(); ++t) text::normalize(bench::texts(kind)[t], normalized[t]);
  text::NgramScratch scratch;
  std::vector<text::Ngram> ngrams;
  std::size_t i = 0;
  std::size_t count = 0;
  for (auto _ : state) {
    text::extract_ngrams(normalized[i], model->settings.ngrams, scratch, ngrams);
    benchmark::DoNotOptimize(ngrams.data());
    count += ngrams.size();
    i = i + 1 == normalized.size() ? 0 : i + 1;
  }
  state.counters["ngrams/text"] = benchmark::Counter(static_cast<double>(count), benchmark::Counter::kAvgIterations);
  report(state, kind);
}
BENCHMARK(extract_ngrams)->DenseRange(0, 2);

}  // namespace
