// A request for verdicts that goes through the batcher.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/deferred.h"
#include "http/scoring.h"
#include "serving/request.h"

namespace tenor::http {

// Keeps the texts, writes each one's answer as it comes, and puts the answers together. Owned by the batcher while it
// waits.
class ScoringRequest final : public serving::Request, public Deferred {
 public:
  ScoringRequest(const Service& service, const ScoringForm& form, const HeadWishes& wishes);

  // Takes over workspace.request, with its parser; the workspace gets others. Requests of more than 512 tokens are
  // bulk, unless they say otherwise.
  void adopt(Workspace& workspace);
  // Leaves reading the body to a worker. Bulk, unless the head says otherwise: what the body says is not known yet.
  void adopt_raw(std::string_view body);

  Dialect dialect() const override { return request_.dialect; }
  serving::Admission submit(const std::shared_ptr<Deferred>& self, Workers& workers) override;

  void prepare() override;
  bool wanted() override;
  void deliver(std::size_t text, engine::Verdict& verdict, const Status& status,
               const serving::ScoringTimes& times) override;
  void finish(serving::Outcome outcome) override;

 private:
  void take_texts();
  void write_text(std::size_t item, engine::Verdict& verdict, const Status& status, double time_us);
  // Of a text: in its place, or as the request's own.
  void take_fault(std::size_t item, Fault fault);
  std::string& piece(std::size_t column, std::size_t item) { return pieces_[item * columns_ + column]; }
  void add_times(const serving::ScoringTimes& times);
  bool too_large() const { return bytes_.load(std::memory_order_relaxed) > service_.limits.max_answer; }
  std::optional<Fault> fill_response();

  const Service& service_;
  const ScoringForm form_;
  const std::optional<serving::Priority> head_priority_;
  const std::string rollout_key_;
  const std::string request_id_;
  const serving::Clock::time_point begin_ = serving::Clock::now();
  std::string_view raw_body_;
  TextRequestParser parser_;
  TextRequest request_;
  const AnswerFormat* format_ = nullptr;
  std::vector<std::size_t> items_;   // of each text of serving::Request, its place in request_.items
  std::vector<std::string> pieces_;  // of the answer, one for each item and column
  std::size_t columns_ = 1;
  std::string model_version_;  // of the first item's model
  std::atomic<std::size_t> bytes_ = 0;
  std::atomic<int> errors_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex fault_mutex_;
  std::size_t faulty_item_ = 0;  // whose fault is fault_
  std::mutex times_mutex_;
  SpentTime spent_;
  std::vector<double> batches_;  // whose times are counted, by when they began
};

}  // namespace tenor::http
