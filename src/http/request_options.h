// The options of a request: whom to ask, and when.
#pragma once

#include "http/request_fields.h"

namespace tenor::http {

enum class OptionSet {
  common,    // language, model, budget, deadline_ms, gate, priority, rollout_key
  own,       // and granularity
  analysis,  // and aspects, explain, max_evidence
};

// Fills a TextRequest's options member by member. Not for threads to share.
class OptionReader {
 public:
  OptionReader(TextRequest& request, OptionSet set) : request_(request), set_(set) {}

  // A fault where an option of this name has a value that it cannot have, or came before. Members that are no options,
  // and null, are passed over.
  std::optional<Fault> read(std::string_view key, const element& value);

 private:
  enum Field : unsigned;
  Field field_of(std::string_view key) const;
  std::optional<Fault> read_field(Field field, const element& value);

  std::optional<Fault> read_language(const element& value);
  std::optional<Fault> read_model(const element& value);
  std::optional<Fault> read_budget(const element& value);
  std::optional<Fault> read_deadline(const element& value);
  std::optional<Fault> read_gate(const element& value);
  std::optional<Fault> read_priority(const element& value);
  std::optional<Fault> read_granularity(const element& value);
  std::optional<Fault> read_aspects(const element& value);
  std::optional<Fault> read_max_evidence(const element& value);

  TextRequest& request_;
  const OptionSet set_;
  SeenFields seen_;
};

}  // namespace tenor::http
