#include "engine/engine.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "engine/embedded_models.h"
#include "engine/gate_info.h"
#include "engine/model.h"
#include "engine/sentence_verdicts.h"
#include "engine/speaker.h"
#include "engine/stage_clock.h"
#include "text/excerpt.h"

namespace tenor::engine {

namespace {

constexpr double kMostMicroseconds = 1e12;

// A text of a megabyte leaves buffers of tens of megabytes behind; they are given back before the next text.
constexpr std::size_t kKeptItems = std::size_t{1} << 16;

template <class T>
void give_back_if_large(std::vector<T>& buffer) {
  if (buffer.capacity() > kKeptItems) std::vector<T>().swap(buffer);
}

void give_back_large_buffers(Scratch& scratch) {
  give_back_if_large(scratch.normalized.chars);
  give_back_if_large(scratch.normalized.byte_begin);
  give_back_if_large(scratch.normalized.byte_end);
  give_back_if_large(scratch.ngram_scratch.words);
  give_back_if_large(scratch.ngram_scratch.letters);
  for (Scratch::Space& space : scratch.spaces) {
    give_back_if_large(space.features.ids);
    give_back_if_large(space.features.counts);
    give_back_if_large(space.features.values);
  }
  give_back_if_large(scratch.character_weights);
}

// Code-point offsets of all spans in one walk over the text each; evidence is short, texts may be long.
void fill_character_offsets(std::string_view text, std::vector<Evidence>& evidence) {
  for (Evidence& span : evidence) {
    span.character_begin = static_cast<std::uint32_t>(text::character_offset(text, span.byte_begin));
    span.character_end = span.character_begin + static_cast<std::uint32_t>(text::character_offset(
                                                    text.substr(span.byte_begin), span.byte_end - span.byte_begin));
  }
}

std::string aspect_names(const ModelInfo& info) {
  std::string names;
  for (const TaskInfo& task : info.tasks) {
    if (task.aspect) names += (names.empty() ? "" : ", ") + task.name;
  }
  return names.empty() ? "none" : names;
}

Status find_wanted(const Model& model, const Options& options, std::vector<int>& wanted) {
  wanted.clear();
  if (options.all_aspects) {
    for (std::size_t i = 1; i < model.info().tasks.size(); ++i) wanted.push_back(static_cast<int>(i));
    return {};
  }
  for (const std::string& name : options.aspects) {
    const int task = model.find_task(name);
    if (task <= 0) {
      return fail(ErrorCode::invalid_argument, "model " + model.info().name + " has no aspect '" + text::excerpt(name) +
                                                   "'; it has: " + aspect_names(model.info()));
    }
    wanted.push_back(task);
  }
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  return {};
}

}  // namespace

const char* to_string(Budget budget) {
  if (budget == Budget::fast) return "fast";
  return budget == Budget::balanced ? "balanced" : "best";
}

std::optional<Budget> parse_budget(std::string_view name) {
  for (const Budget budget : {Budget::fast, Budget::balanced, Budget::best}) {
    if (name == to_string(budget)) return budget;
  }
  return std::nullopt;
}

const char* to_string(Granularity granularity) {
  return granularity == Granularity::document ? "document" : "sentence";
}

std::optional<Granularity> parse_granularity(std::string_view name) {
  for (const Granularity granularity : {Granularity::document, Granularity::sentence}) {
    if (name == to_string(granularity)) return granularity;
  }
  return std::nullopt;
}

std::optional<Spending> parse_spending(std::string_view text) {
  if (const auto named = parse_budget(text)) return Spending{named, {}};
  double us = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), us);
  if (error != std::errc() || end != text.data() + text.size() || !(us > 0) || !(us <= kMostMicroseconds)) return {};
  return Spending{{}, us};
}

void ScratchDeleter::operator()(Scratch* scratch) const {
  delete scratch;
}

Engine::Engine(std::vector<std::unique_ptr<Model>> models) : models_(std::move(models)) {}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

Result<Engine> Engine::open(std::span<const bundle::Bundle> bundles, const EngineOptions& options) {
  if (bundles.empty()) return fail(ErrorCode::invalid_argument, "at least one model is needed");
  std::vector<std::unique_ptr<Model>> models;
  for (const bundle::Bundle& bundle : bundles) {
    auto model = Model::open(bundle, options);
    if (!model) return tl::unexpected(model.error());
    models.push_back(std::make_unique<Model>(std::move(*model)));
  }
  return Engine(std::move(models));
}

Result<Engine> Engine::open(std::span<const std::filesystem::path> folders, const EngineOptions& options) {
  std::vector<bundle::Bundle> bundles;
  for (const std::filesystem::path& folder : folders) {
    auto bundle = bundle::Bundle::open(folder);
    if (!bundle) return tl::unexpected(bundle.error());
    bundles.push_back(std::move(*bundle));
  }
  return open(bundles, options);
}

