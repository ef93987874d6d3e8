#include "engine/sentence_verdicts.h"

#include <algorithm>
#include <vector>

#include "text/sentences.h"

namespace tenor::engine {

namespace {

std::string_view part_of(std::string_view text, const text::Sentence& place) {
  return text.substr(place.byte_begin, place.byte_end - place.byte_begin);
}

// The model that classify() asks for a text of that language.
const Model& speaker_of(std::span<const std::unique_ptr<Model>> models, text::Language language) {
  const auto found = std::find_if(models.begin(), models.end(), [&](const auto& m) { return m->speaks(language); });
  return found == models.end() ? *models.front() : **found;
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
  plain.explain = plain.experts = false;
  StageClock clock(nullptr);
  Verdict one;
  verdict.sentences = find_sentences(text, options, scratch, verdict);
  for (const auto& model : models) {
    std::vector<SentenceVerdict*> own;
    std::vector<std::string_view> texts;
    for (SentenceVerdict& sentence : verdict.sentences) {
      if (&speaker_of(models, sentence.language) != model.get()) continue;
      own.push_back(&sentence);
      texts.push_back(part_of(text, sentence.place));
    }
    const std::vector<int> wanted = known_tasks(*model, options);
    model->read_ahead(texts, plain, wanted, scratch);
    for (scratch.ahead.text = 0; scratch.ahead.text < texts.size(); ++scratch.ahead.text) {
      text::normalize(texts[scratch.ahead.text], scratch.normalized);
      model->score(texts[scratch.ahead.text], plain, wanted, scratch, one, clock);
      SentenceVerdict& sentence = *own[scratch.ahead.text];
      sentence.model = one.model;
      sentence.overall = one.overall;
      sentence.aspects = one.aspects;
    }
    scratch.ahead.text = Scratch::ReadAhead::kNone;
  }
}

}  // namespace tenor::engine
