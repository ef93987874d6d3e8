#include "ship/shipment.h"

#include <algorithm>
#include <optional>

#include "base/progress.h"
#include "bundle/draft.h"
#include "bundle/expert_source.h"
#include "engine/engine.h"
#include "experts/linear_experts.h"
#include "judge/comparison.h"
#include "ship/bundle_part.h"
#include "ship/card_text.h"
#include "ship/expert_scores.h"
#include "ship/gated_bundle.h"
#include "ship/golden_set.h"
#include "ship/quantized_model.h"

namespace tenor::ship {

namespace {

constexpr const char* kQuantizeCommand = "tenor-train ship (see provenance.command)";

void append_int8(const std::string& expert, const judge::Comparison& comparison, std::vector<Int8Loss>& out) {
  Int8Loss overall{expert + ", overall", 0, 0, {}, {}}, aspects{expert + ", aspects", 0, 0, {}, {}};
  for (const judge::TaskComparison& task : comparison.tasks) {
    Int8Loss& loss = &task == &comparison.tasks.front() ? overall : aspects;
    loss.labels += task.texts;
    loss.flips += task.flips;
  }
  overall.float_macro_f1 = comparison.tasks.front().first_macro_f1;
  overall.int8_macro_f1 = comparison.tasks.front().second_macro_f1;
  aspects.float_macro_f1 = comparison.first_aspects_macro_f1;
  aspects.int8_macro_f1 = comparison.second_aspects_macro_f1;
  out.push_back(std::move(overall));
  if (aspects.labels > 0) out.push_back(std::move(aspects));
}

// The engine's answers to rows, and the linear bundle's by itself.
class Asked {
 public:
  static Result<Asked> open(const bundle::Bundle& bundle, const bundle::Bundle* linear) {
    auto engine = engine::Engine::open({&bundle, 1});
    if (!engine) return tl::unexpected(engine.error());
    Asked out(std::move(*engine));
    if (linear == nullptr) return out;
    auto other = engine::Engine::open({linear, 1});
    if (!other) return tl::unexpected(other.error());
    out.linear_ = std::move(*other);
    return out;
  }

  const engine::Engine& engine() const { return engine_; }
  std::vector<TaskAnswers> answers(const std::string& what, const data::Dataset& rows, std::size_t threads,
                                   const Watch& watch) const {
    return ask(engine_, what, rows, threads, watch);
  }
  // Experts, then the linear bundle, then the fused answer.
  std::vector<NamedRows> named(std::span<const TaskAnswers> answers, const data::Dataset& rows,
                               std::size_t threads) const {
    std::vector<NamedRows> out = all_answers(answers);
    if (!linear_) return out;
    const auto others = ask(*linear_, "", rows, threads, {});
    out.insert(out.end() - 1, NamedRows{"linear", judged_rows(others, std::nullopt)});
    return out;
  }

 private:
  explicit Asked(engine::Engine engine) : engine_(std::move(engine)) {}
  static std::vector<TaskAnswers> ask(const engine::Engine& engine, const std::string& what, const data::Dataset& rows,
                                      std::size_t threads, const Watch& watch) {
    Progress progress("scoring " + what, "rows", rows.rows.size(), watch.progress);
    AnswerOptions options;
    options.threads = threads;
    options.progress = [&](std::uint64_t done) { progress.update(done); };
    return answers_of_experts(engine, rows, options);
  }

  engine::Engine engine_;
  std::optional<engine::Engine> linear_;
};

class Shipping {
 public:
  explicit Shipping(const ShipmentInput& input) : in_(input) { facts_.command = input.command; }

  Result<Shipment> run() {
    if (auto status = open_linear(); !status) return tl::unexpected(status.error());
    for (const std::string& source : in_.config.encoders) {
      if (auto status = take_encoders(source); !status) return fail(status.error(), "encoders");
    }
    for (const FloatEncoder& encoder : in_.encoders) {
      if (auto status = quantize(encoder); !status) return fail(status.error(), "expert " + encoder.card.expert);
    }
    FuseInput input{bundles_, in_.dev};
    input.answers.threads = in_.threads;
    input.command = in_.command;
    auto fused = fuse_and_name(input, in_.config.names, in_.watch);
    if (!fused) return tl::unexpected(fused.error());
    return judge(std::move(*fused));
  }

