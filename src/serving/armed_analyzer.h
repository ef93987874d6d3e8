// The models of a rollout behind one door: each call goes to the arm that was chosen for it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollout/rollout.h"
#include "serving/analyzer.h"
#include "serving/feedback_memory.h"
#include "serving/shadow_scorer.h"

namespace tenor::serving {

// Counts what each arm does, shows the live arm's answers to the shadows, and remembers answers for feedback.
// Thread-safe. Does not choose arms (rollout::Rollout::arm_for) and does not judge them.
//
// Latency is that of texts that were scored alone, by a session that is warm and not out of the cache: a batch of
// thirty and one of two, as arms of different shares have them, cannot be compared. A request's own fault (an empty
// text) is no error of the arm.
class ArmedAnalyzer final : public Analyzer {
 public:
  using Held = std::shared_ptr<const Analyzer>;

  // `arms` in the order of rollout.arm_names(), none null. `rollout` must outlive this.
  ArmedAnalyzer(std::vector<Held> arms, rollout::Rollout& rollout, std::size_t shadow_queue,
                std::size_t remembered_answers);

  std::unique_ptr<Session> open_session() const override;
  // What any arm that answers refuses: nobody knows yet which one will.
  Status check(const engine::Options& options) const override;
  // Of all arms that answer, the live one's first.
  LoadedModels models() const override;

  void set_shadow_queue(std::size_t texts) const {
    if (shadows_) shadows_->set_queue(texts);
  }

  rollout::Rollout& rollout() const { return rollout_; }
  // Of the overall task, in the live model's order.
  const std::vector<std::string>& labels() const { return labels_; }
  // A label that somebody says is right: of the answer to a text, or of an answer in a request. False where it is not
  // remembered. Errors (invalid_argument): a label that the live model does not know.
  Result<bool> learn_of_text(std::string_view text, std::string_view label) const;
  Result<bool> learn_of_request(std::string_view id, std::size_t number, std::string_view label) const;
  // So that feedback may name the request; `label` as it was answered.
  void remember_request(std::string_view id, std::size_t number, std::size_t arm, std::string_view label) const;

  // For sessions.
  const std::vector<Held>& arms() const { return arms_; }
  void record(std::size_t arm, std::string_view text, const engine::Options& options, const Status& status,
              const engine::Verdict& verdict, double alone_us) const;
  std::size_t arms_that_answer() const { return answering_; }
  void wait_for_shadows() const;  // for tests

 private:
  std::size_t label_index(std::string_view label) const;
  Result<bool> learn(const std::optional<Remembered>& answer, std::size_t label) const;
  Result<std::size_t> known_label(std::string_view label) const;

  const std::vector<Held> arms_;
  rollout::Rollout& rollout_;
  const std::size_t answering_;
  std::vector<std::string> labels_;
  mutable FeedbackMemory memory_;
  const std::unique_ptr<ShadowScorer> shadows_;  // null where there are none
};

}  // namespace tenor::serving
