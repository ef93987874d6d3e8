// libFuzzer target for everything that reads a bundle: whatever the bytes, an error or a consistent bundle.
// The first byte chooses what the rest is: a safetensors file, a manifest, free JSON, the tensors of a bundle whose
// checksums are right, or edits of a whole bundle.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/sha256.h"
#include "bundle/bundle_writer.h"

namespace {

using namespace tenor::bundle;  // NOLINT(google-build-using-namespace): a program of one file

using Files = std::map<std::string, std::string>;

void require(bool holds) {
  if (!holds) std::abort();
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

tenor::Result<Bundle> open(const Files& files) {
  std::vector<EmbeddedFile> embedded;
  for (const auto& [name, content] : files) embedded.push_back({name, bytes_of(content)});
  return Bundle::open(embedded, "fuzz");
}

// What opens can be read to the last byte, and written again as the same tensors.
void check_tensors(const SafeTensors& tensors) {
  std::vector<TensorSource> sources;
  for (const std::string& name : tensors.names()) {
    const TensorView view = tensors.get(name).value();
    require(element_count(view.shape).value() * size_of(view.dtype) == view.bytes.size());
    (void)view.as<float>();
    (void)view.as<std::int8_t>();
    sources.push_back({name, view.dtype, view.shape, view.bytes});
  }
  const auto written = write_safetensors(sources, tensors.metadata());
  if (!written) return;  // an empty name can be read, not written
  const auto again = SafeTensors::parse(bytes_of(*written), "again");
  require(again && again->names() == tensors.names() && again->metadata() == tensors.metadata());
}

void fuzz_tensors(std::string_view input) {
  if (const auto tensors = SafeTensors::parse(bytes_of(input), "fuzz")) check_tensors(*tensors);
}

void fuzz_manifest(std::string_view input) {
  const auto manifest = parse_manifest(input);
  if (!manifest) return;
  const auto written = to_json(*manifest);
  require(written.has_value());
  if (written->size() <= kMaxManifestBytes) require(parse_manifest(*written) == *manifest);
}

void fuzz_json(std::string_view input) {
  const auto object = JsonObject::parse(input);
  if (!object) return;
  require(JsonObject::parse(object->dump()).value() == *object);
  for (const std::string& key : object->keys()) {
    (void)object->number(key);
    (void)object->integer(key);
    (void)object->numbers(key);
    (void)object->texts(key);
    (void)object->objects(key);
  }
}

BundleWriter writer_for(std::string tensors) {
  Manifest manifest;
  manifest.name = "fuzz";
  manifest.languages = {"zh"};
  manifest.tasks = {{"overall", TaskKind::overall, {"positive", "negative"}}};
  manifest.features.normalizer_version = 1;
  manifest.experts = {{"e", "linear", "e.safetensors", {"overall"}, {}}};
  BundleWriter writer(manifest);
  require(writer.add_file("e.safetensors", std::move(tensors)) && writer.add_file("MODEL_CARD.md", "#"));
  return writer;
}

void fuzz_tensors_in_bundle(std::string_view input) {
  const Files files = writer_for(std::string(input)).build().value();  // outlives the bundle
  if (const auto bundle = open(files)) check_tensors(bundle->tensors("e.safetensors").value());
}

// Each three bytes edit one byte; the first byte of all says whether the manifest's checksum is put right after that.
void fuzz_edits(std::string_view input) {
  if (input.empty()) return;
  const std::vector<float> numbers(3, 1.0f);
  Files files = writer_for(write_safetensors({tensor_source("w", {3}, numbers)}).value()).build().value();
  for (std::size_t i = 1; i + 2 < input.size(); i += 3) {
    std::size_t at = static_cast<unsigned char>(input[i]) * 256u + static_cast<unsigned char>(input[i + 1]);
    for (auto& [name, content] : files) {
      if (at < content.size()) {
        content[at] = input[i + 2];
        break;
      }
      at -= content.size();
    }
  }
  if (input[0] & 1) files["manifest.sha256"] = digest_line(tenor::sha256_hex(bytes_of(files["manifest.json"])));
  const auto bundle = open(files);
  if (!bundle) return;
  const auto tensors = bundle->tensors(bundle->manifest().experts[0].file);
  if (tensors) check_tensors(*tensors);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
    case 0:
      fuzz_tensors(input);
      break;
    case 1:
      fuzz_manifest(input);
      break;
    case 2:
      fuzz_json(input);
      break;
    case 3:
      fuzz_tensors_in_bundle(input);
      break;
    default:
      fuzz_edits(input);
  }
  return 0;
}
