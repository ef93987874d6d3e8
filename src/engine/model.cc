#include "engine/model.h"

#include <algorithm>
#include <numeric>

#include "engine/gate_info.h"
#include "gate/combine.h"

namespace tenor::engine {

Result<Model> Model::open(const bundle::Bundle& bundle, const EngineOptions& options) {
  Model model;
  if (auto status = model.read(bundle, options); !status) return fail(status.error(), bundle.origin());
  return model;
}

Status Model::read(const bundle::Bundle& bundle, const EngineOptions& options) {
  const bundle::Manifest& manifest = bundle.manifest();
  spending_ = options.budget_us ? Spending{{}, options.budget_us} : Spending{options.budget, {}};
  info_.name = manifest.name;
  info_.version = manifest.version;
  info_.digest = bundle.digest();
  if (auto status = read_tasks(manifest); !status) return status;
  for (const bundle::Expert& expert : manifest.experts) {
    info_.experts.push_back(expert.name);
    if (expert.kind == experts::kLinearKind) {
      experts_.push_back({true, linear_names_.size(), 0});
      linear_names_.push_back(expert.name);
    } else if (expert.kind == experts::kEncoderKind) {
      experts_.push_back({false, encoders_.size(), 0});
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
  if (auto status = read_fusions(manifest.fusion); !status) return status;
  if (manifest.fusion.has("gate")) {
    if (auto status = read_gate(bundle); !status) return fail(status.error(), gate::kGateFile);
  }
  if (auto status = order_stages(); !status) return status;
  if (auto status = choose_method(options, manifest.fusion); !status) return status;
  info_.gate = gate_info(gate_ ? &*gate_ : nullptr, info_.methods);
  return {};
}

std::vector<gate::GateTask> Model::gate_tasks() const {
  std::vector<gate::GateTask> tasks;
  for (std::size_t t = 0; t < info_.tasks.size(); ++t) {
    gate::GateTask& task = tasks.emplace_back();
    task.name = info_.tasks[t].name;
    task.aspect = info_.tasks[t].aspect;
    task.labels = info_.tasks[t].labels;
    for (const ExpertPlace expert : experts_) {
      if (scores(expert, t)) task.experts.emplace_back(name_of(expert));
    }
  }
  return tasks;
}

Status Model::read_gate(const bundle::Bundle& bundle) {
  const auto text = bundle.text_file(gate::kGateFile);
  if (!text) return tl::unexpected(text.error());
  const auto json = bundle::JsonObject::parse(*text);
  if (!json) return tl::unexpected(json.error());
  auto gate = gate::read_gate(*json, gate_tasks(), info_.experts);
  if (!gate) return tl::unexpected(gate.error());
  gate_ = std::move(*gate);
  return {};
}

// The gate's, else linear experts before encoders as the manifest names them.
Status Model::order_stages() {
  stages_ = linear_names_.empty() ? 0 : 1;
  for (ExpertPlace& expert : experts_) {
    if (!gate_) {
      expert.stage = expert.linear ? 0 : stages_++;
      continue;
    }
    for (std::size_t s = 0; s < gate_->stages.size(); ++s) {
      const auto& names = gate_->stages[s].experts;
      if (std::find(names.begin(), names.end(), name_of(expert)) != names.end()) expert.stage = s;
    }
    if (expert.linear && expert.stage != 0) {
      return fail(ErrorCode::corrupt, std::string(gate::kGateFile) + ": linear experts must be in the first stage");
    }
  }
  if (!gate_) return {};
  stages_ = gate_->stages.size();
  if (experts_.size() <= gate::kMostExperts) return {};
  return fail(ErrorCode::limit, std::string(gate::kGateFile) + ": a gate can weigh at most 64 experts");
}

Status Model::choose_method(const EngineOptions& options, const bundle::JsonObject& settings) {
  const bool weighted = std::any_of(fusions_.begin(), fusions_.end(), [](const auto& f) { return f.has_value(); });
  info_.methods = {gate::Method::vote, gate::Method::average};
  if (weighted) info_.methods.push_back(gate::Method::weighted);
  if (gate_) {
    const auto any = [&](auto has) { return std::any_of(gate_->tasks.begin(), gate_->tasks.end(), has); };
    if (any([](const gate::TaskNumbers& task) { return task.stacking.has_value(); })) {
      info_.methods.push_back(gate::Method::stacking);
    }
    if (any([&](const gate::TaskNumbers& task) { return gate_->groups[task.group].pools.back().experts() > 0; })) {
      info_.methods.push_back(gate::Method::learned);
    }
  }
  method_ = gate_ ? gate_->method : weighted ? gate::Method::weighted : gate::Method::average;
  if (!gate_ && settings.text("method", "").value_or("") == "vote") method_ = gate::Method::vote;
  if (!has_method(method_)) return fail(ErrorCode::corrupt, "it lacks the numbers of its own method");
  const auto own = std::find(info_.methods.begin(), info_.methods.end(), method_);
  std::rotate(info_.methods.begin(), own, own + 1);
  if (options.method && !has_method(*options.method)) {
    return fail(ErrorCode::invalid_argument, no_method(info_, *options.method));
  }
  method_ = options.method.value_or(method_);
  return {};
}

bool Model::has_method(gate::Method method) const {
  return std::find(info_.methods.begin(), info_.methods.end(), method) != info_.methods.end();
}

Status Model::read_fusions(const bundle::JsonObject& settings) {
  std::vector<gate::ScoredTask> tasks;
  for (std::size_t t = 0; t < info_.tasks.size(); ++t) {
    const auto count =
        std::count_if(experts_.begin(), experts_.end(), [&](ExpertPlace expert) { return scores(expert, t); });
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

}  // namespace tenor::engine
