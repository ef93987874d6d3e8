#include "encoder/tenor_models.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/file_system.h"
#include "base/mapped_file.h"
#include "compress/quantize.h"

namespace tenor::bench {

namespace {

// The float bundle of a folder with encoder.safetensors and encoder.json.
Result<bundle::BundleWriter> float_bundle(const std::filesystem::path& folder) {
  const auto json = read_file(folder / "encoder.json");
  if (!json) return tl::unexpected(json.error());
  const auto settings = bundle::JsonObject::parse(*json);
  if (!settings) return tl::unexpected(settings.error());
  auto tensors = read_file(folder / "encoder.safetensors");
  if (!tensors) return tl::unexpected(tensors.error());
  bundle::Manifest manifest;
  manifest.name = "bench";
  manifest.version = "1";
  manifest.created = "2026-01-01";
  manifest.languages = {"zh"};
  manifest.license = "none";
  manifest.tasks = {{"overall", bundle::TaskKind::overall, {"positive", "neutral", "negative"}}};
  manifest.features.normalizer_version = 1;
  manifest.experts = {{"encoder", experts::kEncoderKind, "encoder.safetensors", {"overall"}, *settings}};
  manifest.provenance.set("program", "bench/encoder");
  bundle::BundleWriter writer(manifest);
  if (auto status = writer.add_file("encoder.safetensors", std::move(*tensors)); !status) {
    return tl::unexpected(status.error());
  }
  if (auto status = writer.add_file("MODEL_CARD.md", "# Random weights\n"); !status) {
    return tl::unexpected(status.error());
  }
  return writer;
}

}  // namespace

Result<Load> Load::read(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return tl::unexpected(text.error());
  Load out;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    for (std::int32_t id = 0; words >> id;) out.ids_.push_back(id);
    out.begins_.push_back(static_cast<std::uint32_t>(out.ids_.size()));
  }
  return out;
}

Result<bundle::Bundle> Models::open_bundle(const std::string& model, bool int8) {
  const std::filesystem::path folder = std::filesystem::path(models_) / model;
  const std::filesystem::path floats = folder / "tenor-float", quantised = folder / "tenor-int8";
  if (!std::filesystem::exists(floats)) {
    const auto writer = float_bundle(folder);
    if (!writer) return tl::unexpected(writer.error());
    if (auto status = writer->publish(floats); !status) return tl::unexpected(status.error());
  }
  if (!int8) return bundle::Bundle::open(floats);
  if (!std::filesystem::exists(quantised)) {
    const auto from = bundle::Bundle::open(floats);
    if (!from) return tl::unexpected(from.error());
    const auto made = compress::quantize(*from);
    if (!made) return tl::unexpected(made.error());
    if (auto status = made->writer.publish(quantised); !status) return tl::unexpected(status.error());
  }
  return bundle::Bundle::open(quantised);
}

Result<std::shared_ptr<const experts::Encoder>> Models::encoder(const std::string& model, const std::string& variant) {
  const std::string key = model + " " + variant;
  if (const auto found = encoders_.find(key); found != encoders_.end()) return found->second;
  const std::size_t at = variant.find('@');
  const auto precision = experts::parse_precision(variant.substr(0, at));
  if (!precision) return tl::unexpected(precision.error());
  const auto kernels = kernels::choose_kernels(at == std::string::npos ? "" : variant.substr(at + 1));
  if (!kernels) return tl::unexpected(kernels.error());
  const auto bundle = open_bundle(model, *precision == experts::Precision::int8);
  if (!bundle) return tl::unexpected(bundle.error());
  file_bytes_ = bundle->size_bytes();
  auto encoder = experts::Encoder::open(*bundle, bundle->manifest().experts.front(), {*precision, *kernels});
  if (!encoder) return tl::unexpected(encoder.error());
  return encoders_[key] = std::make_shared<const experts::Encoder>(std::move(*encoder));
}

Result<const Load*> Models::load(const std::string& name) {
  if (!opened_loads_.contains(name)) {
    auto load = Load::read(loads_ + "/" + name + ".txt");
    if (!load) return tl::unexpected(load.error());
    opened_loads_[name] = std::move(*load);
  }
  return &opened_loads_[name];
}

void Models::forget() {
  encoders_.clear();
}

std::uint64_t resident_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stoull(line.substr(6));
  }
  return 0;
}

}  // namespace tenor::bench
