#include "engine/model.h"

#include <algorithm>
#include <numeric>

#include "gate/fusion.h"

namespace tenor::engine {

Result<Model> Model::open(const bundle::Bundle& bundle, const EngineOptions& options) {
  Model model;
  if (auto status = model.read(bundle, options); !status) return fail(status.error(), bundle.origin());
  return model;
}

Status Model::read(const bundle::Bundle& bundle, const EngineOptions& options) {
  const bundle::Manifest& manifest = bundle.manifest();
  budget_ = options.budget;
  info_.name = manifest.name;
  info_.version = manifest.version;
  info_.digest = bundle.digest();
  if (auto status = read_tasks(manifest); !status) return status;
  for (const bundle::Expert& expert : manifest.experts) {
    info_.experts.push_back(expert.name);
    if (expert.kind == experts::kLinearKind) {
      experts_.push_back({true, linear_names_.size()});
      linear_names_.push_back(expert.name);
    } else if (expert.kind == experts::kEncoderKind) {
      experts_.push_back({false, encoders_.size()});
      if (auto status = read_encoder(bundle, expert, options); !status) return status;
    } else {
      return fail(ErrorCode::unsupported, "expert '" + expert.name + "' is of kind '" + expert.kind +
                                              "', which this program does not know (linear, encoder)");
    }
  }
  if (auto status = read_spaces(bundle); !status) return status;
  for (std::size_t task = 0; task < places_.size(); ++task) {
    const bool encoded = std::any_of(encoders_.begin(), encoders_.end(),
                                     [&](const EncoderPlace& encoder) { return encoder.first_label[task] != kNone; });
    if (places_[task].space == kNone && !encoded) {
      return fail(ErrorCode::corrupt, "no expert scores task '" + info_.tasks[task].name + "'");
    }
  }
  return read_fusions(manifest.fusion);
}

Status Model::read_fusions(const bundle::JsonObject& settings) {
  std::vector<gate::ScoredTask> tasks;
  for (std::size_t t = 0; t < info_.tasks.size(); ++t) {
    const auto count = std::count_if(experts_.begin(), experts_.end(),
                                     [&](ExpertPlace expert) { return scores(expert, static_cast<int>(t)); });
    tasks.push_back({info_.tasks[t].name, info_.tasks[t].labels.size(), static_cast<std::size_t>(count)});
  }
  auto fusions = gate::read_task_fusions(settings, tasks);
  if (!fusions) return tl::unexpected(fusions.error());
  fusions_ = std::move(*fusions);
  return {};
}

Status Model::read_tasks(const bundle::Manifest& manifest) {
  for (const std::string& name : manifest.languages) {
    const auto language = text::parse_language(name);
    if (!language)
      return fail(ErrorCode::unsupported, "language '" + name + "' is not one this program knows (zh, en)");
    info_.languages.push_back(*language);
  }
  for (const bundle::Task& task : manifest.tasks) {
    if (task.labels.size() > kMaxLabels) {
      return fail(ErrorCode::unsupported, "task '" + task.name + "' has " + std::to_string(task.labels.size()) +
                                              " labels; this program answers up to " + std::to_string(kMaxLabels));
    }
    info_.tasks.push_back({task.name, task.kind == bundle::TaskKind::aspect, task.labels});
  }
  const auto overall = std::count_if(info_.tasks.begin(), info_.tasks.end(), [](const auto& t) { return !t.aspect; });
  if (overall != 1 || info_.tasks.front().aspect) {
    return fail(ErrorCode::unsupported, "the first task, and no other, must be of kind overall");
  }
  if (manifest.features.normalizer_version != text::kNormalizerVersion) {
    return fail(ErrorCode::unsupported,
                "the model was trained with text normaliser " + std::to_string(manifest.features.normalizer_version) +
                    "; this program has " + std::to_string(text::kNormalizerVersion) + ": train it again");
  }
  return {};
}

Status Model::read_encoder(const bundle::Bundle& bundle, const bundle::Expert& expert, const EngineOptions& options) {
  std::vector<std::size_t> first_label(info_.tasks.size(), kNone);
  std::size_t labels = 0;
  for (const std::string& name : expert.tasks) {
    const auto task = static_cast<std::size_t>(find_task(name));  // the manifest's names refer to each other
    first_label[task] = labels;
    labels += info_.tasks[task].labels.size();
  }
  auto opened = experts::EncoderExpert::open(bundle, expert, labels, options.encoder);
  if (!opened) return tl::unexpected(opened.error());
  info_.precision = to_string(opened->encoder().precision());
  info_.isa = to_string(opened->encoder().isa());
  info_.encoder_bytes += opened->encoder().owned_bytes();
  info_.encoder_scratch_bytes = std::max<std::uint64_t>(info_.encoder_scratch_bytes, opened->encoder().scratch_bytes());
  encoders_.push_back({expert.name, std::move(*opened), std::move(first_label)});
  return {};
}

Status Model::read_spaces(const bundle::Bundle& bundle) {
  places_.assign(info_.tasks.size(), Place{});
  space_margins_.assign(1, 0);
  if (linear_names_.empty()) return {};
  auto settings = experts::read_feature_settings(bundle.manifest().features.settings);
  if (!settings) return tl::unexpected(settings.error());
  settings_ = std::move(*settings);
  for (const experts::SpaceSettings& space : settings_.spaces) {
    std::size_t outputs = 0;
    for (const std::string& name : space.tasks) {
      const int task = find_task(name);
      if (task < 0) return fail(ErrorCode::corrupt, "feature space '" + space.name + "' scores unknown task " + name);
      if (places_[static_cast<std::size_t>(task)].space != kNone) {
        return fail(ErrorCode::corrupt, "task '" + name + "' is scored twice");
      }
      places_[static_cast<std::size_t>(task)] = {spaces_.size(), outputs};
      outputs += info_.tasks[static_cast<std::size_t>(task)].labels.size();
    }
    auto opened = experts::LinearExperts::open(bundle, space, linear_names_.size(), outputs);
    if (!opened) return tl::unexpected(opened.error());
    if (encoders_.empty()) info_.precision = opened->is_int8() ? "int8" : "float32";
    space_margins_.push_back(space_margins_.back() + opened->experts() * opened->outputs());
    spaces_.push_back(std::move(*opened));
  }
  return {};
}

bool Model::speaks(text::Language language) const {
  return std::find(info_.languages.begin(), info_.languages.end(), language) != info_.languages.end();
}

int Model::find_task(std::string_view name) const {
  for (std::size_t i = 0; i < info_.tasks.size(); ++i) {
    if (info_.tasks[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

// In one sweep over the text for all spaces that have something to say.
void Model::count_features(std::span<const int> wanted, Scratch& scratch) const {
  if (scratch.spaces.size() < spaces_.size()) scratch.spaces.resize(spaces_.size());
  for (std::size_t space = 0; space < spaces_.size(); ++space) {
    const auto here = [&](int task) { return places_[static_cast<std::size_t>(task)].space == space; };
    Scratch::Space& buffers = scratch.spaces[space];
    buffers.wanted = here(0) || std::any_of(wanted.begin(), wanted.end(), here);
    buffers.counter.begin(buffers.features);  // also of the others: it gives back what a long text took
  }
  scratch.ngrams = 0;
  text::extract_ngrams(scratch.normalized, settings_.ngrams, scratch.ngram_scratch,
                       [&](std::span<const text::Ngram> block) {
                         scratch.ngrams += block.size();
                         for (std::size_t space = 0; space < spaces_.size(); ++space) {
                           Scratch::Space& buffers = scratch.spaces[space];
                           if (buffers.wanted) spaces_[space].add(block, buffers.counter, buffers.features);
                         }
                       });
}

void Model::count_pieces(const Scratch& scratch, Verdict& verdict) const {
  verdict.pieces = verdict.unknown_pieces = 0;
  const std::size_t space = places_.front().space;
  if (space != kNone && spaces_[space].has_dictionary()) {
    const auto& counts = scratch.spaces[space].features.counts;
    const auto known = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    verdict.pieces = scratch.ngrams;
    verdict.unknown_pieces = verdict.pieces - known;
  } else if (!verdict.readings.empty()) {
    verdict.pieces = verdict.readings.front().tokens;
    verdict.unknown_pieces = verdict.readings.front().unknown_tokens;
  }
}

void Model::score(std::string_view text, const Options& options, std::span<const int> wanted, Scratch& scratch,
                  Verdict& verdict, StageClock& clock) const {
  const Budget budget = options.budget.value_or(budget_);
  verdict.model = &info_;
  verdict.explained = options.explain;
  verdict.aspects.resize(wanted.size());
  if (!spaces_.empty()) score_linear(wanted, scratch, clock);
  score_encoders(text, wanted, budget, scratch, verdict);
  count_pieces(scratch, verdict);
  clock.end(&StageTimes::experts);
  answer_overall(budget, scratch, verdict);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    fuse(wanted[i], budget, scratch, verdict.aspects[i]);
    if (options.experts) list_answers(wanted[i], budget, scratch, verdict.aspects[i].experts);
  }
  if (options.explain) explain(text, options, wanted, scratch, verdict);
  clock.end(&StageTimes::fuse);
}

void Model::score_linear(std::span<const int> wanted, Scratch& scratch, StageClock& clock) const {
  count_features(wanted, scratch);
  clock.end(&StageTimes::features);
  scratch.margins.resize(space_margins_.back());
  for (std::size_t space = 0; space < spaces_.size(); ++space) {
    if (!scratch.spaces[space].wanted) continue;
    const experts::LinearExperts& experts = spaces_[space];
    experts.finish(scratch.spaces[space].features);
    experts.score(scratch.spaces[space].features,
                  std::span(scratch.margins).subspan(space_margins_[space], experts.experts() * experts.outputs()));
  }
}

// One pass answers all of an encoder's tasks.
void Model::score_encoders(std::string_view text, std::span<const int> wanted, Budget budget, Scratch& scratch,
                           Verdict& verdict) const {
  verdict.readings.clear();
  scratch.encoder_logits.resize(encoders_.size());
  for (std::size_t e = 0; e < encoders_.size(); ++e) {
    const EncoderPlace& encoder = encoders_[e];
    const auto scored = [&](int task) { return asked({false, e}, task, budget); };
    std::vector<float>& logits = scratch.encoder_logits[e];
    logits.resize(encoder.expert.labels());
    if (!scored(0) && std::none_of(wanted.begin(), wanted.end(), scored)) continue;
    const experts::Coverage read = read_encoder_logits(e, text, scratch);
    verdict.readings.push_back({encoder.name, read.tokens, read.windows, read.coverage, read.truncated, read.unknown});
  }
}

experts::Coverage Model::read_encoder_logits(std::size_t encoder, std::string_view text, Scratch& scratch) const {
  std::vector<float>& logits = scratch.encoder_logits[encoder];
  const std::size_t ahead = scratch.ahead.text;
  if (ahead == Scratch::ReadAhead::kNone) return encoders_[encoder].expert.score(text, scratch.encoder, logits);
  const Scratch::ReadAhead::Encoder& read = scratch.ahead.encoders[encoder];
  std::copy_n(read.logits.begin() + static_cast<std::ptrdiff_t>(ahead * logits.size()), logits.size(), logits.begin());
  return read.coverages[ahead];
}

void Model::read_ahead(std::span<const std::string_view> texts, const Options& options, std::span<const int> wanted,
                       Scratch& scratch) const {
  const Budget budget = options.budget.value_or(budget_);
  scratch.ahead.encoders.resize(encoders_.size());
  for (std::size_t e = 0; e < encoders_.size(); ++e) {
    Scratch::ReadAhead::Encoder& read = scratch.ahead.encoders[e];
    read.logits.clear();
    read.coverages.clear();
    const auto scored = [&](int task) { return asked({false, e}, task, budget); };
    if (texts.empty() || (!scored(0) && std::none_of(wanted.begin(), wanted.end(), scored))) continue;
    read.logits.resize(texts.size() * encoders_[e].expert.labels());
    read.coverages.resize(texts.size());
    encoders_[e].expert.score_texts(texts, scratch.encoder, read.logits, read.coverages);
  }
}

bool Model::scores(ExpertPlace expert, int task) const {
  const auto t = static_cast<std::size_t>(task);
  return expert.linear ? places_[t].space != kNone : encoders_[expert.index].first_label[t] != kNone;
}

bool Model::asked(ExpertPlace expert, int task, Budget budget) const {
  if (!scores(expert, task)) return false;
  return budget == Budget::best || expert.linear || places_[static_cast<std::size_t>(task)].space == kNone;
}

bool Model::asks_all(int task, Budget budget) const {
  return std::all_of(experts_.begin(), experts_.end(),
                     [&](ExpertPlace expert) { return scores(expert, task) == asked(expert, task, budget); });
}

std::string_view Model::name_of(ExpertPlace expert) const {
  return expert.linear ? linear_names_[expert.index] : encoders_[expert.index].name;
}

std::span<const float> Model::logits(int task, ExpertPlace expert, const Scratch& scratch) const {
  const auto t = static_cast<std::size_t>(task);
  const std::size_t labels = info_.tasks[t].labels.size();
  if (!expert.linear) {
    return std::span(scratch.encoder_logits[expert.index]).subspan(encoders_[expert.index].first_label[t], labels);
  }
  const Place place = places_[t];
  const std::size_t outputs = spaces_[place.space].outputs();
  return std::span(scratch.margins)
      .subspan(space_margins_[place.space] + expert.index * outputs + place.first_output, labels);
}

void Model::answer_overall(Budget budget, Scratch& scratch, Verdict& verdict) const {
  fuse(0, budget, scratch, verdict.overall);
  list_answers(0, budget, scratch, verdict.experts);
}

void Model::list_answers(int task, Budget budget, const Scratch& scratch, std::vector<ExpertAnswer>& out) const {
  const std::size_t labels = info_.tasks[static_cast<std::size_t>(task)].labels.size();
  out.resize(scratch.distributions.size() / labels);
  std::size_t next = 0;
  for (const ExpertPlace expert : experts_) {
    if (!asked(expert, task, budget)) continue;
    out[next].expert = name_of(expert);
    out[next].probabilities.fill(0);
    std::copy_n(scratch.distributions.begin() + static_cast<std::ptrdiff_t>(next * labels), labels,
                out[next].probabilities.begin());
    ++next;
  }
}

void Model::fuse(int task, Budget budget, Scratch& scratch, TaskVerdict& out) const {
  const auto t = static_cast<std::size_t>(task);
  out.task = &info_.tasks[t];
  out.evidence.clear();
  out.contributions.clear();
  out.experts.clear();
  const std::size_t labels = out.task->labels.size();
  scratch.distributions.clear();
  for (const ExpertPlace expert : experts_) {
    if (!asked(expert, task, budget)) continue;
    scratch.distributions.resize(scratch.distributions.size() + labels);
    gate::softmax(logits(task, expert, scratch), std::span(scratch.distributions).last(labels));
  }
  out.probabilities.fill(0);
  const auto fused = std::span(out.probabilities).first(labels);
  if (fusions_[t] && asks_all(task, budget)) {
    gate::fuse(scratch.distributions, *fusions_[t], fused);
  } else {
    gate::average(scratch.distributions, fused);
  }
  out.label = static_cast<std::uint8_t>(gate::decide(fused, offsets(task, budget)));
}

// Those of the fusion, or of the experts that were fitted together: the linear ones' where there are some, else the
// first encoder's.
std::span<const float> Model::offsets(int task, Budget budget) const {
  const auto t = static_cast<std::size_t>(task);
  const std::size_t labels = info_.tasks[t].labels.size();
  if (fusions_[t] && asks_all(task, budget)) return fusions_[t]->offsets;
  const Place place = places_[t];
  if (place.space != kNone) return spaces_[place.space].offsets().subspan(place.first_output, labels);
  for (const EncoderPlace& encoder : encoders_) {
    if (encoder.first_label[t] != kNone) return encoder.expert.offsets().subspan(encoder.first_label[t], labels);
  }
  return {};
}

}  // namespace tenor::engine
