#include "compress/quantize.h"

#include <algorithm>
#include <cmath>
#include <deque>

#include "bundle/float_tensor.h"
#include "compress/find_encoder.h"
#include "compress/position_table.h"
#include "compress/product_plan.h"
#include "compress/weight_ranges.h"
#include "experts/encoder_config.h"
#include "experts/encoder_weights.h"
#include "experts/product_weights.h"

namespace tenor::compress {

namespace {

using bundle::tensor_source;
using bundle::TensorSource;
using experts::EncoderConfig;
using experts::EncoderTensor;

constexpr const char* kWords = "embeddings.word";

bool means(const std::string& wanted, const std::string& name) {
  return name == wanted || name.starts_with(wanted + ".");
}

// Names that may stay floats: all products, and the word table.
Status check_names(const std::vector<std::string>& wanted, const EncoderConfig& config) {
  std::string known;
  for (const EncoderTensor& product : experts::encoder_products(config)) known += product.name + ", ";
  known += kWords;
  for (const std::string& name : wanted) {
    const auto products = experts::encoder_products(config);
    const bool found = name == kWords || std::any_of(products.begin(), products.end(),
                                                     [&](const auto& p) { return means(name, p.name); });
    if (!found) {
      return fail(ErrorCode::invalid_argument, "there is no '" + name + "' to keep as floats; there are " + known);
    }
  }
  return {};
}

// Collects the new file's tensors; what it makes itself lives here until the file is written.
class Int8Tensors {
 public:
  Int8Tensors(const bundle::SafeTensors& from, const EncoderConfig& config, const QuantizeOptions& options)
      : from_(from), config_(config), options_(options) {}

  Status collect() {
    const auto products = experts::encoder_products(config_);
    for (std::size_t i = 0; i < products.size(); ++i) {
      if (auto status = add_product(products[i]); !status) return status;
      if (options_.progress) options_.progress(i + 1, products.size());
    }
    if (matrices_.empty()) {
      return fail(ErrorCode::invalid_argument, "every product would stay a float: there is nothing to quantise");
    }
    if (auto status = add_words(); !status) return status;
    if (auto status = add_positions(); !status) return status;
    for (const EncoderTensor& tensor : experts::encoder_tensors(config_)) {
      if (std::find(replaced_.begin(), replaced_.end(), tensor.name) != replaced_.end()) continue;
      const auto view = from_.get(tensor.name);
      if (!view) return tl::unexpected(view.error());
      sources_.push_back({tensor.name, view->dtype, view->shape, view->bytes});
    }
    return {};
  }

  const std::vector<TensorSource>& sources() const { return sources_; }
  const std::vector<MatrixReport>& reports() const { return reports_; }
  const std::vector<std::string>& floats() const { return floats_; }

 private:
  bool wanted_float(const std::string& name) const {
    return std::any_of(options_.keep_float.begin(), options_.keep_float.end(),
                       [&](const std::string& wanted) { return means(wanted, name); });
  }

  const ProductInputs* seen(const std::string& name) const {
    if (options_.calibration == nullptr) return nullptr;
    const auto found = options_.calibration->products.find(name);
    return found == options_.calibration->products.end() ? nullptr : &found->second;
  }

  Status add_product(const EncoderTensor& product) {
    const auto weights = bundle::float_values(from_, product.name + ".weight", product.shape);
    if (!weights) return tl::unexpected(weights.error());
    const std::size_t inputs = product.shape[1];
    const ProductPlan plan =
        plan_product(*weights, seen(product.name), inputs, {options_.search_ranges, options_.smooth});
    const auto divided = smoothed_weights(*weights, plan.smooth);
    MatrixReport& report = reports_.emplace_back(judge_rounding(product.name, divided, inputs, plan.ranges));
    report.smoothing = plan.strength;
    report.output_snr_db = plan.output_snr_db;
    report.plain_output_snr_db = plan.plain_output_snr_db;
    const bool poor = options_.min_output_snr_db > 0 && plan.output_snr_db.value_or(1e9) < options_.min_output_snr_db;
    report.kept_float = poor || wanted_float(product.name);
    if (report.kept_float) {
      floats_.push_back(product.name);
    } else {
      add_int8(product.name, experts::quantize_matrix(divided, inputs, plan.ranges), plan.smooth);
    }
    return {};
  }

  void add_int8(const std::string& product, experts::Int8Matrix made, const std::vector<float>& smooth) {
    const experts::Int8Matrix& matrix = matrices_.emplace_back(std::move(made));
    const experts::Int8TensorNames names(product);
    const std::size_t padded = matrix.scales.size();
    sources_.push_back(tensor_source(names.packed, {padded, matrix.packed.size() / padded}, matrix.packed));
    sources_.push_back(tensor_source(names.scales, {padded}, matrix.scales));
    sources_.push_back(tensor_source(names.sums, {padded}, matrix.sums));
    if (!smooth.empty()) {
      const std::vector<float>& kept = smooth_.emplace_back(smooth);
      sources_.push_back(tensor_source(names.smooth, {kept.size()}, kept));
    }
    replaced_.push_back(product + ".weight");
  }

