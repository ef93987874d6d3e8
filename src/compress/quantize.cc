#include "compress/quantize.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <limits>

#include "bundle/float_tensor.h"
#include "experts/encoder_config.h"
#include "experts/encoder_weights.h"
#include "experts/product_weights.h"
#include "kernels/pack.h"

namespace tenor::compress {

namespace {

using bundle::tensor_source;
using bundle::TensorSource;
using experts::EncoderConfig;
using experts::EncoderTensor;

double squared_error(std::span<const float> row, float range) {
  double error = 0;
  for (const float weight : row) {
    const float rounded = std::nearbyint(std::clamp(weight / range, -1.0f, 1.0f) * 127.0f) * (range / 127.0f);
    error += static_cast<double>(weight - rounded) * static_cast<double>(weight - rounded);
  }
  return error;
}

float peak_of(std::span<const float> row) {
  float peak = 0;
  for (const float weight : row) peak = std::max(peak, std::fabs(weight));
  return peak;
}

double decibel(double signal, double noise) {
  if (!(noise > 0)) return std::numeric_limits<double>::infinity();
  return signal > 0 ? 10 * std::log10(signal / noise) : 0;
}

// What rounding with these ranges does to [rows, inputs] weights.
MatrixReport judge(const std::string& name, std::span<const float> weights, std::size_t inputs,
                   std::span<const float> ranges) {
  MatrixReport report;
  report.name = name;
  report.rows = weights.size() / inputs;
  report.worst_snr_db = std::numeric_limits<double>::infinity();
  double signal = 0, noise = 0;
  std::size_t exact = 0;
  for (std::size_t r = 0; r < report.rows; ++r) {
    const auto row = weights.subspan(r * inputs, inputs);
    double row_signal = 0, row_noise = 0;
    for (const float weight : row) {
      const double level = ranges[r] > 0 ? std::nearbyint(std::clamp(weight / ranges[r], -1.0f, 1.0f) * 127.0f) : 0.0f;
      const double error = static_cast<double>(weight) - level * static_cast<double>(ranges[r]) / 127.0;
      row_signal += static_cast<double>(weight) * static_cast<double>(weight);
      row_noise += error * error;
      exact += std::fabs(error) <= 1e-6 * static_cast<double>(ranges[r]) ? 1 : 0;
    }
    signal += row_signal;
    noise += row_noise;
    report.clipped_rows += ranges[r] < peak_of(row) ? 1 : 0;
    if (const double row_snr = decibel(row_signal, row_noise); row_snr < report.worst_snr_db) {
      report.worst_row = r;
      report.worst_snr_db = row_snr;
    }
  }
  report.exact_share = static_cast<double>(exact) / static_cast<double>(std::max<std::size_t>(weights.size(), 1));
  report.snr_db = decibel(signal, noise);
  return report;
}

std::vector<float> ranges_of(std::span<const float> weights, std::size_t inputs, bool search) {
  std::vector<float> out;
  for (std::size_t begin = 0; begin < weights.size(); begin += inputs) {
    const auto row = weights.subspan(begin, inputs);
    out.push_back(search ? best_range(row) : peak_of(row));
  }
  return out;
}

// Collects the new file's tensors; what it makes itself lives here until the file is written.
class Int8Tensors {
 public:
  Int8Tensors(const bundle::SafeTensors& from, const EncoderConfig& config, const QuantizeOptions& options)
      : from_(from), config_(config), options_(options) {}

  Status collect() {
    for (const EncoderTensor& product : experts::encoder_products(config_)) {
      if (auto status = add_product(product); !status) return status;
    }
    if (options_.words) {
      if (auto status = add_words(); !status) return status;
    }
    for (const EncoderTensor& tensor : experts::encoder_tensors(config_)) {
      if (replaced(tensor.name)) continue;
      const auto view = from_.get(tensor.name);
      if (!view) return tl::unexpected(view.error());
      sources_.push_back({tensor.name, view->dtype, view->shape, view->bytes});
    }
    return {};
  }

  std::vector<TensorSource> sources() const { return sources_; }
  std::vector<MatrixReport> reports() const { return reports_; }

 private:
  bool replaced(const std::string& name) const {
    if (name == "embeddings.word") return options_.words;
    const auto products = experts::encoder_products(config_);
    return std::any_of(products.begin(), products.end(), [&](const auto& p) { return p.name + ".weight" == name; });
  }

  Status add_product(const EncoderTensor& product) {
    const auto weights = bundle::float_values(from_, product.name + ".weight", product.shape);
    if (!weights) return tl::unexpected(weights.error());
    const std::size_t inputs = product.shape[1];
    const auto ranges = ranges_of(*weights, inputs, options_.search_ranges);
    reports_.push_back(judge(product.name, *weights, inputs, ranges));
    const auto& matrix = matrices_.emplace_back(experts::quantize_matrix(*weights, inputs, ranges));
    const experts::Int8TensorNames names(product.name);
    const std::size_t padded = matrix.scales.size();
    sources_.push_back(tensor_source(names.packed, {padded, matrix.packed.size() / padded}, matrix.packed));
    sources_.push_back(tensor_source(names.scales, {padded}, matrix.scales));
    sources_.push_back(tensor_source(names.sums, {padded}, matrix.sums));
    return {};
  }

