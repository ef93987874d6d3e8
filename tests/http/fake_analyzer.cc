#include "fake_analyzer.h"

#include <algorithm>
#include <stdexcept>

namespace tenor::http {

namespace {

class FakeSession final : public serving::Session {
 public:
  explicit FakeSession(const FakeAnalyzer& analyzer) : analyzer_(analyzer) {}

  Status classify(std::string_view text, const engine::Options& options, engine::Verdict& verdict) override {
    if (text.find_first_not_of(" \n\t") == std::string_view::npos) return fail(ErrorCode::empty_text, "empty");
    if (text.find("!throw") != std::string_view::npos) throw std::runtime_error("as asked");
    if (text.find("!gate") != std::string_view::npos) analyzer_.gate().pass();
    analyzer_.note(text);
    const bool good = text.find("good") != std::string_view::npos;
    const auto& tasks = analyzer_.model().tasks;
    verdict = {};
    verdict.model = &analyzer_.model();
    verdict.language = options.language.value_or(text::Language::zh);
    verdict.overall.task = &tasks[0];
    verdict.overall.label = good ? 0 : 2;
    verdict.overall.probabilities =
        good ? std::array<float, 4>{0.75F, 0.25F, 0, 0} : std::array<float, 4>{0, 0.25F, 0.75F, 0};
    verdict.characters = static_cast<std::uint32_t>(text.size());
    verdict.explained = options.explain;
    if (text.find("!miss") != std::string_view::npos) verdict.cache = engine::CacheUse::miss;
    if (text.find("!hit") != std::string_view::npos) verdict.cache = engine::CacheUse::hit;
    if (options.all_aspects || !options.aspects.empty()) {
      verdict.aspects.resize(1);
      verdict.aspects[0].task = &tasks[1];
      verdict.aspects[0].probabilities = {1, 0, 0, 0};
    }
    return {};
  }

 private:
  const FakeAnalyzer& analyzer_;
};

}  // namespace

void Gate::open() {
  {
    const std::lock_guard lock(mutex_);
    open_ = true;
  }
  changed_.notify_all();
}

void Gate::pass() {
  std::unique_lock lock(mutex_);
  ++arrivals_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return open_; });
}

void Gate::wait_for_arrivals(int count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return arrivals_ >= count; });
}

FakeAnalyzer::FakeAnalyzer(const std::string& version) {
  model_.name = "fake";
  model_.version = version;
  model_.digest = "00";
  model_.precision = "none";
  model_.languages = {text::Language::zh, text::Language::en};
  model_.tasks = {{"overall", false, {"positive", "neutral", "negative"}},
                  {"food", true, {"positive", "neutral", "negative", "not_mentioned"}}};
  model_.experts = {"guess"};
}

std::vector<std::string> FakeAnalyzer::scored() const {
  const std::lock_guard lock(mutex_);
  return scored_;
}

void FakeAnalyzer::note(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  scored_.emplace_back(text);
}

std::unique_ptr<serving::Session> FakeAnalyzer::open_session() const {
  return std::make_unique<FakeSession>(*this);
}

Status FakeAnalyzer::check(const engine::Options& options) const {
  if (options.model && *options.model != model_.name) return fail(ErrorCode::not_found, "there is only " + model_.name);
  for (const auto& aspect : options.aspects) {
    if (aspect != "food") return fail(ErrorCode::invalid_argument, "no aspect \"" + aspect + "\"; there is: food");
  }
  return {};
}

}  // namespace tenor::http