 private:
  Status open_linear() {
    if (in_.config.linear.empty()) return {};
    auto bundle = bundle::Bundle::open(in_.config.linear);
    if (!bundle) return fail(bundle.error(), "linear");
    has_linear_ = true;
    const auto& experts = bundle->manifest().experts;
    const auto is_linear = [](const bundle::Expert& expert) { return expert.kind == experts::kLinearKind; };
    if (std::all_of(experts.begin(), experts.end(), is_linear)) {
      bundles_.push_back(std::move(*bundle));
      return {};
    }
    const auto part = linear_part(*bundle);
    if (!part) return fail(part.error(), "linear");
    return add_draft(*part, "the linear experts of " + in_.config.linear);
  }

  // FOLDER, or FOLDER#EXPERT.
  Status take_encoders(const std::string& source) {
    const auto [folder, expert] = bundle::parse_expert_source(source);
    const auto bundle = bundle::Bundle::open(folder);
    if (!bundle) return tl::unexpected(bundle.error());
    const auto parts = encoder_parts(*bundle, expert);
    if (!parts) return tl::unexpected(parts.error());
    for (const EncoderPart& part : *parts) {
      if (auto status = check_name(part.card.expert); !status) return status;
      if (auto status = add_draft(part.writer, part.card.expert); !status) return status;
      facts_.findings.int8.insert(facts_.findings.int8.end(), part.int8.begin(), part.int8.end());
      facts_.encoders.push_back(part.card);
    }
    return {};
  }

  // Cards and thresholds know experts by their names.
  Status check_name(const std::string& expert) const {
    const auto same = [&](const ShippedEncoder& other) { return other.expert == expert; };
    if (std::none_of(facts_.encoders.begin(), facts_.encoders.end(), same)) return {};
    return fail(ErrorCode::invalid_argument,
                "two encoders are called '" + expert + "'; give those of runs other names by run_names");
  }

  Status add_draft(const bundle::BundleWriter& writer, const std::string& name) {
    auto draft = bundle::DraftBundle::open(writer, name);
    if (!draft) return tl::unexpected(draft.error());
    bundles_.push_back(draft->bundle());
    drafts_.push_back(std::move(*draft));
    return {};
  }

  Status quantize(const FloatEncoder& encoder) {
    const std::string& name = encoder.card.expert;
    if (auto status = check_name(name); !status) return status;
    if (auto status = keep(name + "-float", encoder.writer); !status) return status;
    const auto floats = bundle::DraftBundle::open(encoder.writer, name + " in float32");
    if (!floats) return tl::unexpected(floats.error());
    if (!texts_) {
      auto texts = draw_calibration_texts(in_.config.calibrate, in_.config.calibrate_rows, {}, in_.watch);
      if (!texts) return tl::unexpected(texts.error());
      texts_ = std::move(*texts);
    }
    auto model = quantize_model(floats->bundle(), *texts_, {}, in_.watch);
    if (!model) return tl::unexpected(model.error());
    model->record.command = kQuantizeCommand;
    const auto comparison = PrecisionComparison::open(floats->bundle(), *model);
    if (!comparison) return tl::unexpected(comparison.error());
    if (auto status = comparison->add("dev", in_.dev.dataset, in_.threads, in_.watch, *model); !status) return status;
    if (auto status = compress::add_record(model->record, model->bundle); !status) return status;
    return take(encoder.card, std::move(*model));
  }

