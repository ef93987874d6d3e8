#include "compress/calibration.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "compress/find_encoder.h"
#include "experts/encoder_expert.h"

namespace tenor::compress {

namespace {

constexpr std::size_t kMostAtOnce = 8;  // sequences

// Gathers the rows of one product.
class InputTally {
 public:
  explicit InputTally(std::size_t inputs) : squares_(inputs) { seen_.peaks.assign(inputs, 0.0f); }

  void measure(const kernels::Rows& rows) {
    for (std::size_t r = 0; r < rows.rows; ++r) {
      const float* row = rows.data + r * rows.stride;
      for (std::size_t i = 0; i < rows.columns; ++i) {
        seen_.peaks[i] = std::max(seen_.peaks[i], std::fabs(row[i]));
        squares_[i] += static_cast<double>(row[i]) * static_cast<double>(row[i]);
      }
    }
    measured_ += rows.rows;
  }

  // Each row is kept with the same probability (Vitter's algorithm R).
  void hold(const kernels::Rows& rows, std::size_t most, Random& random) {
    for (std::size_t r = 0; r < rows.rows; ++r) {
      const float* row = rows.data + r * rows.stride;
      const std::size_t place = held_++ < most ? seen_.held_rows() : random.below(held_);
      if (place >= most) continue;
      if (place == seen_.held_rows()) seen_.held.resize(seen_.held.size() + rows.columns);
      std::copy_n(row, rows.columns, seen_.held.begin() + static_cast<std::ptrdiff_t>(place * rows.columns));
    }
  }

  ProductInputs take() {
    for (const double square : squares_) {
      seen_.mean_squares.push_back(
          static_cast<float>(square / static_cast<double>(std::max<std::size_t>(measured_, 1))));
    }
    return std::move(seen_);
  }

 private:
  ProductInputs seen_;
  std::vector<double> squares_;
  std::size_t measured_ = 0;
  std::size_t held_ = 0;
};

}  // namespace

Calibration observe(const experts::Encoder& encoder, const experts::Sequences& sequences,
                    const CalibrationOptions& options) {
  const std::size_t total = sequences.begins.size() - 1;
  const std::size_t at_once = std::clamp<std::size_t>(total / 2, 1, kMostAtOnce);
  std::map<std::string, InputTally> tallies;
  Random random(options.seed);
  bool hold = false;
  const experts::RowObserver observer = [&](const experts::ProductWeights& product, const kernels::Rows& rows) {
    InputTally& tally = tallies.try_emplace(product.name(), rows.columns).first->second;
    if (hold) {
      tally.hold(rows, options.held_rows, random);
    } else {
      tally.measure(rows);
    }
  };
  experts::EncoderScratch scratch;
  std::vector<float> logits;
  std::vector<std::uint32_t> begins;
  const std::span<const std::uint32_t> all(sequences.begins);
  for (std::size_t first = 0; first < total; first += at_once, hold = !hold) {
    const std::size_t count = std::min(at_once, total - first);
    begins.clear();
    for (const std::uint32_t begin : all.subspan(first, count + 1)) begins.push_back(begin - all[first]);
    logits.resize(count * encoder.config().outputs);
    encoder.observe({std::span(sequences.ids).subspan(all[first], begins.back()), begins}, scratch, observer, logits);
    if (options.progress) options.progress(first + count, total);
  }
  Calibration out;
  out.texts = total;
  out.tokens = sequences.ids.size();
  for (auto& [name, tally] : tallies) out.products[name] = tally.take();
  return out;
}

Result<Calibration> calibrate(const bundle::Bundle& bundle, const std::string& expert,
                              std::span<const std::string> texts, const CalibrationOptions& options) {
  const auto found = find_encoder(bundle.manifest(), expert);
  if (!found) return tl::unexpected(found.error());
  if (texts.size() < 2) {
    return fail(ErrorCode::invalid_argument,
                "calibration needs at least two texts, found " + std::to_string(texts.size()));
  }
  const bundle::Expert& described = bundle.manifest().experts[*found];
  std::size_t labels = 0;
  for (const std::string& task : described.tasks) labels += bundle.manifest().find_task(task)->labels.size();
  const auto opened = experts::EncoderExpert::open(bundle, described, labels, {experts::Precision::f32, nullptr});
  if (!opened) return tl::unexpected(opened.error());
  experts::EncoderExpertScratch scratch;
  experts::Sequences sequences;
  sequences.clear();
  for (const std::string& text : texts) {
    opened->tokenize(text, scratch);
    const auto offset = static_cast<std::uint32_t>(sequences.ids.size());
    sequences.ids.insert(sequences.ids.end(), scratch.sequences.ids.begin(), scratch.sequences.ids.end());
    for (const std::uint32_t begin : std::span(scratch.sequences.begins).subspan(1)) {
      sequences.begins.push_back(offset + begin);
    }
  }
  Calibration out = observe(opened->encoder(), sequences, options);
  out.texts = texts.size();
  return out;
}

}  // namespace tenor::compress
