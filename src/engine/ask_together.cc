#include "engine/ask_together.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace tenor::engine {

namespace {

// Texts that a model's next stage is to be asked about.
struct Round {
  const Model* model = nullptr;
  std::size_t stage = 0;
  std::vector<Model::Question> questions;
};

}  // namespace

void ask_together(std::span<const Model::Question> texts, const Options& options, double left_us, Scratch& scratch) {
  std::vector<Model::Question> waiting(texts.begin(), texts.end());
  while (!waiting.empty()) {
    std::vector<Round> rounds;
    std::vector<Model::Question> asked;
    for (const Model::Question& text : waiting) {
      const Model* model = text.state->model;
      const std::size_t stage = model->next_stage(options, *text.state, left_us, scratch);
      if (stage == Model::kNone) continue;
      left_us -= model->cost_of(stage, *text.state);
      auto round = std::find_if(rounds.begin(), rounds.end(),
                                [&](const Round& r) { return r.model == model && r.stage == stage; });
      if (round == rounds.end()) round = rounds.insert(round, {model, stage, {}});
      round->questions.push_back(text);
      asked.push_back(text);
    }
    for (const Round& round : rounds) round.model->ask(round.stage, round.questions, scratch);
    waiting = std::move(asked);
  }
}

}  // namespace tenor::engine
