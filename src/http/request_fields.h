// Reading a request's JSON: what its readers have in common. For their sources alone, because of simdjson.
#pragma once

#include <simdjson.h>

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "http/text_request.h"

namespace tenor::http {

using simdjson::dom::element;
using simdjson::dom::element_type;
using JsonArray = simdjson::dom::array;
using JsonObject = simdjson::dom::object;

std::string_view describe(const element& value);  // "a number"
Fault wrong_type(std::string_view field, std::string_view expected, const element& found);
// Where `value` is not one of the names that were `expected`.
Fault unknown_name(std::string_view field, std::string_view expected, std::string_view found);

// Tells members that come twice. Each reader numbers its own by bits.
class SeenFields {
 public:
  std::optional<Fault> note(unsigned bit, std::string_view key);
  bool has(unsigned bits) const { return (seen_ & bits) != 0; }  // any of them
  bool has_all(unsigned bits) const { return (seen_ & bits) == bits; }

 private:
  unsigned seen_ = 0;
};

// Puts a request's texts together.
class TextTaker {
 public:
  // `resolved` is given where the document was repaired; it receives the texts without marks.
  TextTaker(TextRequest& request, std::size_t max_texts, std::deque<std::string>* resolved)
      : request_(request), max_texts_(max_texts), resolved_(resolved) {}

  // Adds a text, or what stands in its place. A fault where there are too many already.
  std::optional<Fault> take(const element& value);
  std::optional<Fault> take_bytes(std::string_view text);
  // A string that is no text; valid as long as the texts are.
  std::string_view plain(std::string_view string);

 private:
  std::optional<Fault> refuse_more() const;

  TextRequest& request_;
  const std::size_t max_texts_;
  std::deque<std::string>* resolved_;  // a deque: the texts' views stay valid while it grows
};

// Of one dialect each, out of the request's object (text_request.h says what they accept). `tensors` are the bytes
// behind the JSON.
std::optional<Fault> read_own(const JsonObject& object, const RequestForm& form, TextTaker& texts,
                              TextRequest& request);
std::optional<Fault> read_tei(const JsonObject& object, TextTaker& texts, TextRequest& request);
std::optional<Fault> read_hugging_face(const JsonObject& object, TextTaker& texts, TextRequest& request);
std::optional<Fault> read_open_inference(const JsonObject& object, std::string_view tensors, TextTaker& texts,
                                         TextRequest& request);

}  // namespace tenor::http
