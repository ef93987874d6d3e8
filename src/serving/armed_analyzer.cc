#include "serving/armed_analyzer.h"

#include <algorithm>
#include <chrono>
#include <type_traits>
#include <utility>

namespace tenor::serving {

namespace {

using SteadyClock = std::chrono::steady_clock;

double microseconds_from(SteadyClock::time_point begin) {
  return std::chrono::duration<double, std::micro>(SteadyClock::now() - begin).count();
}

// The first calls of a session touch memory that later ones find warm; an arm with a small share has more such calls
// among its few.
constexpr std::size_t kColdCalls = 3;

// Opens the sessions of its arms as they are asked.
class ArmedSession final : public Session {
 public:
  explicit ArmedSession(const ArmedAnalyzer& analyzer)
      : analyzer_(analyzer), sessions_(analyzer.arms().size()), calls_(sessions_.size()) {}

  // Shadows answer only who names them.
  void take_arm(const Arm& arm) override {
    const std::size_t arms = arm.by_name ? sessions_.size() : analyzer_.arms_that_answer();
    arm_ = arm.index < arms ? arm.index : 0;
    counted_ = !arm.by_name;
  }

  Status classify(std::string_view text, const engine::Options& options, engine::Verdict& verdict) override {
    const auto begin = SteadyClock::now();
    auto status = counting_throws([&] { return session().classify(text, options, verdict); });
    record(text, options, status, verdict, is_warm() ? microseconds_from(begin) : 0);
    return status;
  }

  void classify_batch(std::span<const std::string_view> texts, const engine::Options& options,
                      std::span<engine::Verdict> verdicts, std::span<Status> statuses) override {
    const auto begin = SteadyClock::now();
    counting_throws([&] { session().classify_batch(texts, options, verdicts, statuses); });
    const double alone_us = is_warm() && texts.size() == 1 ? microseconds_from(begin) : 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      record(texts[i], options, statuses[i], verdicts[i], alone_us);
    }
  }

  bool recall(std::string_view text, const engine::Options& options, engine::Verdict& verdict) override {
    if (!session().recall(text, options, verdict)) return false;
    record(text, options, {}, verdict, 0);
    return true;
  }

  double tokenize_seconds() const override {
    double seconds = 0;
    for (const auto& session : sessions_) seconds += session ? session->tokenize_seconds() : 0;
    return seconds;
  }

  void rest() override {
    for (const auto& session : sessions_) {
      if (session) session->rest();
    }
  }

 private:
  void record(std::string_view text, const engine::Options& options, const Status& status,
              const engine::Verdict& verdict, double alone_us) const {
    if (counted_) analyzer_.record(arm_, text, options, status, verdict, alone_us);
  }

  // Asked once a call.
  bool is_warm() { return ++calls_[arm_] > kColdCalls; }

  // Whoever called catches it, and answers with an error.
  template <class Call>
  std::invoke_result_t<Call> counting_throws(const Call& call) {
    try {
      return call();
    } catch (...) {
      if (counted_) analyzer_.rollout().record(arm_, {.error = true});
      throw;
    }
  }

  Session& session() {
    auto& session = sessions_[arm_];
    if (!session) session = analyzer_.arms()[arm_]->open_session();
    return *session;
  }

  const ArmedAnalyzer& analyzer_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::vector<std::size_t> calls_;  // of each session
  std::size_t arm_ = 0;
  bool counted_ = true;
};

std::unique_ptr<ShadowScorer> shadows_of(const std::vector<ArmedAnalyzer::Held>& arms, std::size_t first,
                                         std::size_t queue, rollout::Rollout& rollout) {
  if (first == arms.size()) return nullptr;
  std::vector<ShadowScorer::Shadow> shadows;
  for (std::size_t arm = first; arm < arms.size(); ++arm) shadows.push_back({arm, arms[arm]});
  return std::make_unique<ShadowScorer>(std::move(shadows), queue, rollout);
}

bool is_requests_fault(const Error& error) {
  return error.code == ErrorCode::empty_text || error.code == ErrorCode::invalid_argument ||
         error.code == ErrorCode::unsupported;
}

std::vector<std::string> labels_of(const Analyzer& live) {
  const auto loaded = live.models();
  return loaded.infos.empty() ? std::vector<std::string>() : loaded.infos.front()->tasks.front().labels;
}

}  // namespace

