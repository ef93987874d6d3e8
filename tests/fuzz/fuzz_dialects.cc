// Bodies in the shapes of other APIs: whatever they hold, the parser answers with texts or with a fault, and what it
// takes can be answered. The first byte chooses the dialect and how much of the rest is JSON.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "http/answer_format.h"
#include "http/text_request.h"
#include "text/utf8.h"

namespace {

using namespace tenor;

void require(bool condition) {
  if (!condition) std::abort();
}

http::RequestForm form_of(std::uint8_t choice, std::size_t size) {
  http::RequestForm form;
  form.max_texts = 8;
  switch (choice % 4) {
    case 0:
      form.text = form.tei = true;
      break;
    case 1:
      form.dialect = http::Dialect::hugging_face;
      break;
    default:
      form.dialect = http::Dialect::open_inference;
      break;
  }
  if (choice % 4 == 3) form.json_bytes = size * (choice / 4) / 63;
  return form;
}

const http::AnswerFormat& format_of(http::Dialect dialect) {
  switch (dialect) {
    case http::Dialect::tenor:
      return http::short_format();
    case http::Dialect::tei:
      return http::tei_format();
    case http::Dialect::hugging_face:
      return http::hugging_face_format();
    default:
      return http::open_inference_format();
  }
}

// The JSON of an answer is JSON.
void answer(const http::TextRequest& request) {
  const engine::TaskInfo task{"overall", false, {"positive", "neutral", "negative"}};
  engine::ModelInfo model;
  engine::Verdict verdict;
  verdict.model = &model;
  verdict.overall.task = &task;
  verdict.overall.probabilities = {0.5F, 0.25F, 0.25F, 0};
  http::ModelChoice choice;
  choice.labels = task.labels;
  const http::AnswerContext context{request, choice, "1"};
  const auto& format = format_of(request.dialect);
  http::Response response;
  const auto write = [&](std::string& out, std::size_t column, std::size_t item) {
    format.write(out, column, context, {verdict, request.items[item].text});
  };
  require(put_together(response, format, context, 0, std::numeric_limits<std::size_t>::max(), write));
  std::string_view body = response.body;
  constexpr std::string_view kHeader = "Inference-Header-Content-Length: ";
  if (response.headers.starts_with(kHeader)) body = body.substr(0, std::stoul(response.headers.substr(kHeader.size())));
  require(nlohmann::json::accept(body));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto form = form_of(data[0], body.size());
  http::TextRequestParser parser;
  http::TextRequest request;
  for (int round = 0; round < 2; ++round) {  // a parser is used again and again
    const auto fault = parser.parse(body, form, request);
    if (fault) {
      require(!fault->detail.empty());
      continue;
    }
    require(request.items.size() <= form.max_texts);
    require(request.batch || request.items.size() == 1);
    require(request.wishes.top_k >= 1 && request.wishes.top_k <= engine::kMaxLabels);
    require(request.wishes.outputs.size() <= 3);
    for (const auto& item : request.items) {
      if (request.dialect != http::Dialect::tenor) require(item.is_string());
      if (!form.json_bytes) require(text::count_invalid_bytes(item.text) == 0);
    }
    answer(request);
    parser.trim();
  }
  return 0;
}
