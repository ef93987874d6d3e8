#include "serving/listening_analyzer.h"

namespace tenor::serving {

namespace {

class ListeningSession final : public Session {
 public:
  ListeningSession(std::unique_ptr<Session> other, const ListeningAnalyzer::Listener& listener)
      : other_(std::move(other)), listener_(listener) {}

  Status classify(std::string_view text, const engine::Options& options, engine::Verdict& verdict) override {
    auto status = other_->classify(text, options, verdict);
    if (status) listener_(options, verdict);
    return status;
  }

  void classify_batch(std::span<const std::string_view> texts, const engine::Options& options,
                      std::span<engine::Verdict> verdicts, std::span<Status> statuses) override {
    other_->classify_batch(texts, options, verdicts, statuses);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (statuses[i]) listener_(options, verdicts[i]);
    }
  }

  bool recall(std::string_view text, const engine::Options& options, engine::Verdict& verdict) override {
    const bool found = other_->recall(text, options, verdict);
    if (found) listener_(options, verdict);
    return found;
  }

  double tokenize_seconds() const override { return other_->tokenize_seconds(); }
  void rest() override { other_->rest(); }

 private:
  std::unique_ptr<Session> other_;
  const ListeningAnalyzer::Listener& listener_;
};

}  // namespace

std::unique_ptr<Session> ListeningAnalyzer::open_session() const {
  return std::make_unique<ListeningSession>(other_.open_session(), listener_);
}

}  // namespace tenor::serving
