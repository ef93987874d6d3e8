// A JSON body -> the texts and options of /predict, /predict_batch and /v1/analyze.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
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

// Reused from request to request. The texts point into the parser that filled it.
struct TextRequest {
  std::vector<TextItem> items;
  bool batch = false;  // "texts" was sent
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
  bool text = false;      // {"text": …}
  bool texts = false;     // {"texts": […]}
  bool analysis = false;  // "aspects", "explain", "max_evidence"
  std::size_t max_texts = 1000;
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
  // compared with any model.
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