  Status add_words() {
    if (!options_.words) return {};
    const std::vector<std::size_t> shape = {config_.vocabulary, config_.hidden};
    const auto weights = bundle::float_values(from_, kWords, shape);
    if (!weights) return tl::unexpected(weights.error());
    const auto ranges = weight_ranges(*weights, config_.hidden, false);
    MatrixReport& report = reports_.emplace_back(judge_rounding(kWords, *weights, config_.hidden, ranges));
    report.kept_float = wanted_float(kWords);
    if (report.kept_float) {
      floats_.emplace_back(kWords);
      return {};
    }
    words_.reserve(weights->size());
    for (std::size_t i = 0; i < weights->size(); ++i) {
      const float range = ranges[i / config_.hidden];
      words_.push_back(range > 0 ? static_cast<std::int8_t>(std::nearbyint((*weights)[i] / range * 127.0f))
                                 : std::int8_t{0});
    }
    for (const float range : ranges) word_scales_.push_back(range / 127.0f);
    sources_.push_back(tensor_source(kWords, shape, words_));
    sources_.push_back(tensor_source(experts::kWordScales, {config_.vocabulary}, word_scales_));
    replaced_.emplace_back(kWords);
    return {};
  }

  Status add_positions() {
    if (!options_.words) return {};
    auto positions = bf16_positions(from_, config_);
    if (!positions) return tl::unexpected(positions.error());
    positions_ = std::move(*positions);
    sources_.push_back(position_source(positions_, config_));
    replaced_.emplace_back(kPositions);
    return {};
  }

  const bundle::SafeTensors& from_;
  const EncoderConfig& config_;
  const QuantizeOptions& options_;
  std::deque<experts::Int8Matrix> matrices_;  // deques: views into earlier ones stay valid
  std::deque<std::vector<float>> smooth_;
  std::vector<std::int8_t> words_;
  std::vector<float> word_scales_;
  std::vector<std::uint16_t> positions_;
  std::vector<TensorSource> sources_;
  std::vector<std::string> replaced_;  // tensors of the float bundle that are not taken over
  std::vector<std::string> floats_;
  std::vector<MatrixReport> reports_;
};

// Every other file of the bundle as it is.
Status copy_files(const bundle::Bundle& from, const std::string& but, bundle::BundleWriter& to) {
  for (const auto& [name, entry] : from.manifest().files) {
    if (name == but) continue;
    const auto content = from.file(name);
    if (!content) return tl::unexpected(content.error());
    std::string bytes(reinterpret_cast<const char*>(content->data()), content->size());
    if (auto status = to.add_file(name, std::move(bytes)); !status) return status;
  }
  return {};
}

std::size_t bytes_of(std::span<const TensorSource> tensors) {
  std::size_t bytes = 0;
  for (const TensorSource& tensor : tensors) bytes += tensor.bytes.size();
  return bytes;
}

}  // namespace

Result<QuantizedBundle> quantize(const bundle::Bundle& bundle, const QuantizeOptions& options) {
  bundle::Manifest manifest = bundle.manifest();
  const auto found = find_encoder(manifest, options.expert);
  if (!found) return tl::unexpected(found.error());
  bundle::Expert& expert = manifest.experts[*found];
  const auto config = experts::read_encoder_config(expert.settings);
  if (!config) return tl::unexpected(config.error());
  const auto tensors = bundle.tensors(expert.file);
  if (!tensors) return tl::unexpected(tensors.error());
  if (experts::holds_int8(*tensors, *config)) {
    return fail(ErrorCode::invalid_argument,
                "encoder " + expert.name + " is int8 already; quantise the float bundle that it was made from");
  }
  if (auto status = check_names(options.keep_float, *config); !status) return tl::unexpected(status.error());
  Int8Tensors int8(*tensors, *config, options);
  if (auto status = int8.collect(); !status) return tl::unexpected(status.error());
  expert.settings.set("precision", "int8").set("float_layers", int8.floats());
  const std::string file = expert.file;
  QuantizedBundle out{bundle::BundleWriter(std::move(manifest)), int8.reports(), int8.floats(), bundle.digest()};
  out.bytes_before = bundle.file(file)->size();
  out.bytes_after = bytes_of(int8.sources());
  if (auto status = copy_files(bundle, file, out.writer); !status) return tl::unexpected(status.error());
  if (auto status = out.writer.add_tensors(file, int8.sources()); !status) return tl::unexpected(status.error());
  return out;
}

}  // namespace tenor::compress
