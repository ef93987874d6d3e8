// Bodies of requests: whatever they hold, the parser answers with texts in UTF-8 or with a fault.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/text_request.h"
#include "text/utf8.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tenor;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  http::RequestForm form;
  form.text = form.texts = form.analysis = true;
  form.max_texts = 8;
  http::TextRequestParser parser;
  http::TextRequest request;
  for (int round = 0; round < 2; ++round) {  // a parser is used again and again
    const auto fault = parser.parse(body, form, request);
    if (fault) {
      require(!fault->detail.empty());
      continue;
    }
    require(request.items.size() <= form.max_texts);
    require(request.options.aspects.size() <= http::kMaxAspectNames);
    require(request.options.max_evidence >= 1 && request.options.max_evidence <= http::kMaxEvidence);
    for (const auto& item : request.items) {
      require(text::count_invalid_bytes(item.text) == 0);
      require(item.invalid_bytes <= size);
    }
    parser.trim();
  }
  return 0;
}
