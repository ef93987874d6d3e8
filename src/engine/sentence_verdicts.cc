#include "engine/sentence_verdicts.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "engine/ask_together.h"
#include "engine/speaker.h"
#include "text/sentences.h"

namespace tenor::engine {

namespace {

std::string_view part_of(std::string_view text, const text::Sentence& place) {
  return text.substr(place.byte_begin, place.byte_end - place.byte_begin);
}

// Of the aspects asked for, those that the model knows: a sentence may be in another language than the text.
std::vector<int> known_tasks(const Model& model, const Options& options) {
  std::vector<int> tasks;
  const std::vector<TaskInfo>& all = model.info().tasks;
  for (std::size_t t = 1; t < all.size(); ++t) {
    const auto named = std::find(options.aspects.begin(), options.aspects.end(), all[t].name);
    if (options.all_aspects || named != options.aspects.end()) tasks.push_back(static_cast<int>(t));
  }
  return tasks;
}

// Sentences that show the models something, with the language of each.
std::vector<SentenceVerdict> find_sentences(std::string_view text, const Options& options, Scratch& scratch,
                                            Verdict& verdict) {
  std::vector<SentenceVerdict> out;
  const std::vector<text::Sentence> places = text::split_sentences(text);
  for (std::size_t s = 0; s < places.size(); ++s) {
    if (out.size() == kMaxSentences) {
      verdict.sentences_left_out = static_cast<std::uint32_t>(places.size() - s);
      break;
    }
    text::normalize(part_of(text, places[s]), scratch.normalized);
    if (scratch.normalized.empty()) continue;
    SentenceVerdict& sentence = out.emplace_back();
    sentence.place = places[s];
    sentence.language = options.language.value_or(text::told_language(scratch.normalized).value_or(verdict.language));
  }
  return out;
}

}  // namespace

void judge_sentences(std::span<const std::unique_ptr<Model>> models, std::string_view text, const Options& options,
                     Scratch& scratch, Verdict& verdict) {
  verdict.by_sentence = options.granularity == Granularity::sentence;
  verdict.sentences.clear();
  verdict.sentences_left_out = 0;
  if (!verdict.by_sentence) return;
  Options plain = options;
  plain.explain = plain.experts = plain.facts = false;
  double left = options.deadline_us.value_or(std::numeric_limits<double>::infinity()) - verdict.estimated_us;
  StageClock clock(nullptr);
  verdict.sentences = find_sentences(text, options, scratch, verdict);
  // Not the scratch's: a batch's states may be in use.
  std::vector<TextState> states(verdict.sentences.size());
  std::vector<Verdict> answers(verdict.sentences.size());
  std::vector<Model::Question> asked;
  for (std::size_t s = 0; s < states.size(); ++s) {
    const SentenceVerdict& sentence = verdict.sentences[s];
    const Model& model = *speaker_of(models, options.model, sentence.language);
    const std::string_view part = part_of(text, sentence.place);
    text::normalize(part, scratch.normalized);
    states[s].wanted = known_tasks(model, options);
    model.begin(plain, scratch, states[s], answers[s], clock);
    left -= states[s].estimated_us;
    asked.push_back({part, &states[s], &answers[s]});
  }
  ask_together(asked, plain, left, scratch);
  for (std::size_t s = 0; s < states.size(); ++s) {
    // A sentence in another language than the text's may be another model's.
    plain.method = options.method && states[s].model->has_method(*options.method) ? options.method : std::nullopt;
    states[s].model->finish(asked[s].text, plain, states[s], scratch, answers[s]);
    SentenceVerdict& sentence = verdict.sentences[s];
    sentence.model = answers[s].model;
    sentence.gated = answers[s].gated;
    sentence.overall = std::move(answers[s].overall);
    sentence.aspects = std::move(answers[s].aspects);
  }
}

}  // namespace tenor::engine
