#include "compress/product_plan.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/aligned_buffer.h"
#include "compress/weight_ranges.h"
#include "experts/product_weights.h"
#include "kernels/pack.h"

namespace tenor::compress {

namespace {

using kernels::kLanes;
using kernels::round_up;

constexpr double kStrengths[] = {0.25, 0.4, 0.5, 0.6, 0.75};
constexpr double kWorthSmoothing = 0.9;  // of the squared error without

// Answers of a product on the rows held back, in float and in int8.
class OutputJudge {
 public:
  OutputJudge(std::span<const float> weights, const ProductInputs& seen)
      : inputs_(seen.inputs()),
        outputs_(weights.size() / inputs_),
        count_(seen.held_rows()),
        row_stride_(round_up(inputs_, kLanes)),
        out_stride_(round_up(outputs_, kLanes)),
        rows_(count_ * row_stride_),
        quantised_(count_ * round_up(inputs_, 64)),
        row_scales_(count_),
        bias_(out_stride_),
        truth_(count_ * out_stride_),
        out_(count_ * out_stride_) {
    for (std::size_t r = 0; r < count_; ++r) {
      std::memcpy(rows_.data() + r * row_stride_, seen.held.data() + r * inputs_, inputs_ * sizeof(float));
    }
    AlignedBuffer<float> packed(kernels::packed_size(outputs_, inputs_, kernels::kGroupF32));
    kernels::pack<float>(weights, inputs_, kernels::kGroupF32, {packed.data(), packed.size()});
    const kernels::PackedMatrix matrix{
        reinterpret_cast<const std::byte*>(packed.data()), nullptr, nullptr, bias_.data(), outputs_, inputs_};
    kernels::ProductCall call = call_for(matrix, truth_);
    call.in = reinterpret_cast<const std::byte*>(rows_.data());
    call.in_stride = row_stride_ * sizeof(float);
    kernels_.product_f32(call);
  }

  // Squared error of all outputs.
  double error(const experts::Int8Matrix& weights, std::span<const float> smooth) {
    AlignedBuffer<float> factors;
    if (!smooth.empty()) {
      factors = AlignedBuffer<float>(row_stride_);
      std::memcpy(factors.data(), smooth.data(), smooth.size_bytes());
    }
    const std::size_t stride = round_up(inputs_, 64);
    kernels_.quantize_rows({{rows_.data(), row_stride_, count_, inputs_},
                            smooth.empty() ? nullptr : factors.data(),
                            quantised_.data(),
                            stride,
                            row_scales_.data()});
    const kernels::PackedMatrix matrix{reinterpret_cast<const std::byte*>(weights.packed.data()),
                                       weights.scales.data(),
                                       weights.sums.data(),
                                       bias_.data(),
                                       outputs_,
                                       inputs_};
    kernels::ProductCall call = call_for(matrix, out_);
    call.in = quantised_.data();
    call.in_stride = stride;
    call.in_scales = row_scales_.data();
    kernels_.product_int8(call);
    return sum([&](std::size_t i) { return static_cast<double>(out_[i]) - static_cast<double>(truth_[i]); });
  }

  double signal() const {
    return sum([&](std::size_t i) { return static_cast<double>(truth_[i]); });
  }

 private:
  kernels::ProductCall call_for(const kernels::PackedMatrix& matrix, AlignedBuffer<float>& out) const {
    kernels::ProductCall call;
    call.rows = count_;
    call.weights = &matrix;
    call.out = out.data();
    call.out_stride = out_stride_;
    return call;
  }

  template <class Number>
  double sum(const Number& number) const {
    double total = 0;
    for (std::size_t r = 0; r < count_; ++r) {
      for (std::size_t o = 0; o < outputs_; ++o) total += number(r * out_stride_ + o) * number(r * out_stride_ + o);
    }
    return total;
  }

