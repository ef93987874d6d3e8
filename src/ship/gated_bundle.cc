#include "ship/gated_bundle.h"

#include <algorithm>
#include <cmath>

#include "base/progress.h"
#include "bundle/draft.h"
#include "drift/reference.h"
#include "engine/engine.h"
#include "ship/domain_fit.h"
#include "ship/drift_reference.h"
#include "ship/gate_costs.h"
#include "ship/gate_models.h"
#include "ship/gate_report.h"
#include "ship/golden_set.h"

namespace tenor::ship {

namespace {

constexpr const char* kCardBegin = "<!-- gate -->\n";
constexpr const char* kCardEnd = "<!-- /gate -->\n";

Status put_file(const std::string& name, std::string content, bundle::BundleWriter& writer) {
  return writer.find_file(name) == nullptr ? writer.add_file(name, std::move(content))
                                           : writer.replace_file(name, std::move(content));
}

// The card with the gate's section: in the place of an older one, else at the end.
std::string with_section(std::string card, const std::string& section) {
  card = without_gate_section(std::move(card));
  while (card.ends_with("\n\n")) card.pop_back();
  return card + "\n" + kCardBegin + section + kCardEnd;
}

Result<std::vector<std::optional<gate::TaskFusion>>> fusions_of(const bundle::Bundle& bundle,
                                                                std::span<const TaskAnswers> answers) {
  std::vector<gate::ScoredTask> tasks;
  for (const TaskAnswers& task : answers) tasks.push_back({task.task, task.labels.size(), task.experts.size()});
  return gate::read_task_fusions(bundle.manifest().fusion, tasks);
}

Result<DevRows> read_texts(const GateInput& input) {
  Progress reading("reading", "texts", std::nullopt, input.watch.progress);
  auto texts = load_gate_texts(input.texts, [&](std::uint64_t count) { reading.update(count); });
  reading.finish();
  if (!texts) return fail(texts.error(), "texts of the gate");
  input.watch.tell("gains are told by " + std::to_string(texts->dataset.rows.size()) + " unlabelled texts as well\n");
  return texts;
}

GateRows ask_with_progress(const engine::Engine& engine, const DevRows& rows, const GateInput& input) {
  Progress asking("asking experts", "rows", rows.dataset.rows.size(), input.watch.progress);
  AnswerOptions answers;
  answers.threads = input.threads;
  answers.progress = [&](std::uint64_t done) { asking.update(done); };
  GateRows out = ask_gate_rows(engine, rows, answers);
  asking.finish();
  return out;
}

// Whether the real engine, asked for everybody, answers what the gate says here.
Status check(const bundle::Bundle& written, const gate::Gate& gate, const GateRows& rows,
             std::span<const std::optional<gate::TaskFusion>> weighted, const GateInput& input) {
  const auto engine = engine::Engine::open({&written, 1});
  if (!engine) return tl::unexpected(engine.error());
  AnswerOptions options;
  options.threads = input.threads;
  const auto found = answers_of_experts(*engine, input.rows.dataset, options);
  const std::size_t stages = gate.stages.size();
  for (std::size_t t = 0; t < found.size(); ++t) {
    const std::size_t k = found[t].labels.size();
    std::vector<float> fused(k);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (found[t].decided[r] < 0) continue;
      gate::TextFacts facts = rows.facts[r];
      find_domains(gate.domain, rows.pairs[r], facts.domains);
      answer_of(gate, gate.method, weighted[t], rows.answers[t], t, r, facts, stages, fused);
      gate.tasks[t].calibrations[stages - 1].apply(fused);
      for (std::size_t l = 0; l < k; ++l) {
        if (std::fabs(fused[l] - found[t].fused[r * k + l]) <= 1e-3f) continue;
        return fail(ErrorCode::corrupt, "row " + std::to_string(r) + ", task " + found[t].task +
                                            ": the engine does not answer what the gate was fitted to; this is an "
                                            "error of the program");
      }
    }
  }
  return {};
}

}  // namespace

std::string without_gate_section(std::string card) {
  const std::size_t begin = card.find(kCardBegin), end = card.find(kCardEnd);
  if (begin != std::string::npos && end != std::string::npos && begin < end) {
    card.erase(begin, end + std::string(kCardEnd).size() - begin);
  }
  return card;
}

Status add_gate_to_card(const gate::Gate& gate, bundle::BundleWriter& writer) {
  const std::string name(bundle::kModelCardName);
  const std::string* card = writer.find_file(name);
  return card == nullptr ? Status() : writer.replace_file(name, with_section(*card, gate_markdown(gate)));
}

Result<gate::Gate> add_gate(const bundle::Bundle& bundle, const GateInput& input, bundle::BundleWriter& writer) {
  const auto engine = engine::Engine::open({&bundle, 1});
  if (!engine) return tl::unexpected(engine.error());
  std::optional<DevRows> unlabelled;
  if (!input.texts.paths.empty()) {
    auto loaded = read_texts(input);
    if (!loaded) return tl::unexpected(loaded.error());
    unlabelled = std::move(*loaded);
  }
  input.watch.tell("timing the experts\n");
  auto stages = measure_stages(bundle, input.rows);
  if (!stages) return tl::unexpected(stages.error());
  const GateRows rows = ask_with_progress(*engine, input.rows, input);
  std::optional<GateRows> texts;
  if (unlabelled) texts = ask_with_progress(*engine, *unlabelled, input);
  const auto weighted = fusions_of(bundle, rows.answers);
  if (!weighted) return tl::unexpected(weighted.error());
  input.watch.tell("fitting the gate\n");
  auto fit = fit_gate({rows, *weighted, texts ? &*texts : nullptr}, std::move(*stages), input.options);
  if (!fit) return tl::unexpected(fit.error());
  fit->gate.report = gate_report(rows, *fit, input.options).set("fingerprint", input.rows.dataset.fingerprint);
  if (unlabelled) {
    fit->gate.report.set("gains", bundle::JsonObject()
                                      .set("texts", static_cast<std::int64_t>(unlabelled->dataset.rows.size()))
                                      .set("fingerprint", unlabelled->dataset.fingerprint));
  }

  const auto tasks = gate_tasks(rows.answers);
  const bundle::JsonObject json = gate::write_gate(fit->gate, tasks);
  auto gate = gate::read_gate(json, tasks, engine->models().front()->experts);
  if (!gate) return fail(gate.error(), "the gate just fitted");
  writer.manifest()
      .fusion.set("method", to_string(gate->method))
      .set("gate", bundle::JsonObject().set("file", gate::kGateFile).set("drawing", gate::kGateDrawing));
  Status status = put_file(gate::kGateFile, json.dump() + "\n", writer);
  if (status) status = put_file(gate::kGateDrawing, gate_svg(*gate, bundle.manifest().name), writer);
  if (status) status = add_gate_to_card(*gate, writer);
  if (!status) return tl::unexpected(status.error());
  const auto draft = bundle::DraftBundle::open(writer, "the gated bundle");
  if (!draft) return tl::unexpected(draft.error());
  if (status = check(draft->bundle(), *gate, rows, *weighted, input); !status) return tl::unexpected(status.error());
  if (writer.find_file(std::string(drift::kReferenceFile)) != nullptr) {
    // It is of the answers that the bundle gave before.
    status = add_drift_reference(draft->bundle(), input.rows.dataset, writer);
    if (!status) return tl::unexpected(status.error());
  }
  if (status = remake_golden(draft->bundle(), writer); !status) return tl::unexpected(status.error());
  input.watch.tell(gate_text(*gate));
  return gate;
}

}  // namespace tenor::ship
