#include "engine/model.h"

#include <algorithm>

#include "engine/explain.h"
#include "gate/fusion.h"

namespace tenor::engine {

Result<Model> Model::open(const bundle::Bundle& bundle) {
  Model model;
  if (auto status = model.read(bundle); !status) return fail(status.error(), bundle.origin());
  return model;
}

Status Model::read(const bundle::Bundle& bundle) {
  const bundle::Manifest& manifest = bundle.manifest();
  info_.name = manifest.name;
  info_.version = manifest.version;
  info_.digest = bundle.digest();
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
  for (const bundle::Expert& expert : manifest.experts) {
    if (expert.kind != experts::kLinearKind) {
      return fail(ErrorCode::unsupported, "expert '" + expert.name + "' is of kind '" + expert.kind +
                                              "', which this program does not know (linear)");
    }
    info_.experts.push_back(expert.name);
  }
  return read_spaces(bundle);
}

Status Model::read_spaces(const bundle::Bundle& bundle) {
  auto settings = experts::read_feature_settings(bundle.manifest().features.settings);
  if (!settings) return tl::unexpected(settings.error());
  settings_ = std::move(*settings);
  constexpr std::size_t unplaced = ~std::size_t{0};
  places_.assign(info_.tasks.size(), Place{unplaced, 0});
  for (const experts::SpaceSettings& space : settings_.spaces) {
    std::size_t outputs = 0;
    for (const std::string& name : space.tasks) {
      const int task = find_task(name);
      if (task < 0) return fail(ErrorCode::corrupt, "feature space '" + space.name + "' scores unknown task " + name);
      if (places_[static_cast<std::size_t>(task)].space != unplaced) {
        return fail(ErrorCode::corrupt, "task '" + name + "' is scored twice");
      }
      places_[static_cast<std::size_t>(task)] = {spaces_.size(), outputs};
      outputs += info_.tasks[static_cast<std::size_t>(task)].labels.size();
    }
    auto opened = experts::LinearExperts::open(bundle, space, info_.experts.size(), outputs);
    if (!opened) return tl::unexpected(opened.error());
    info_.precision = opened->is_int8() ? "int8" : "float32";
    spaces_.push_back(std::move(*opened));
  }
  for (std::size_t task = 0; task < places_.size(); ++task) {
    if (places_[task].space == unplaced) {
      return fail(ErrorCode::corrupt, "no feature space scores task '" + info_.tasks[task].name + "'");
    }
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
  text::extract_ngrams(scratch.normalized, settings_.ngrams, scratch.ngram_scratch,
                       [&](std::span<const text::Ngram> block) {
                         for (std::size_t space = 0; space < spaces_.size(); ++space) {
                           Scratch::Space& buffers = scratch.spaces[space];
                           if (buffers.wanted) spaces_[space].add(block, buffers.counter, buffers.features);
                         }
                       });
}

void Model::score(const Options& options, std::span<const int> wanted, Scratch& scratch, Verdict& verdict,
                  StageClock& clock) const {
  verdict.model = &info_;
  verdict.explained = options.explain;
  verdict.experts.resize(info_.experts.size());
  verdict.aspects.resize(wanted.size());
  count_features(wanted, scratch);
  clock.end(&StageTimes::features);
  for (std::size_t space = 0; space < spaces_.size(); ++space) {
    if (!scratch.spaces[space].wanted) continue;
    const experts::LinearExperts& experts = spaces_[space];
    experts::FeatureVector& features = scratch.spaces[space].features;
    experts.finish(features);
    scratch.margins.resize(experts.experts() * experts.outputs());
    experts.score(features, scratch.margins);
    clock.end(&StageTimes::experts);
    if (places_[0].space == space) answer_overall(options, scratch, verdict);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (places_[static_cast<std::size_t>(wanted[i])].space != space) continue;
      fuse(wanted[i], scratch, verdict.aspects[i]);
      if (options.explain) explain(wanted[i], options, scratch, verdict.aspects[i]);
    }
    clock.end(&StageTimes::fuse);
  }
}

void Model::answer_overall(const Options& options, Scratch& scratch, Verdict& verdict) const {
  fuse(0, scratch, verdict.overall);
  const std::size_t labels = info_.tasks[0].labels.size();
  for (std::size_t e = 0; e < verdict.experts.size(); ++e) {
    verdict.experts[e].expert = info_.experts[e];
    std::copy_n(scratch.distributions.begin() + static_cast<std::ptrdiff_t>(e * labels), labels,
                verdict.experts[e].probabilities.begin());
  }
  if (options.explain) explain(0, options, scratch, verdict.overall);
}

void Model::fuse(int task, Scratch& scratch, TaskVerdict& out) const {
  const Place place = places_[static_cast<std::size_t>(task)];
  const experts::LinearExperts& experts = spaces_[place.space];
  out.task = &info_.tasks[static_cast<std::size_t>(task)];
  out.evidence.clear();
  out.contributions.clear();
  const std::size_t labels = out.task->labels.size();
  scratch.distributions.resize(experts.experts() * labels);
  for (std::size_t e = 0; e < experts.experts(); ++e) {
    const auto margins = std::span(scratch.margins).subspan(e * experts.outputs() + place.first_output, labels);
    gate::softmax(margins, std::span(scratch.distributions).subspan(e * labels, labels));
  }
  out.probabilities.fill(0);
  const auto fused = std::span(out.probabilities).first(labels);
  gate::average(scratch.distributions, fused);
  out.label = static_cast<std::uint8_t>(gate::decide(fused, experts.offsets().subspan(place.first_output, labels)));
}

void Model::explain(int task, const Options& options, Scratch& scratch, TaskVerdict& out) const {
  const Place place = places_[static_cast<std::size_t>(task)];
  const Explainer explainer{spaces_[place.space],    scratch.spaces[place.space].features,
                            settings_.ngrams,        place.first_output,
                            out.task->labels.size(), out.label};
  explainer.explain(options.max_evidence, scratch, out);
}

}  // namespace tenor::engine
