// libFuzzer target for what an import reads: whatever the bytes, an error or a consistent answer.
// The first byte chooses what the rest is: config.json, tokenizer.json, pytorch_model.bin, or a merges.txt with a text.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "bundle/json_text.h"
#include "bundle/tensor.h"
#include "experts/tokenizer_settings.h"
#include "import/hf_config.h"
#include "import/labels.h"
#include "import/tokenizer_json.h"
#include "import/torch_file.h"

namespace {

using namespace tenor;  // NOLINT(google-build-using-namespace): a program of one file

void require(bool holds) {
  if (!holds) std::abort();
}

void fuzz_config(std::string_view input) {
  const auto json = bundle::parse_json(input);
  const auto config = json ? import::read_hf_config(*json) : Result<import::HfConfig>(fail(ErrorCode::corrupt, ""));
  if (!config) return;
  require(experts::validate(config->encoder).has_value());
  const auto plan = import::plan_labels(config->labels, {});
  if (plan) require(plan->rows.size() == config->encoder.outputs);
}

void check_encoding(const text::Tokenizer& tokenizer, std::string_view text) {
  text::Tokenizer::Scratch scratch;
  text::TokenSequence out;
  tokenizer.encode(text, scratch, out);
  require(out.byte_begin.size() == out.size() && out.byte_end.size() == out.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    require(out.ids[i] >= 0 && static_cast<std::size_t>(out.ids[i]) < tokenizer.size());
    require(out.byte_begin[i] <= out.byte_end[i] && out.byte_end[i] <= text.size());
    require(i == 0 || (out.byte_begin[i - 1] <= out.byte_begin[i] && out.byte_end[i - 1] <= out.byte_end[i]));
  }
}

void fuzz_tokenizer(std::string_view input) {
  const auto json = bundle::parse_json(input);
  if (!json || !json->is_object()) return;
  auto files = import::read_tokenizer_json(*json);
  if (!files) return;
  const auto& settings = files->settings;
  const std::string merges = settings.merges_file.empty() ? "" : files->files.at(settings.merges_file);
  const auto tokenizer = experts::make_tokenizer(settings, files->files.at(settings.vocabulary_file), merges);
  if (tokenizer) check_encoding(*tokenizer, input);
}

void fuzz_torch_file(std::string_view input) {
  const auto file = import::TorchFile::parse(std::as_bytes(std::span(input)));
  if (!file) return;
  unsigned sum = 0;
  for (const auto& [name, view] : file->tensors()) {
    require(bundle::element_count(view.shape).value() * bundle::size_of(view.dtype) == view.bytes.size());
    for (const std::byte byte : view.bytes) sum += std::to_integer<unsigned>(byte);
  }
  if (sum == 0x12345678) std::abort();  // so that the bytes are read
}

// All bytes are tokens, and so is every merge of the input that makes one: its lines, up to an empty one; then a text.
void fuzz_byte_bpe(std::string_view input) {
  const std::size_t end = input.find("\n\n");
  const std::string_view merges = input.substr(0, end);
  std::string vocabulary =
      R"({"<s>":0,"<pad>":1,"</s>":2,"<unk>":3,"<mask>":4,"a":5,"b":6,"ab":7,"bb":8,"abb":9,"Ġ":10})";
  experts::TokenizerSettings settings;
  settings.kind = experts::TokenizerKind::bpe;
  settings.add_prefix_space = input.size() % 2 == 1;
  const auto tokenizer = experts::make_tokenizer(settings, vocabulary, merges);
  if (tokenizer) check_encoding(*tokenizer, end == std::string_view::npos ? merges : input.substr(end));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      fuzz_config(input);
      break;
    case 1:
      fuzz_tokenizer(input);
      break;
    case 2:
      fuzz_torch_file(input);
      break;
    default:
      fuzz_byte_bpe(input);
  }
  return 0;
}
