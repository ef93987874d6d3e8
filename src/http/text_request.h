// A JSON body -> the texts and options of a request, whichever dialect it speaks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "http/dialect.h"
#include "http/fault.h"
#include "serving/analyzer.h"
#include "serving/priority.h"

namespace tenor::http {

// One element of "texts", or "text".
struct TextItem {
  std::string_view text;            // UTF-8
  std::uint32_t invalid_bytes = 0;  // of the body, read as U+FFFD in `text`
  std::string_view found;           // where the element is no string: what it is ("a number")
  std::uint32_t tokens = 0;         // estimated; set by whoever asks for verdicts

  bool is_string() const { return found.empty(); }
};

// What scores are made of a text's probabilities.
enum class ScoreFunction : std::uint8_t {
  softmax,  // they themselves
  sigmoid,  // of the logits behind them, each label by itself
  none,     // these logits
};

// A tensor of an Open Inference Protocol answer.
enum class TensorName : std::uint8_t { label, score, probabilities };
const char* to_string(TensorName name);

struct OutputTensor {
  TensorName name = TensorName::label;
  bool binary = false;  // as bytes behind the JSON
};

// How a request wants its answer written; each dialect has its own part of it.
struct AnswerWishes {
  ScoreFunction function = ScoreFunction::softmax;  // tei, hugging_face
  std::size_t top_k = engine::kMaxLabels;           // hugging_face: so many labels, at least 1
  std::optional<std::string_view> id = {};          // open_inference: to be repeated
  std::vector<OutputTensor> outputs = {};           // open_inference: in the order of the answer
  bool column = false;                              // open_inference: shapes are [n, 1], as that of the texts
};

// Reused from request to request. The texts point into the parser that filled it; those of tensors sent as bytes into
// the body, and they may hold bytes that are not UTF-8.
struct TextRequest {
  std::vector<TextItem> items;
  bool batch = false;  // several texts, or a list of one
  Dialect dialect = Dialect::tenor;
  AnswerWishes wishes;
  engine::Options options;
  std::optional<serving::Priority> priority;
  std::string_view rollout_key;  // of the member of this name; empty: none sent
  std::string_view model;        // likewise
  // Set by whoever chooses an arm (choose_arm()), where there is a rollout.
  serving::Arm arm;
  std::string id;  // of the request
};

// What a route accepts. Members of other names are ignored.
struct RequestForm {
  Dialect dialect = Dialect::tenor;
  bool text = false;      // tenor: {"text": …}
  bool texts = false;     // tenor: {"texts": […]}
  bool analysis = false;  // tenor: "aspects", "explain", "max_evidence"
  bool tei = false;       // tenor: a body with "inputs" and without "text" is one of text-embeddings-inference
  std::size_t max_texts = 1000;
  std::optional<std::size_t> json_bytes = {};  // open_inference: of the body; tensors as bytes stand behind them
};

inline constexpr std::size_t kMaxEvidence = 50;     // upper end of max_evidence
inline constexpr std::size_t kMaxAspectNames = 64;  // different names in "aspects"

// Keeps its memory from request to request. Not for threads to share.
class TextRequestParser {
 public:
  TextRequestParser();
  ~TextRequestParser();
  TextRequestParser(const TextRequestParser&) = delete;
  TextRequestParser& operator=(const TextRequestParser&) = delete;

  // Nothing where `request` is filled. Its texts are valid until the next call. Bytes that are not UTF-8 and lone
  // surrogate escapes are repaired and counted; anything else that is not JSON is a fault. Names of aspects are not
  // compared with any model. The dialect of `request` is that of the body even where there is a fault.
  std::optional<Fault> parse(std::string_view body, const RequestForm& form, TextRequest& request);

  // The texts of a request go with their parser.
  void swap(TextRequestParser& other) noexcept { state_.swap(other.state_); }

  // Gives back what a large request needed; the texts of the last request end here.
  void trim();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tenor::http
