// How verdicts become the body of an answer, in one dialect.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/verdict.h"
#include "http/message.h"
#include "http/model_choice.h"
#include "http/text_request.h"

namespace tenor::http {

// One text's answer; `time_us` is what its scoring took.
struct ScoredText {
  const engine::Verdict& verdict;
  std::string_view text;
  std::uint64_t time_us = 0;
};

struct AnswerContext {
  const TextRequest& request;
  const ModelChoice& model;
  std::string_view model_version = {};  // of the first text's model; known when the answer is put together
};

// An answer is a frame around pieces, one of each text, with commas between them; tensors have a column of pieces each.
// Texts may be written by several threads, each to memory of its own. Immutable.
class AnswerFormat {
 public:
  virtual ~AnswerFormat() = default;

  // Whether a text that cannot be answered has an error in its place; else its fault is that of the whole request.
  virtual bool has_item_errors() const { return false; }
  virtual std::size_t columns(const TextRequest& /*request*/) const { return 1; }
  // Whether the column is bytes that stand behind the JSON.
  virtual bool is_binary(const TextRequest& /*request*/, std::size_t /*column*/) const { return false; }

  // Appends a text's piece of a column.
  virtual void write(std::string& out, std::size_t column, const AnswerContext& context,
                     const ScoredText& scored) const = 0;

  // Append what stands around the pieces. `errors` counts texts that have one in their place; `bytes` is the size of a
  // binary column.
  virtual void begin(std::string& /*out*/, const AnswerContext& /*context*/) const {}
  virtual void begin_column(std::string& /*out*/, std::size_t /*column*/, const AnswerContext& /*context*/,
                            std::size_t /*bytes*/) const {}
  virtual void end_column(std::string& /*out*/, std::size_t /*column*/, const AnswerContext& /*context*/) const {}
  virtual void end(std::string& /*out*/, const AnswerContext& /*context*/, int /*errors*/) const {}
};

// The formats; each lives as long as the program.
const AnswerFormat& short_format();           // /predict, /predict_batch
const AnswerFormat& full_format();            // /v1/analyze
const AnswerFormat& tei_format();             // [{"score", "label"}], of several texts a list of such
const AnswerFormat& hugging_face_format();    // [[{"label", "score"}]]
const AnswerFormat& open_inference_format();  // {"model_name", "outputs": […]}

// Content type and header of an answer whose first `json_bytes` are JSON, and tensors the rest.
void mark_binary(Response& response, std::size_t json_bytes);

// Fills response.body; `write_piece(out, column, item)` appends the pieces. False where it would be larger than `most`.
template <class WritePiece>
bool put_together(Response& response, const AnswerFormat& format, const AnswerContext& context, int errors,
                  std::size_t most, WritePiece&& write_piece) {
  auto& body = response.body;
  const auto texts = context.request.items.size();
  std::string tensors;
  bool any_binary = false;
  format.begin(body, context);
  for (std::size_t column = 0; column < format.columns(context.request); ++column) {
    const bool binary = format.is_binary(context.request, column);
    any_binary |= binary;
    const auto before = tensors.size();
    for (std::size_t i = 0; binary && i < texts; ++i) write_piece(tensors, column, i);
    format.begin_column(body, column, context, tensors.size() - before);
    for (std::size_t i = 0; !binary && i < texts; ++i) {
      if (i > 0) body += ',';
      write_piece(body, column, i);
      if (body.size() > most) return false;
    }
    format.end_column(body, column, context);
  }
  format.end(body, context, errors);
  if (any_binary) {
    mark_binary(response, body.size());
    body += tensors;
  }
  return body.size() <= most;
}

}  // namespace tenor::http
