#include "apps/tenor-train/learn/teacher.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <thread>

#include "base/progress.h"
#include "engine/engine.h"

namespace tenor::train_cli {

namespace {

constexpr float kLeast = 1e-6f;  // probabilities below it teach nothing more

struct Student {
  std::span<const learn::TaskInfo> tasks;
  std::span<const learn::Example> examples;
  std::size_t outputs = 0;
};

// Adds what one engine says of example `row` to its probabilities; false where it refuses the text.
bool add_answer(const engine::Engine& engine, const Student& student, std::size_t row, engine::Scratch& scratch,
                engine::Verdict& verdict, std::span<float> sums, std::span<float> counts) {
  engine::Options options;
  options.all_aspects = std::any_of(student.tasks.begin(), student.tasks.end(), [](const auto& t) { return t.aspect; });
  options.language = engine.models().front()->languages.front();
  if (!engine.classify(student.examples[row].text, options, scratch, verdict)) return false;
  const auto take = [&](const engine::TaskVerdict& answer) {
    for (std::size_t t = 0; t < student.tasks.size(); ++t) {
      if (student.tasks[t].name != answer.task->name || student.tasks[t].labels != answer.task->labels) continue;
      for (std::size_t l = 0; l < answer.task->labels.size(); ++l) {
        sums[student.tasks[t].first_output + l] += answer.probabilities[l];
      }
      counts[t] += 1;
    }
  };
  take(verdict.overall);
  for (const engine::TaskVerdict& aspect : verdict.aspects) take(aspect);
  return true;
}

void answer_row(const std::vector<engine::Engine>& engines, const Student& student, std::size_t row,
                std::vector<engine::ScratchPtr>& scratches, engine::Verdict& verdict, std::span<float> out) {
  std::vector<float> counts(student.tasks.size(), 0);
  std::fill(out.begin(), out.end(), 0.0f);
  bool any = false;
  for (std::size_t e = 0; e < engines.size(); ++e) {
    any = add_answer(engines[e], student, row, *scratches[e], verdict, out, counts) || any;
  }
  for (std::size_t t = 0; t < student.tasks.size(); ++t) {
    const learn::TaskInfo& task = student.tasks[t];
    for (std::size_t l = 0; l < task.labels.size(); ++l) {
      float& value = out[task.first_output + l];
      value = counts[t] > 0 ? std::log(std::max(value / counts[t], kLeast)) : 0;
    }
  }
  if (!any) out[0] = std::numeric_limits<float>::quiet_NaN();
}

}  // namespace

Result<learn::Teacher> open_teacher(const std::vector<std::string>& bundles, bool progress) {
  auto engines = std::make_shared<std::vector<engine::Engine>>();
  for (const std::string& bundle : bundles) {
    const std::filesystem::path folder(bundle);
    auto engine = engine::Engine::open(std::span(&folder, 1));
    if (!engine) return fail(engine.error(), "teacher");
    engines->push_back(*std::move(engine));
  }
  return learn::Teacher(
      [engines, progress](std::span<const learn::TaskInfo> tasks, std::span<const learn::Example> examples,
                          const std::function<bool()>& should_stop) -> Result<std::optional<std::vector<float>>> {
        const Student student{tasks, examples, tasks.back().first_output + tasks.back().labels.size()};
        std::vector<float> out(examples.size() * student.outputs);
        std::atomic<std::size_t> next{0};
        std::atomic<bool> stopped{false};
        Progress bar("asking the teachers", "texts", examples.size(), progress);
        const auto work = [&](bool first) {
          std::vector<engine::ScratchPtr> scratches;
          for (const engine::Engine& engine : *engines) scratches.push_back(engine.make_scratch());
          engine::Verdict verdict;
          for (std::size_t row = next++; row < examples.size() && !stopped; row = next++) {
            answer_row(*engines, student, row, scratches, verdict,
                       std::span(out).subspan(row * student.outputs, student.outputs));
            if (!first) continue;
            bar.update(row);
            if (should_stop && should_stop()) stopped = true;
          }
        };
        std::vector<std::thread> helpers;
        for (unsigned t = 1; t < std::thread::hardware_concurrency(); ++t) helpers.emplace_back(work, false);
        work(true);
        for (std::thread& helper : helpers) helper.join();
        if (stopped) return std::nullopt;
        return out;
      });
}

}  // namespace tenor::train_cli