  Status take(ShippedEncoder card, QuantizedModel model) {
    append_int8(card.expert, model.comparisons.front(), facts_.findings.int8);
    if (auto status = keep(card.expert + "-int8", model.bundle.writer); !status) return status;
    if (model.record.calibration) {
      card.calibration_fingerprint = model.record.calibration->text("sha256 of texts").value_or("");
      card.calibration_texts = static_cast<std::size_t>(model.record.calibration->integer("texts").value_or(0));
    }
    card.float_layers = model.bundle.float_layers;
    card.bytes_float = model.bundle.bytes_before;
    card.bytes_int8 = model.bundle.bytes_after;
    if (auto status = add_draft(model.bundle.writer, card.expert + " in INT8"); !status) return status;
    facts_.encoders.push_back(std::move(card));
    return {};
  }

  Status keep(const std::string& name, const bundle::BundleWriter& writer) const {
    return in_.keep ? in_.keep(name, writer) : Status();
  }

  Result<Shipment> judge(FusedBundle fused) {
    const auto draft = bundle::DraftBundle::open(fused.writer, "the new bundle");
    if (!draft) return tl::unexpected(draft.error());
    const auto asked = Asked::open(draft->bundle(), linear());
    if (!asked) return tl::unexpected(asked.error());
    const auto answers = asked->answers("dev", in_.dev.dataset, in_.threads, in_.watch);
    if (auto status = check_fused(fused.answers, fused.tasks, answers); !status) {
      return tl::unexpected(status.error());
    }
    facts_.tasks = fused.tasks;
    if (auto status = measure(*asked, answers, draft->bundle()); !status) {
      return tl::unexpected(status.error());
    }
    facts_.demands = demands(in_.config.accept, facts_.findings);
    for (const Demand& demand : facts_.demands) {
      in_.watch.tell((demand.met() ? "met: " : "NOT met: ") + to_text(demand) + "\n");
    }
    Shipment out{std::move(fused.writer), {}, accept(facts_.demands)};
    if (out.accepted) {
      if (auto status = finish(draft->bundle(), out.writer); !status) return tl::unexpected(status.error());
    }
    out.report = shipment_json(facts_);
    return out;
  }

  // Gate, scores on test files with it, card.
  Status finish(const bundle::Bundle& fused, bundle::BundleWriter& writer) {
    const auto& dev = in_.dev.dataset.rows;
    const bool labelled = std::any_of(dev.begin(), dev.end(), [](const data::Row& row) { return row.label >= 0; });
    std::optional<gate::Gate> gate;
    if (in_.config.gated && labelled) {
      auto made = add_gate(fused, {in_.dev, in_.config.gate, in_.config.gate_texts, in_.threads, in_.watch}, writer);
      if (!made) return fail(made.error(), "gate");
      gate = std::move(*made);
    }
    const auto draft = bundle::DraftBundle::open(writer, "the new bundle");
    if (!draft) return tl::unexpected(draft.error());
    const auto asked = Asked::open(draft->bundle(), linear());
    if (!asked) return tl::unexpected(asked.error());
    if (auto status = score_tests(*asked); !status) return status;
    if (auto status = judge_behaviour(*asked, draft->bundle(), writer); !status) return status;
    if (auto status = write_card(draft->bundle(), writer); !status) return status;
    return gate ? add_gate_to_card(*gate, writer) : Status();
  }

  Status write_card(const bundle::Bundle& draft, bundle::BundleWriter& writer) const {
    writer.manifest().provenance.set("ship", provenance());
    const EncoderCardInput card{in_.config, in_.dev, draft, linear(), facts_};
    return writer.replace_file(std::string(bundle::kModelCardName), encoder_card(card));
  }

  const bundle::Bundle* linear() const { return has_linear_ ? &bundles_.front() : nullptr; }