ArmedAnalyzer::ArmedAnalyzer(std::vector<Held> arms, rollout::Rollout& rollout, std::size_t shadow_queue,
                             std::size_t remembered_answers)
    : arms_(std::move(arms)),
      rollout_(rollout),
      answering_(arms_.size() - rollout.plan().shadows.size()),
      labels_(labels_of(*arms_.front())),
      memory_(remembered_answers),
      shadows_(shadows_of(arms_, answering_, shadow_queue, rollout)) {}

std::unique_ptr<Session> ArmedAnalyzer::open_session() const {
  return std::make_unique<ArmedSession>(*this);
}

Status ArmedAnalyzer::check(const engine::Options& options) const {
  for (std::size_t arm = 0; arm < answering_; ++arm) {
    if (auto status = arms_[arm]->check(options); !status) return status;
  }
  return {};
}

LoadedModels ArmedAnalyzer::models() const {
  auto kept = std::make_shared<std::vector<LoadedModels>>();
  LoadedModels all;
  for (std::size_t arm = 0; arm < answering_; ++arm) {
    kept->push_back(arms_[arm]->models());
    all.infos.insert(all.infos.end(), kept->back().infos.begin(), kept->back().infos.end());
  }
  all.owner = std::move(kept);
  return all;
}

std::size_t ArmedAnalyzer::label_index(std::string_view label) const {
  const auto found = std::find(labels_.begin(), labels_.end(), label);
  const auto index = static_cast<std::size_t>(found - labels_.begin());
  return found == labels_.end() ? rollout::kMaxLabels - 1 : std::min(index, rollout::kMaxLabels - 1);
}

void ArmedAnalyzer::record(std::size_t arm, std::string_view text, const engine::Options& options, const Status& status,
                           const engine::Verdict& verdict, double alone_us) const {
  if (!status && is_requests_fault(status.error())) return;
  rollout::Outcome outcome;
  outcome.error = !status;
  if (status) {
    outcome.latency_us = verdict.cache == engine::CacheUse::hit ? 0 : alone_us;
    outcome.can_abstain = verdict.gated;
    outcome.abstained = verdict.overall.uncertain;
    outcome.label = label_index(verdict.overall.label_name());
    memory_.remember_text(text, {arm, outcome.label});
  }
  rollout_.record(arm, outcome);
  if (status && arm == 0 && shadows_) shadows_->offer(text, options, verdict.overall.label_name());
}

Result<std::size_t> ArmedAnalyzer::known_label(std::string_view label) const {
  const auto found = std::find(labels_.begin(), labels_.end(), label);
  if (found != labels_.end()) return static_cast<std::size_t>(found - labels_.begin());
  std::string known;
  for (const std::string& name : labels_) known += (known.empty() ? "" : ", ") + name;
  return fail(ErrorCode::invalid_argument, "label: expected one of " + known + ", found another word");
}

Result<bool> ArmedAnalyzer::learn(const std::optional<Remembered>& answer, std::size_t label) const {
  if (!answer) return false;
  rollout_.record_feedback(answer->arm, answer->label == label);
  return true;
}

Result<bool> ArmedAnalyzer::learn_of_text(std::string_view text, std::string_view label) const {
  const auto index = known_label(label);
  if (!index) return tl::unexpected(index.error());
  return learn(memory_.take_text(text), *index);
}

Result<bool> ArmedAnalyzer::learn_of_request(std::string_view id, std::size_t number, std::string_view label) const {
  const auto index = known_label(label);
  if (!index) return tl::unexpected(index.error());
  return learn(memory_.take_request(id, number), *index);
}

void ArmedAnalyzer::remember_request(std::string_view id, std::size_t number, std::size_t arm,
                                     std::string_view label) const {
  memory_.remember_request(id, number, {arm, label_index(label)});
}

void ArmedAnalyzer::wait_for_shadows() const {
  if (shadows_) shadows_->wait_until_idle();
}

}  // namespace tenor::serving