Result<Engine> Engine::open_embedded() {
  auto bundles = open_embedded_bundles();
  if (!bundles) return tl::unexpected(bundles.error());
  return open(*bundles);
}

ScratchPtr Engine::make_scratch(std::size_t threads) const {
  ScratchPtr scratch(new Scratch());
  const bool shares = std::any_of(models_.begin(), models_.end(), [](const auto& m) { return m->has_encoders(); });
  if (threads > 1 && shares) {
    scratch->encoder.team = std::make_unique<ThreadTeam>(threads);
    scratch->encoder.team_round_trip = scratch->encoder.team->round_trip();
  }
  return scratch;
}

Status Engine::check(const Options& options) const {
  std::span<const std::unique_ptr<Model>> asked = models_;
  if (options.model) {
    const auto named = [&](const auto& model) { return model->info().name == *options.model; };
    const auto found = std::find_if(models_.begin(), models_.end(), named);
    if (found == models_.end()) return fail(ErrorCode::not_found, no_model(models_, *options.model));
    asked = {&*found, 1};
  }
  for (const auto& model : asked) {
    if (!options.method || model->has_method(*options.method)) continue;
    return fail(ErrorCode::unsupported, no_method(model->info(), *options.method));
  }
  for (const std::string& name : options.aspects) {
    std::string known;
    for (const auto& model : asked) {
      if (model->find_task(name) > 0) {
        known.clear();
        break;
      }
      known += (known.empty() ? "" : "; ") + model->info().name + ": " + aspect_names(model->info());
    }
    if (!known.empty()) {
      return fail(ErrorCode::invalid_argument,
                  "no model has an aspect '" + text::excerpt(name) + "'; there are " + known);
    }
  }
  return {};
}

Status Engine::begin(std::string_view text, const Options& options, Scratch& scratch, TextState& state,
                     Verdict& verdict, StageClock& clock) const {
  if (text.size() >= std::uint32_t{0xFFFFFFFF}) {
    return fail(ErrorCode::limit, "a text must be shorter than 4 GiB; split it");
  }
  give_back_large_buffers(scratch);
  text::normalize(text, scratch.normalized);
  if (scratch.normalized.empty()) {
    return fail(ErrorCode::empty_text, "the text is empty, or holds nothing but white space and invisible characters");
  }
  verdict.characters = scratch.normalized.source_characters;
  verdict.invalid_bytes = scratch.normalized.invalid_bytes;
  verdict.language = options.language ? *options.language : text::choose_language(scratch.normalized);
  const Model* speaker = speaker_of(models_, options.model, verdict.language);
  if (speaker == nullptr) return fail(ErrorCode::not_found, no_model(models_, *options.model));
  const Model& model = *speaker;
  verdict.language_supported = model.speaks(verdict.language);
  if (options.method && !model.has_method(*options.method)) {
    return fail(ErrorCode::unsupported, no_method(model.info(), *options.method));
  }
  if (auto status = find_wanted(model, options, state.wanted); !status) return status;
  clock.end(&StageTimes::normalize);
  model.begin(options, scratch, state, verdict, clock);
  return {};
}

Status Engine::classify(std::string_view text, const Options& options, Scratch& scratch, Verdict& verdict,
                        StageTimes* times) const {
  StageClock clock(times);
  const double tokenized = scratch.encoder.tokenize_seconds;
  TextState& state = scratch.text;
  if (auto status = begin(text, options, scratch, state, verdict, clock); !status) return status;
  const Model& model = *state.model;
  const double until = options.deadline_us.value_or(std::numeric_limits<double>::infinity());
  const Model::Question question{text, &state, &verdict};
  while (true) {
    const std::size_t stage = model.next_stage(options, state, until - state.estimated_us, scratch);
    if (stage == Model::kNone) break;
    model.ask(stage, {&question, 1}, scratch);
  }
  clock.end(&StageTimes::experts);
  model.finish(text, options, state, scratch, verdict);
  clock.end(&StageTimes::fuse);
  if (options.explain) {
    fill_character_offsets(text, verdict.overall.evidence);
    for (TaskVerdict& aspect : verdict.aspects) fill_character_offsets(text, aspect.evidence);
  }
  judge_sentences(models_, text, options, scratch, verdict);
  if (times != nullptr) times->tokenize += scratch.encoder.tokenize_seconds - tokenized;
  return {};
}

std::vector<const ModelInfo*> Engine::models() const {
  std::vector<const ModelInfo*> infos;
  for (const auto& model : models_) infos.push_back(&model->info());
  return infos;
}

}  // namespace tenor::engine
