#include "learn/gradient_workers.h"

#include <torch/torch.h>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

namespace tenor::learn {

namespace {

struct Computed {
  std::vector<torch::Tensor> gradients;
  MicroBatchLoss loss;
  double value = 0;
};

// The share of a mean over `batches` micro-batches.
Computed compute(const Objective& objective, const Parameters& parameters, const MicroBatchAt& at, std::uint64_t seed,
                 std::size_t batches) {
  Random random(seed ^ (at.epoch * 0x9e3779b97f4a7c15ULL) ^ (at.number * 0xd1342543de82ef95ULL));
  Computed out;
  out.loss = objective.loss(parameters, at.epoch, at.number, random);
  out.value = out.loss.loss.item<double>();
  const torch::Tensor part = out.loss.loss / static_cast<double>(batches);
  out.gradients = torch::autograd::grad({part}, parameters.tensors(), {}, {}, false, true);
  out.loss.loss = torch::Tensor();
  return out;
}

// A tensor that may be added to in place: itself where nobody else holds it.
torch::Tensor owned(torch::Tensor&& gradient) {
  const bool alone = gradient.use_count() == 1 && gradient.is_contiguous() && gradient.storage().use_count() == 1;
  return alone ? std::move(gradient) : gradient.clone(at::MemoryFormat::Contiguous);
}

// Adds micro-batches to the sum in their order, whoever comes first waiting for its turn.
class OrderedSum {
 public:
  explicit OrderedSum(std::size_t parameters) { sum_.gradients.resize(parameters); }

  void add(std::size_t turn, Computed&& computed) {
    std::unique_lock lock(mutex_);
    turned_.wait(lock, [&] { return next_ == turn || failure_; });
    if (failure_) return;
    torch::NoGradGuard guard;
    for (std::size_t i = 0; i < sum_.gradients.size(); ++i) {
      if (!computed.gradients[i].defined()) continue;
      if (sum_.gradients[i].defined()) {
        sum_.gradients[i].add_(computed.gradients[i]);
      } else {
        sum_.gradients[i] = owned(std::move(computed.gradients[i]));
      }
    }
    sum_.loss += computed.value;
    sum_.tokens += computed.loss.tokens;
    for (const auto& [name, metric] : computed.loss.metrics) {
      sum_.metrics[name].value += metric.value;
      sum_.metrics[name].count += metric.count;
    }
    ++next_;
    turned_.notify_all();
  }

  void fail(std::string reason) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(reason);
    turned_.notify_all();
  }

  bool failed() {
    const std::lock_guard lock(mutex_);
    return failure_.has_value();
  }

  Result<StepGradients> mean(std::size_t batches) {
    if (failure_) return tenor::fail(ErrorCode::invalid_argument, "libtorch: " + *failure_);
    sum_.loss /= static_cast<double>(batches);
    return std::move(sum_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable turned_;
  std::size_t next_ = 0;
  std::optional<std::string> failure_;
  StepGradients sum_;
};

}  // namespace

Result<StepGradients> step_gradients(const Objective& objective, const Parameters& parameters,
                                     const std::vector<MicroBatchAt>& batches, std::size_t threads,
                                     std::uint64_t seed) {
  OrderedSum sum(parameters.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    torch::set_num_threads(1);  // of this thread alone: a setting of OpenMP
    for (std::size_t i = next++; i < batches.size() && !sum.failed(); i = next++) {
      try {
        sum.add(i, compute(objective, parameters, batches[i], seed, batches.size()));
      } catch (const std::exception& thrown) {
        sum.fail(thrown.what());
      }
    }
  };
  std::vector<std::thread> helpers;
  for (std::size_t t = 0; t < std::max<std::size_t>(1, std::min(threads, batches.size())); ++t) {
    helpers.emplace_back(work);
  }
  for (std::thread& helper : helpers) helper.join();
  return sum.mean(batches.size());
}

}  // namespace tenor::learn
