// In whose shapes a request is asked and answered.
#pragma once

#include <cstdint>

namespace tenor::http {

enum class Dialect : std::uint8_t {
  tenor,           // this server's own (docs/http-api.md)
  tei,             // text-embeddings-inference's POST /predict; like the others, docs/compatibility.md
  hugging_face,    // Hugging Face Inference's text-classification
  open_inference,  // the Open Inference Protocol, version 2
};

}  // namespace tenor::http
