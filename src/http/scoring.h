// From a request's body to the verdicts in its answer: what all scoring paths have in common.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/answer_format.h"
#include "http/fault.h"
#include "http/model_choice.h"
#include "http/route.h"
#include "http/service.h"

namespace tenor::http {

class ScoringRequest;

// What a route takes and answers.
struct ScoringForm {
  RequestForm request;
  const AnswerFormat* format = nullptr;  // of the form's own dialect
  ModelChoice model;                     // that the path names
};
// In which `request`, read by this form, is answered.
const AnswerFormat& format_of(const ScoringForm& form, const TextRequest& request);

// Where milliseconds went, for the header Server-Timing.
struct SpentTime {
  double queue_us = 0;      // until the first text's batch began
  double tokenize_us = 0;   // of the batches in which its texts were
  double inference_us = 0;  // of these batches, tokenising not included
  double total_us = 0;
};
// Says it in the headers and counts it.
void report_times(const Service& service, std::string& headers, const SpentTime& spent, const serving::Arm& arm);

// What a request's head says of how it is to be answered.
struct HeadWishes {
  std::optional<serving::Priority> priority;
  std::string_view rollout_key;
  std::string_view request_id;  // that the answer will carry
  std::string_view arm = {};    // of the rollout, which the path names; empty: it names none
};
// Sets request.arm: the one that the path or the body names, else by the key of the head, that of the body, or the
// first text; the first arm where there is no rollout. A fault: no arm has that name.
std::optional<Fault> choose_arm(const Service& service, const HeadWishes& wishes, TextRequest& request);
// X-Tenor-Arm; nothing where there is no rollout.
void append_arm_header(std::string& headers, const serving::Arm& arm);

// Fills `request` out of a body, for the model of the form.
std::optional<Fault> read_texts(const Service& service, TextRequestParser& parser, const ScoringForm& form,
                                std::string_view body, TextRequest& request);
// A text that is not scored: no string, too large.
std::optional<Fault> check_item(const Service& service, const TextItem& item);
// What became of a text that was.
struct Scored {
  const Status& status;
  double us = 0;  // its share of scoring its batch
};
// Of an item of `request`; counts it.
std::optional<Fault> conclude(const Service& service, const TextRequest& request, const TextItem& item,
                              const Scored& scored, engine::Verdict& verdict);
Fault fault_of(const Error& error);
// Appends what a batch has in the place of a text, {"error": …}; counts it.
void append_item_error(const Service& service, std::string& out, const Fault& fault);
// A text's fault as that of the whole request, which says which text it is.
Fault fault_of_item(const TextRequest& request, std::size_t item, Fault fault);
Fault answer_too_large(const Service& service);
// X-Tenor-Cache, of a single text.
void append_cache_header(std::string& headers, engine::CacheUse use);

// Answers workspace.request with workspace.session, into workspace.response.
std::optional<Fault> score_here(const Service& service, Workspace& workspace, const ScoringForm& form);

// The same for one text whose answer is in the cache; else false.
bool answer_from_cache(const Service& service, Workspace& workspace, const ScoringForm& form);

// Microseconds that workspace.request will take by what was measured so far.
double predicted_us(const Service& service, const TextRequest& request);

}  // namespace tenor::http