  const kernels::Kernels& kernels_ = **kernels::choose_kernels();  // of none in particular: all give the same bits
  const std::size_t inputs_, outputs_, count_, row_stride_, out_stride_;
  AlignedBuffer<float> rows_;
  AlignedBuffer<std::byte> quantised_;
  AlignedBuffer<float> row_scales_, bias_, truth_, out_;
};

// 1 / s_k of every input; one where the input or its weights are always zero.
std::vector<float> smoothing(std::span<const float> input_peaks, std::span<const float> weight_peaks, double strength) {
  constexpr double kWidest = 1e4;
  std::vector<float> out(input_peaks.size(), 1.0f);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto x = static_cast<double>(input_peaks[i]), w = static_cast<double>(weight_peaks[i]);
    if (!(x > 0) || !(w > 0)) continue;
    const double s = std::pow(x, strength) / std::pow(w, 1 - strength);
    out[i] = static_cast<float>(1 / std::clamp(s, 1 / kWidest, kWidest));
  }
  return out;
}

std::vector<float> peaks_of_columns(std::span<const float> weights, std::size_t inputs) {
  std::vector<float> out(inputs, 0.0f);
  for (std::size_t i = 0; i < weights.size(); ++i) out[i % inputs] = std::max(out[i % inputs], std::fabs(weights[i]));
  return out;
}

struct Candidate {
  std::vector<float> smooth;
  std::optional<double> strength;
  std::vector<float> ranges;
  double error = std::numeric_limits<double>::infinity();
};

// The better of ranges at the peak and searched ones, for weights divided by `smooth`.
Candidate best_ranges(std::span<const float> weights, const ProductInputs& seen, std::vector<float> smooth, bool search,
                      OutputJudge& judge) {
  const std::vector<float> divided = smoothed_weights(weights, smooth);
  std::vector<float> importance = seen.mean_squares;
  for (std::size_t i = 0; i < smooth.size(); ++i) importance[i] *= smooth[i] * smooth[i];
  Candidate best;
  for (const bool searched : {false, true}) {
    if (searched && !search) continue;
    auto ranges = weight_ranges(divided, seen.inputs(), searched, importance);
    const double error = judge.error(experts::quantize_matrix(divided, seen.inputs(), ranges), smooth);
    if (error < best.error) best = {smooth, {}, std::move(ranges), error};
  }
  return best;
}

}  // namespace

double decibel(double signal, double noise) {
  if (!(noise > 0)) return std::numeric_limits<double>::infinity();
  return signal > 0 ? 10 * std::log10(signal / noise) : 0;
}

std::vector<float> smoothed_weights(std::span<const float> weights, std::span<const float> smooth) {
  std::vector<float> out(weights.begin(), weights.end());
  if (smooth.empty()) return out;
  for (std::size_t begin = 0; begin < out.size(); begin += smooth.size()) {
    for (std::size_t i = 0; i < smooth.size(); ++i) out[begin + i] /= smooth[i];
  }
  return out;
}

ProductPlan plan_product(std::span<const float> weights, const ProductInputs* seen, std::size_t inputs,
                         const PlanOptions& options) {
  ProductPlan plan;
  if (seen == nullptr || seen->held.empty()) {
    plan.ranges = weight_ranges(weights, inputs, options.search_ranges);
    return plan;
  }
  OutputJudge judge(weights, *seen);
  const double plain = judge.error(experts::quantize_matrix(weights, inputs), {});
  Candidate best = best_ranges(weights, *seen, {}, options.search_ranges, judge);
  const double without = best.error;
  if (options.smooth) {
    const auto weight_peaks = peaks_of_columns(weights, inputs);
    for (const double strength : kStrengths) {
      auto smooth = smoothing(seen->peaks, weight_peaks, strength);
      Candidate next = best_ranges(weights, *seen, std::move(smooth), options.search_ranges, judge);
      next.strength = strength;
      if (next.error < best.error && next.error < kWorthSmoothing * without) best = std::move(next);
    }
  }
  plan.smooth = std::move(best.smooth);
  plan.strength = best.strength;
  plan.ranges = std::move(best.ranges);
  plan.output_snr_db = decibel(judge.signal(), best.error);
  plan.plain_output_snr_db = decibel(judge.signal(), plain);
  return plan;
}

}  // namespace tenor::compress
