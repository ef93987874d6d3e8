// Labelled rows as the models of a gate are fitted on them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gate/gate.h"
#include "ship/gate_models.h"

namespace tenor::ship {

// A row's question about a task.
struct GateSample {
  std::size_t task = 0;   // of all tasks
  std::size_t place = 0;  // among the group's tasks
  std::size_t row = 0;
  std::size_t gold = 0;
  std::size_t masked = 0;  // a label that the row's source does not know; the number of labels: none
  double weight = 1;
};

// The labelled rows in use of the tasks of a group. Rows of two-class sources weigh together as much as the others,
// whose labels are balanced as far as the input says, within each domain.
std::vector<GateSample> samples_of(const ModelFit& input, const gate::Gate& gate, std::size_t group);

// -ln p(gold | known labels); `logits` become its derivatives by them.
double row_loss(std::span<double> logits, const GateSample& sample);

// What samples look like when so many stages were asked: features [samples, F] and centred logits [samples, experts,
// labels].
struct SeenSamples {
  std::size_t features = 0, experts = 0, labels = 0;
  std::vector<float> x, logits;
};

// `samples`: of one group, at least one.
SeenSamples look(const ModelFit& input, const gate::Gate& gate, std::span<const GateSample> samples,
                 std::span<const gate::TextFacts> facts, std::size_t stages);

}  // namespace tenor::ship
