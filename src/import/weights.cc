#include "import/weights.h"

#include <cmath>
#include <cstring>
#include <set>

#include "bundle/json_text.h"
#include "import/float_values.h"

namespace tenor::import {

namespace {

using bundle::DType;
using bundle::TensorView;

constexpr std::size_t kNamed = 12;  // so many names in one message

// "a, b, c and 7 more"
std::string first_of(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < kNamed; ++i) out += (i > 0 ? ", " : "") + names[i];
  if (names.size() > kNamed) out += " and " + std::to_string(names.size() - kNamed) + " more";
  return out;
}

// Shape that one of a target's parts must have.
std::vector<std::size_t> part_shape(const TensorRecipe& recipe) {
  std::vector<std::size_t> shape = recipe.target.shape;
  shape[0] /= recipe.parts.size();
  return shape;
}

struct Survey {
  std::vector<std::string> missing;
  std::vector<std::string> misshapen;
  std::vector<std::string> odd_types;
  std::set<DType> types;
  std::set<const TensorView*> used;
};

Survey survey_parts(const TensorMap& tensors, const std::vector<TensorRecipe>& recipes) {
  Survey survey;
  for (const TensorRecipe& recipe : recipes) {
    const auto expected = part_shape(recipe);
    for (const std::string& part : recipe.parts) {
      const TensorView* tensor = find_tensor(tensors, part);
      if (tensor == nullptr) {
        survey.missing.push_back(part);
        continue;
      }
      survey.used.insert(tensor);
      if (tensor->shape != expected) {
        survey.misshapen.push_back(part + " (expected " + bundle::shape_text(expected) + ", found " +
                                   bundle::shape_text(tensor->shape) + ")");
      }
      const DType type = tensor->dtype;
      if (type == DType::f32 || type == DType::f16 || type == DType::bf16 || type == DType::f64) {
        survey.types.insert(type);
      } else {
        survey.odd_types.push_back(part + " (" + to_string(type) + ")");
      }
    }
  }
  return survey;
}

Status judge(const Survey& survey) {
  if (!survey.missing.empty()) {
    return fail(ErrorCode::not_found, "the checkpoint lacks " + std::to_string(survey.missing.size()) +
                                          " tensors that its config.json asks for: " + first_of(survey.missing));
  }
  if (!survey.misshapen.empty()) {
    return fail(ErrorCode::corrupt, "shapes do not fit config.json: " + first_of(survey.misshapen));
  }
  if (!survey.odd_types.empty()) {
    return fail(ErrorCode::unsupported,
                "expected tensors of type F32, F16, BF16 or F64, found " + first_of(survey.odd_types));
  }
  return {};
}

// Notes on what is left out, or an error where that would change the answers.
Status judge_leftovers(const TensorMap& tensors, const Survey& survey, const Layout& layout,
                       std::vector<std::string>& notes) {
  std::vector<std::string> inside;
  std::vector<std::string> unknown;
  std::size_t harmless = 0;
  for (const auto& [name, view] : tensors) {
    if (survey.used.count(&view) > 0) continue;
    const Leftover leftover = judge_leftover(name, layout);
    if (leftover == Leftover::harmless) ++harmless;
    if (leftover == Leftover::unknown) unknown.push_back(name);
    if (leftover == Leftover::inside) inside.push_back(name);
  }
  if (!inside.empty()) {
    return fail(ErrorCode::unsupported,
                "the encoder has tensors that config.json does not ask for and this program would not use: " +
                    first_of(inside));
  }
  if (harmless > 0) notes.push_back("tensors of pretraining heads and buffers left out: " + std::to_string(harmless));
  if (!unknown.empty()) notes.push_back("tensors left out, of unknown use: " + first_of(unknown));
  return {};
}

// The rows of `from` in the order of `rows`.
std::vector<std::byte> permuted(const std::vector<std::byte>& from, const std::vector<std::size_t>& rows) {
  const std::size_t row = from.size() / rows.size();
  std::vector<std::byte> out(from.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::memcpy(out.data() + i * row, from.data() + rows[i] * row, row);
  }
  return out;
}

// The parts one below the other, as numbers of type `dtype`: their own, or F32.
Result<std::vector<std::byte>> join(const TensorMap& tensors, const TensorRecipe& recipe, DType dtype) {
  std::vector<std::byte> out;
  for (const std::string& part : recipe.parts) {
    const TensorView& view = *find_tensor(tensors, part);
    const auto floats = to_floats(view);
    if (!floats) return tl::unexpected(floats.error());
    for (std::size_t i = 0; i < floats->size(); ++i) {
      if (std::isfinite((*floats)[i])) continue;
      return fail(ErrorCode::corrupt, "tensor " + bundle::show(part) +
                                          " holds numbers that are not finite, the first at " + std::to_string(i));
    }
    const auto converted = std::as_bytes(std::span(*floats));
    const auto bytes = view.dtype == dtype ? view.bytes : converted;
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  return out;
}

}  // namespace

Result<Weights> take_weights(const TensorMap& tensors, const std::vector<TensorRecipe>& recipes, const Layout& layout,
                             const std::vector<std::size_t>& head_rows, const std::function<void()>& advance) {
  Weights weights;
  const Survey survey = survey_parts(tensors, recipes);
  if (auto status = judge(survey); !status) return tl::unexpected(status.error());
  if (auto status = judge_leftovers(tensors, survey, layout, weights.notes); !status) {
    return tl::unexpected(status.error());
  }
  const bool mixed = survey.types.size() > 1 || *survey.types.begin() == DType::f64;
  weights.dtype = mixed ? DType::f32 : *survey.types.begin();
  if (mixed) weights.notes.push_back("tensors of several types, or F64, are stored as F32");
  for (const TensorRecipe& recipe : recipes) {
    auto bytes = join(tensors, recipe, weights.dtype);
    if (!bytes) return tl::unexpected(bytes.error());
    if (recipe.target.name.starts_with("head.")) *bytes = permuted(*bytes, head_rows);
    weights.joined.push_back(*std::move(bytes));
    weights.tensors.push_back({recipe.target.name, weights.dtype, recipe.target.shape, weights.joined.back()});
    if (advance) advance();
  }
  return weights;
}

}  // namespace tenor::import
