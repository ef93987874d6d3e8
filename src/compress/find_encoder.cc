#include "compress/find_encoder.h"

#include <optional>

#include "experts/encoder_config.h"

namespace tenor::compress {

Result<std::size_t> find_encoder(const bundle::Manifest& manifest, const std::string& name) {
  std::optional<std::size_t> found;
  std::string known;
  for (std::size_t i = 0; i < manifest.experts.size(); ++i) {
    const bundle::Expert& expert = manifest.experts[i];
    if (expert.kind != experts::kEncoderKind) continue;
    known += (known.empty() ? "" : ", ") + expert.name;
    if (!name.empty() && expert.name != name) continue;
    if (found) {
      return fail(ErrorCode::invalid_argument, "the bundle has several encoders; say which one is meant: " + known);
    }
    found = i;
  }
  if (found) return *found;
  if (known.empty())
    return fail(ErrorCode::not_found, "the bundle has no encoder; linear experts are int8 as they are");
  return fail(ErrorCode::not_found, "no encoder is called '" + name + "'; the bundle has: " + known);
}

}  // namespace tenor::compress
