#include "learn/layer_checkpoint.h"

#include <torch/torch.h>

namespace tenor::learn {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr const char* kKept = "kept";

struct Kept final : torch::CustomClassHolder {
  Segment segment;
  std::vector<std::string> names;

  // Values as leaves of a graph of their own.
  Parameters leaves(at::TensorList values) const {
    Parameters out;
    for (std::size_t i = 0; i < names.size(); ++i) out.add(names[i], values[i]);
    return out;
  }
};

struct Recompute : torch::autograd::Function<Recompute> {
  // libtorch calls it with gradients switched off.
  static Tensor forward(AutogradContext* context, const c10::intrusive_ptr<Kept>& kept, const Tensor& inputs,
                        const at::TensorList& values) {
    variable_list saved = {inputs};
    saved.insert(saved.end(), values.begin(), values.end());
    context->save_for_backward(std::move(saved));
    context->saved_data[kKept] = c10::IValue::make_capsule(kept);
    return kept->segment(kept->leaves(values), inputs);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto holder = context->saved_data[kKept].toCapsule();
    const auto& kept = static_cast<const Kept&>(*holder);
    const variable_list saved = context->get_saved_variables();
    const torch::AutoGradMode on(true);
    const Tensor inputs = saved.front().detach().requires_grad_(true);
    const Parameters leaves = kept.leaves(at::TensorList(saved).slice(1));
    const Tensor outputs = kept.segment(leaves, inputs);
    variable_list to = {inputs};
    to.insert(to.end(), leaves.tensors().begin(), leaves.tensors().end());
    variable_list out = torch::autograd::grad({outputs}, to, {gradients.front()}, {}, false, true);
    out.insert(out.begin(), Tensor());  // of `kept`
    return out;
  }
};

}  // namespace

Tensor checkpointed(const Segment& segment, const Parameters& parameters, const std::vector<std::string>& names,
                    const Tensor& inputs) {
  const auto kept = c10::make_intrusive<Kept>();
  kept->segment = segment;
  kept->names = names;
  std::vector<Tensor> values;
  for (const std::string& name : names) values.push_back(parameters.at(name));
  return Recompute::apply(kept, inputs, at::TensorList(values));
}

}  // namespace tenor::learn
