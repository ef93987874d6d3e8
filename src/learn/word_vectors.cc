#include "learn/word_vectors.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/random.h"

namespace tenor::learn {

namespace {

constexpr double kNegativePower = 0.75;  // of a token's frequency, in the draw of negatives
constexpr std::size_t kDrawTable = 1 << 20;

class Cbow {
 public:
  Cbow(const Corpus& corpus, std::size_t vocabulary, const WordVectorOptions& options)
      : corpus_(corpus),
        options_(options),
        random_(options.seed),
        counts_(vocabulary, 0),
        input_(vocabulary * options.size),
        output_(vocabulary * options.size, 0),
        mean_(options.size),
        slope_(options.size) {
    for (float& x : input_) x = static_cast<float>((random_.uniform() - 0.5) / static_cast<double>(options.size));
    for (std::size_t t = 0; t < corpus_.size(); ++t) {
      const auto text = plain(t);
      for (const std::uint16_t id : text) ++counts_[id];
      total_ += text.size();
    }
    fill_draws();
  }

  void run(const std::function<void(double)>& progress) {
    const double all = static_cast<double>(options_.epochs) * static_cast<double>(std::max<std::size_t>(1, total_));
    std::size_t done = 0;
    for (std::size_t epoch = 0; epoch < options_.epochs; ++epoch) {
      for (std::size_t t = 0; t < corpus_.size(); ++t) {
        const double share = static_cast<double>(done) / all;
        learn(plain(t), static_cast<float>(options_.learning_rate * std::max(1e-4, 1 - share)));
        done += plain(t).size();
        if (progress && t % 4096 == 0) progress(share);
      }
    }
  }

  std::vector<float> scaled() {
    double squares = 0;
    for (const float x : input_) squares += static_cast<double>(x) * x;
    const double now = std::sqrt(squares / static_cast<double>(input_.size()));
    const auto factor = static_cast<float>(options_.deviation / std::max(now, 1e-12));
    for (float& x : input_) x *= factor;
    return std::move(input_);
  }

 private:
  std::span<const std::uint16_t> plain(std::size_t index) const {
    const auto text = corpus_.text(index);
    return text.size() < 2 ? std::span<const std::uint16_t>() : text.subspan(1, text.size() - 2);
  }

  void fill_draws() {
    double sum = 0;
    for (const std::uint64_t count : counts_) sum += std::pow(static_cast<double>(count), kNegativePower);
    draws_.reserve(kDrawTable);
    double reached = 0;
    for (std::size_t id = 0; id < counts_.size() && sum > 0; ++id) {
      reached += std::pow(static_cast<double>(counts_[id]), kNegativePower) / sum;
      while (static_cast<double>(draws_.size()) < reached * kDrawTable)
        draws_.push_back(static_cast<std::uint16_t>(id));
    }
  }

  bool passed_over(std::uint16_t id) {
    if (options_.subsample <= 0) return false;
    const double share = static_cast<double>(counts_[id]) / static_cast<double>(total_);
    return share > options_.subsample && random_.uniform() > std::sqrt(options_.subsample / share);
  }

  void learn(std::span<const std::uint16_t> text, float rate) {
    kept_.clear();
    for (const std::uint16_t id : text) {
      if (!passed_over(id)) kept_.push_back(id);
    }
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      const std::size_t reach = 1 + random_.below(options_.window);
      const std::size_t begin = i > reach ? i - reach : 0, end = std::min(kept_.size(), i + reach + 1);
      if (end - begin > 1) learn_place(begin, i, end, rate);
    }
  }

  void learn_place(std::size_t begin, std::size_t at, std::size_t end, float rate) {
    const auto share = 1 / static_cast<float>(end - begin - 1);
    std::fill(mean_.begin(), mean_.end(), 0.0f);
    std::fill(slope_.begin(), slope_.end(), 0.0f);
    for (std::size_t i = begin; i < end; ++i) {
      if (i != at) add(share, row(input_, kept_[i]), mean_.data());
    }
    for (std::size_t n = 0; n <= options_.negatives; ++n) {
      const std::uint16_t id = n == 0 ? kept_[at] : draws_[random_.below(draws_.size())];
      if (n > 0 && id == kept_[at]) continue;
      float* target = row(output_, id);
      const float score = 1 / (1 + std::exp(-dot(mean_.data(), target)));
      const float step = rate * ((n == 0 ? 1.0f : 0.0f) - score);
      add(step, target, slope_.data());
      add(step, mean_.data(), target);
    }
    for (std::size_t i = begin; i < end; ++i) {
      if (i != at) add(1, slope_.data(), row(input_, kept_[i]));
    }
  }

  float* row(std::vector<float>& table, std::size_t id) { return table.data() + id * options_.size; }
  void add(float factor, const float* from, float* to) const {
    for (std::size_t i = 0; i < options_.size; ++i) to[i] += factor * from[i];
  }
  // Sixteen sums side by side, so that a compiler may use wide registers without changing the order of addition.
  float dot(const float* a, const float* b) const {
    float sums[16] = {};
    std::size_t i = 0;
    for (; i + 16 <= options_.size; i += 16) {
      for (std::size_t j = 0; j < 16; ++j) sums[j] += a[i + j] * b[i + j];
    }
    float sum = 0;
    for (; i < options_.size; ++i) sum += a[i] * b[i];
    for (const float part : sums) sum += part;
    return sum;
  }

  const Corpus& corpus_;
  const WordVectorOptions& options_;
  Random random_;
  std::vector<std::uint64_t> counts_;
  std::size_t total_ = 0;
  std::vector<float> input_, output_;
  std::vector<float> mean_, slope_;
  std::vector<std::uint16_t> draws_, kept_;
};

}  // namespace

std::vector<float> word_vectors(const Corpus& corpus, std::size_t vocabulary, const WordVectorOptions& options,
                                const std::function<void(double)>& progress) {
  Cbow cbow(corpus, vocabulary, options);
  cbow.run(progress);
  return cbow.scaled();
}

}  // namespace tenor::learn
