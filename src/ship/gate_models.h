// The models of a gate, fitted on some of the rows: pools, stacking, expected gains.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "gate/combine.h"
#include "gate/gate.h"
#include "ship/gate_rows.h"

namespace tenor::ship {

// The bundle's tasks as the gate knows them.
std::vector<gate::GateTask> gate_tasks(std::span<const TaskAnswers> answers);

// A gate with stages, tasks and groups, and numbers that say nothing yet: average pools, no gain.
gate::Gate blank_gate(const GateRows& rows, std::vector<gate::Stage> stages, gate::Method method);

// Whether all experts that score a task are in the first `stages` stages; and whether any are.
struct Reach {
  bool all = false, any = false;
};
Reach reach(const gate::Gate& gate, const TaskAnswers& task, std::size_t stages);

// A row's distributions by the experts of the first `stages` stages: [experts there, labels].
void distributions_of(const gate::Gate& gate, const TaskAnswers& task, std::size_t row, std::size_t stages,
                      std::vector<float>& out);

// What the gate answers when so many stages were asked, before calibration. facts[rows] with domains.
void answer_of(const gate::Gate& gate, gate::Method method, const std::optional<gate::TaskFusion>& weighted,
               const TaskAnswers& task, std::size_t t, std::size_t row, const gate::TextFacts& facts,
               std::size_t stages, std::span<float> fused);

// What the gain of asking the next stage is told by where so many were asked: features[Gate::gain_feature_count()].
void gain_features_of(const gate::Gate& gate, const std::optional<gate::TaskFusion>& weighted, const TaskAnswers& task,
                      std::size_t t, std::size_t row, const gate::TextFacts& facts, std::size_t stages,
                      std::span<float> features);

struct ModelFit {
  const GateRows& rows;
  std::span<const std::optional<gate::TaskFusion>> weighted;  // a task each
  std::span<const std::uint8_t> use;                          // [rows]
  double class_balance = 0;                                   // see GateOptions
  const GateRows* texts = nullptr;                            // unlabelled, with the same tasks and experts; or none
};

// Fits domain cue, pools, stacking and gains on the rows in use; `gate` comes from blank_gate(). Gains of a task whose
// group has no other are told by boosted trees where there are texts, fitted on those and the rows; others by logistic
// regression, on the rows. Returns the rows' facts with domains, of all rows. Errors: those of fit_boosted_trees().
Result<std::vector<gate::TextFacts>> fit_models(const ModelFit& input, const std::vector<std::string>& domains,
                                                gate::Gate& gate);

}  // namespace tenor::ship
