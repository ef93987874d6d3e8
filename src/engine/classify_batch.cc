// Many texts at once: cheap experts score each, dearer ones those that are worth it, packed together.
#include <algorithm>
#include <limits>
#include <vector>

#include "engine/ask_together.h"
#include "engine/engine.h"
#include "engine/model.h"
#include "engine/sentence_verdicts.h"
#include "engine/stage_clock.h"

namespace tenor::engine {

namespace {

// Enough for full encoder batches, few enough for what is kept of each text to stay small.
constexpr std::size_t kBatchTexts = 256;

}  // namespace

void Engine::classify_batch(std::span<const std::string_view> texts, const Options& options, Scratch& scratch,
                            std::span<Verdict> verdicts, std::span<Status> statuses, StageTimes* times) const {
  Options rest = options;
  const auto spent_so_far = [&](std::size_t count) {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += statuses[i] ? verdicts[i].estimated_us : 0;
    return sum;
  };
  // Explanations need what the last text left in the scratch.
  if (options.explain || texts.size() == 1) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (options.deadline_us) rest.deadline_us = *options.deadline_us - spent_so_far(i);
      statuses[i] = classify(texts[i], rest, scratch, verdicts[i], times);
    }
    return;
  }
  for (std::size_t begin = 0; begin < texts.size(); begin += kBatchTexts) {
    const std::size_t count = std::min(kBatchTexts, texts.size() - begin);
    if (options.deadline_us) rest.deadline_us = *options.deadline_us - spent_so_far(begin);
    classify_block(texts.subspan(begin, count), rest, scratch, verdicts.subspan(begin, count),
                   statuses.subspan(begin, count), times);
  }
}

void Engine::classify_block(std::span<const std::string_view> texts, const Options& options, Scratch& scratch,
                            std::span<Verdict> verdicts, std::span<Status> statuses, StageTimes* times) const {
  StageClock clock(times);
  const double tokenized = scratch.encoder.tokenize_seconds;
  if (scratch.batch.size() < texts.size()) scratch.batch.resize(texts.size());
  double left = options.deadline_us.value_or(std::numeric_limits<double>::infinity());
  std::vector<Model::Question> asked;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    TextState& state = scratch.batch[i];
    statuses[i] = begin(texts[i], options, scratch, state, verdicts[i], clock);
    if (!statuses[i]) continue;
    left -= state.estimated_us;
    asked.push_back({texts[i], &state, &verdicts[i]});
  }
  ask_together(asked, options, left, scratch);
  clock.end(&StageTimes::experts);
  for (const auto& [text, state, verdict] : asked) {
    state->model->finish(text, options, *state, scratch, *verdict);
    judge_sentences(models_, text, options, scratch, *verdict);
  }
  clock.end(&StageTimes::fuse);
  if (times != nullptr) times->tokenize += scratch.encoder.tokenize_seconds - tokenized;
}

}  // namespace tenor::engine
