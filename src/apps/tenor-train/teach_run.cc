#include "apps/tenor-train/teach_run.h"

#include <algorithm>
#include <filesystem>
#include <span>
#include <string_view>
#include <thread>
#include <unordered_set>

#include "base/json_writer.h"
#include "base/progress.h"
#include "data/split.h"
#include "data/text_corpus.h"
#include "engine/engine.h"

namespace tenor::train_cli {

namespace {

constexpr std::size_t kBlock = 2048;  // texts that threads share among them

class Teaching {
 public:
  Teaching(const TeachOptions& options, engine::Engine engine)
      : options_(options), engine_(std::move(engine)), bar_("teaching", "texts", std::nullopt, options.progress) {
    asked_.language = engine_.models().front()->languages.front();
    for (std::size_t t = 0; t < std::max<std::size_t>(1, options.threads); ++t)
      scratches_.push_back(engine_.make_scratch());
  }

  void take(std::string_view text) {
    const data::SplitFractions share{.dev = options_.share, .test = 0};
    if (options_.share < 1 && data::part_of(text, share, options_.seed) != data::Part::dev) return;
    if (!seen_.insert(data::content_hash(text)).second) return;
    waiting_.emplace_back(text);
    if (waiting_.size() == kBlock) answer();
  }

  // The last ones, and what became of all.
  TaughtRows finish() {
    answer();
    bar_.finish();
    return std::move(rows_);
  }

 private:
  void answer() {
    const std::vector<std::string_view> texts(waiting_.begin(), waiting_.end());
    std::vector<engine::Verdict> verdicts(texts.size());
    std::vector<Status> statuses(texts.size());
    const std::size_t piece = (texts.size() + scratches_.size() - 1) / scratches_.size();
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < scratches_.size() && t * piece < texts.size(); ++t) {
      const auto begin = t * piece, size = std::min(piece, texts.size() - t * piece);
      threads.emplace_back([&, t, begin, size] {
        engine_.classify_batch(std::span(texts).subspan(begin, size), asked_, *scratches_[t],
                               std::span(verdicts).subspan(begin, size), std::span(statuses).subspan(begin, size));
      });
    }
    for (auto& thread : threads) thread.join();
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (statuses[i]) keep(texts[i], verdicts[i].overall);
    }
    rows_.read += texts.size();
    bar_.update(rows_.read);
    waiting_.clear();
  }

  void keep(std::string_view text, const engine::TaskVerdict& answer) {
    const auto label = answer.label_name();
    if (answer.score() < (label == "neutral" ? options_.sure_neutral : options_.sure)) return;
    ++rows_.kept;
    JsonWriter(rows_.jsonl)
        .begin_object()
        .member("text", text)
        .member("label", label)
        .member("source", options_.source)
        .member("domain", options_.source)
        .end_object();
    rows_.jsonl += '\n';
  }

  const TeachOptions& options_;
  const engine::Engine engine_;
  engine::Options asked_;
  std::vector<engine::ScratchPtr> scratches_;
  std::unordered_set<std::uint64_t> seen_;
  std::vector<std::string> waiting_;
  TaughtRows rows_;
  Progress bar_;
};

bool has_overall(const engine::Engine& engine) {
  const auto& tasks = engine.models().front()->tasks;
  return std::any_of(tasks.begin(), tasks.end(), [](const auto& task) { return !task.aspect; });
}

}  // namespace

Result<TaughtRows> teach(const TeachOptions& options) {
  const std::filesystem::path folder(options.bundle);
  auto engine = engine::Engine::open(std::span(&folder, 1));
  if (!engine) return fail(std::move(engine.error()), "teacher");
  if (!has_overall(*engine)) {
    return fail(ErrorCode::invalid_argument, options.bundle + " has no overall task to teach");
  }
  Teaching teaching(options, std::move(*engine));
  const auto read = data::for_each_text(options.texts, [&](std::string_view text) -> Status {
    teaching.take(text);
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return teaching.finish();
}

}  // namespace tenor::train_cli