  Status measure(const Asked& asked, std::span<const TaskAnswers> answers, const bundle::Bundle& bundle) {
    const std::vector<NamedRows> named = asked.named(answers, in_.dev.dataset, in_.threads);
    auto measures = dev_measures(named, in_.dev);
    if (!measures) return tl::unexpected(measures.error());
    facts_.findings.dev = std::move(*measures);
    if (const FittedTask& task = facts_.tasks.front(); task.fusion) facts_.findings.ece["overall"] = task.fused.ece;
    eval::ReportOptions options;
    options.bootstrap.resamples = 0;
    const auto judgement = judge::judge_group("dev", named.back().rows, options);
    if (!judgement) return tl::unexpected(judgement.error());
    if (judgement->aspects && judgement->aspects->calibration) {
      facts_.findings.ece["aspects"] = judgement->aspects->calibration->ece;
    }
    facts_.findings.bytes = static_cast<double>(bundle.size_bytes());
    auto latencies = time_encoders(bundle, in_.dev.dataset);
    if (!latencies) return tl::unexpected(latencies.error());
    facts_.latencies = std::move(*latencies);
    for (const EncoderLatency& latency : facts_.latencies) {
      if (latency.quantile == 0.5) facts_.findings.encoder_ms += latency.milliseconds;
    }
    return {};
  }

  Status score_tests(const Asked& asked) {
    for (const std::string& path : in_.config.test) {
      const auto rows = data::load_dataset({&path, 1}, {});
      if (!rows) return tl::unexpected(rows.error());
      TestFile& test = facts_.tests.emplace_back();
      test.file = in_.data_folder.empty() || !path.starts_with(in_.data_folder + "/")
                      ? path
                      : path.substr(in_.data_folder.size() + 1);
      test.rows = rows->rows.size();
      test.fingerprint = rows->fingerprint;
      const auto answers = asked.answers(test.file, *rows, in_.threads, in_.watch);
      for (const NamedRows& answer : asked.named(answers, *rows, in_.threads)) {
        auto judgement = judge::judge_group(answer.answer, answer.rows, {});
        if (!judgement) return fail(judgement.error(), test.file);
        if (!judgement->overall && !judgement->aspects) continue;
        test.scores.push_back({answer.answer, std::move(*judgement)});
      }
    }
    return {};
  }

  // The cases' texts make the golden answers, too.
  Status judge_behaviour(const Asked& asked, const bundle::Bundle& draft, bundle::BundleWriter& writer) {
    if (in_.config.behaviour.empty()) return {};
    auto cases = judge::read_behaviour_cases(in_.config.behaviour);
    if (!cases) return fail(cases.error(), "behaviour");
    if (auto status = add_golden(draft, golden_texts(*cases), writer); !status) return status;
    auto run = judge::judge_behaviour(asked.engine(), std::move(*cases));
    if (!run) return fail(run.error(), "behaviour");
    std::vector<judge::SkillRates> rates = judge::skill_rates(*run);
    facts_.behaviour = BehaviourFacts{std::move(*run), std::move(rates)};
    return {};
  }

  bundle::JsonObject provenance() const {
    bundle::JsonObject json;
    return json.set("config", in_.config_text).set("encoders", encoders_json(facts_));
  }

  const ShipmentInput& in_;
  bool has_linear_ = false;                  // bundles_.front()
  std::vector<bundle::Bundle> bundles_;      // the linear one, then an INT8 one for each encoder
  std::vector<bundle::DraftBundle> drafts_;  // what the latter live in
  std::optional<CalibrationTexts> texts_;
  ShipmentFacts facts_;
};

}  // namespace

Result<Shipment> make_shipment(const ShipmentInput& input) {
  return Shipping(input).run();
}

Status check_published(const bundle::Bundle& bundle, const Acceptance& accept) {
  const auto engine = engine::Engine::open({&bundle, 1});
  if (!engine) return tl::unexpected(engine.error());
  engine::Options options;
  options.all_aspects = true;
  engine::Verdict verdict;
  if (auto status = engine->classify("好 good", options, *engine->make_scratch(), verdict); !status) return status;
  Acceptance size;
  size.max_bytes = accept.max_bytes;
  Findings found;
  found.bytes = static_cast<double>(bundle.size_bytes());
  return ship::accept(demands(size, found));
}

}  // namespace tenor::ship