  Status add_words() {
    const std::vector<std::size_t> shape = {config_.vocabulary, config_.hidden};
    const auto weights = bundle::float_values(from_, "embeddings.word", shape);
    if (!weights) return tl::unexpected(weights.error());
    const auto ranges = ranges_of(*weights, config_.hidden, false);
    reports_.push_back(judge("embeddings.word", *weights, config_.hidden, ranges));
    words_.reserve(weights->size());
    for (std::size_t i = 0; i < weights->size(); ++i) {
      const float range = ranges[i / config_.hidden];
      words_.push_back(range > 0 ? static_cast<std::int8_t>(std::nearbyint((*weights)[i] / range * 127.0f))
                                 : std::int8_t{0});
    }
    for (const float range : ranges) word_scales_.push_back(range / 127.0f);
    sources_.push_back(tensor_source("embeddings.word", shape, words_));
    sources_.push_back(tensor_source(experts::kWordScales, {config_.vocabulary}, word_scales_));
    return {};
  }

  const bundle::SafeTensors& from_;
  const EncoderConfig& config_;
  const QuantizeOptions& options_;
  std::deque<experts::Int8Matrix> matrices_;  // a deque: views into earlier ones stay valid
  std::vector<std::int8_t> words_;
  std::vector<float> word_scales_;
  std::vector<TensorSource> sources_;
  std::vector<MatrixReport> reports_;
};

Result<bundle::Expert*> find_encoder(bundle::Manifest& manifest, const std::string& name) {
  bundle::Expert* found = nullptr;
  for (bundle::Expert& expert : manifest.experts) {
    if (expert.kind != experts::kEncoderKind || (!name.empty() && expert.name != name)) continue;
    if (found != nullptr) {
      return fail(ErrorCode::invalid_argument, "the bundle has several encoders; name one of them");
    }
    found = &expert;
  }
  if (found == nullptr) {
    return fail(ErrorCode::not_found, name.empty() ? "the bundle has no encoder" : "no encoder is called " + name);
  }
  return found;
}

// Every other file of the bundle as it is.
Status copy_files(const bundle::Bundle& from, const std::string& but, bundle::BundleWriter& to) {
  for (const auto& [name, entry] : from.manifest().files) {
    if (name == but) continue;
    const auto content = from.text_file(name);
    if (!content) return tl::unexpected(content.error());
    if (auto status = to.add_file(name, std::string(*content)); !status) return status;
  }
  return {};
}

}  // namespace

float best_range(std::span<const float> row) {
  const float peak = peak_of(row);
  if (!(peak > 0)) return 0;
  float best = peak;
  double least = squared_error(row, peak);
  for (float share = 0.98f; share > 0.6f; share -= 0.02f) {
    const double error = squared_error(row, peak * share);
    if (error >= least) continue;
    least = error;
    best = peak * share;
  }
  return best;
}

Result<QuantizedBundle> quantize(const bundle::Bundle& bundle, const QuantizeOptions& options) {
  bundle::Manifest manifest = bundle.manifest();
  const auto expert = find_encoder(manifest, options.expert);
  if (!expert) return tl::unexpected(expert.error());
  const auto config = experts::read_encoder_config((*expert)->settings);
  if (!config) return tl::unexpected(config.error());
  const auto tensors = bundle.tensors((*expert)->file);
  if (!tensors) return tl::unexpected(tensors.error());
  if (experts::holds_int8(*tensors, *config)) {
    return fail(ErrorCode::invalid_argument, "encoder " + (*expert)->name + " is int8 already");
  }
  Int8Tensors int8(*tensors, *config, options);
  if (auto status = int8.collect(); !status) return tl::unexpected(status.error());
  (*expert)->settings.set("precision", "int8");
  (*expert)->settings.set("float_layers", std::vector<std::string>{});
  const std::string file = (*expert)->file;
  QuantizedBundle out{bundle::BundleWriter(manifest), int8.reports()};
  if (auto status = copy_files(bundle, file, out.writer); !status) return tl::unexpected(status.error());
  if (auto status = out.writer.add_tensors(file, int8.sources()); !status) return tl::unexpected(status.error());
  return out;
}

std::string report_text(std::span<const MatrixReport> matrices) {
  std::string out = "matrix                        rows  exact     SNR  worst row    its SNR  clipped rows\n";
  for (const MatrixReport& m : matrices) {
    char line[160];
    std::snprintf(line, sizeof line, "%-26s %7zu %5.1f %% %5.1f dB %10zu %7.1f dB %13zu\n", m.name.c_str(), m.rows,
                  100 * m.exact_share, m.snr_db, m.worst_row, m.worst_snr_db, m.clipped_rows);
    out += line;
  }
  return out;
}

}  // namespace tenor::compress
