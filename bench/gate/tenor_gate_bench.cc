// The helper of bench/gate: throughput and quality of each expert alone, of every budget, and of the whole curve, in
// one thread and one run, on the same texts. Times are processor time of that thread, medians over rounds in which all
// take their turns.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/thread_time.h"
#include "bundle/bundle.h"
#include "data/dataset.h"
#include "engine/engine.h"
#include "eval/classification_report.h"
#include "eval/confusion.h"
#include "eval/reliability.h"
#include "experts/encoder_expert.h"
#include "gate/fusion.h"
#include "gate/gate.h"
#include "kernels/kernels.h"

namespace {

using namespace tenor;

constexpr std::size_t kBlock = 512;
constexpr std::size_t kLabels = 3;
constexpr std::size_t kBins = 15;  // of calibration errors

struct File {
  std::string name;
  data::Dataset rows;
  bool two_class = false;
  std::size_t begin = 0;  // of its rows among all texts
};

// Answers to all texts: [texts, labels] in the order of data::kLabelNames.
struct Answers {
  std::string who;
  double seconds = 0;
  std::vector<float> probabilities;
  std::vector<std::int8_t> labels;
  std::vector<std::uint8_t> uncertain;
  std::size_t asked = 0;  // texts of which an encoder was asked
  double estimated_us = 0;
};

std::vector<std::size_t> label_places(const std::vector<std::string>& labels) {
  std::vector<std::size_t> places;
  for (const std::string& label : labels) {
    const auto found = std::find(data::kLabelNames.begin(), data::kLabelNames.end(), label);
    places.push_back(static_cast<std::size_t>(found - data::kLabelNames.begin()));
  }
  return places;
}

class Bench {
 public:
  Bench(const bundle::Bundle& bundle, const engine::Engine& engine, const kernels::Kernels& kernels,
        std::vector<File> files)
      : bundle_(bundle), engine_(engine), kernels_(kernels), files_(std::move(files)) {
    for (File& file : files_) {
      file.begin = texts_.size();
      bool neutral = false;
      for (const data::Row& row : file.rows.rows) {
        texts_.push_back(row.text);
        gold_.push_back(row.label);
        neutral = neutral || row.label == data::kNeutral;
      }
      file.two_class = !neutral;
    }
    places_ = label_places(engine.models().front()->tasks.front().labels);
  }

  int run(std::size_t stream, std::size_t rounds, bool curve) {
    // The stream whose throughput counts: the first files.
    stream_ = stream < files_.size() ? files_[stream].begin : texts_.size();
    (void)engine({}, "warm-up", 256);
    std::vector<Answers> all = contenders(texts_.size());
    std::vector<std::vector<double>> seconds(all.size());
    for (std::size_t round = 0; round < rounds; ++round) {
      const std::vector<Answers> again = round == 0 ? all : contenders(stream_);
      for (std::size_t i = 0; i < all.size(); ++i) seconds[i].push_back(again[i].seconds);
    }
    for (std::size_t i = 0; i < all.size(); ++i) all[i].seconds = median(std::move(seconds[i]));
    print(all);
    if (curve) print_curve();
    print_calibration(all.back());
    return 0;
  }

 private:
  static double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
  }

  // Each expert and each budget, on the first `most` texts.
  std::vector<Answers> contenders(std::size_t most) {
    std::vector<Answers> all = experts_alone(most);
    for (const auto budget : {engine::Budget::fast, engine::Budget::balanced, engine::Budget::best}) {
      engine::Options options;
      options.budget = budget;
      all.push_back(engine(options, to_string(budget), most));
    }
    return all;
  }

  // The share of the stream in `seconds` is timed; all texts are answered.
  Answers engine(engine::Options options, const std::string& who, std::size_t most = ~std::size_t{0}) {
    Answers out;
    out.who = who;
    options.language = engine_.models().front()->languages.front();
    const engine::ScratchPtr scratch = engine_.make_scratch();
    std::vector<engine::Verdict> verdicts(kBlock);
    std::vector<Status> statuses(kBlock);
    const std::size_t end = std::min(most, texts_.size());
    for (std::size_t begin = 0; begin < end;) {
      const std::size_t stop = begin < stream_ ? std::min(stream_, end) : end;
      const std::size_t count = std::min(kBlock, stop - begin);
      const double start = thread_seconds();
      engine_.classify_batch(std::span(texts_).subspan(begin, count), options, *scratch,
                             std::span(verdicts).first(count), std::span(statuses).first(count));
      if (begin < stream_) out.seconds += thread_seconds() - start;
      for (std::size_t i = 0; i < count; ++i) add(verdicts[i], begin + i < stream_, out);
      begin += count;
    }
    return out;
  }

  void add(const engine::Verdict& verdict, bool streamed, Answers& out) const {
    const std::size_t at = out.probabilities.size();
    out.probabilities.resize(at + kLabels);
    for (std::size_t l = 0; l < places_.size(); ++l) {
      out.probabilities[at + places_[l]] = verdict.overall.probabilities[l];
    }
    out.labels.push_back(static_cast<std::int8_t>(places_[verdict.overall.label]));
    out.uncertain.push_back(verdict.overall.uncertain ? 1 : 0);
    if (!streamed) return;
    out.asked += verdict.readings.empty() ? 0 : 1;
    out.estimated_us += verdict.estimated_us;
  }

  // Linear experts in the one sweep that serves both; each encoder packed, as the batch path runs it.
  std::vector<Answers> experts_alone(std::size_t most) {
    std::vector<Answers> out;
    engine::Options fast;
    fast.budget = engine::Budget::fast;
    fast.language = engine_.models().front()->languages.front();
    const double seconds = engine(fast, "", most).seconds;
    const engine::ScratchPtr scratch = engine_.make_scratch();
    engine::Verdict verdict;
    for (std::size_t i = 0; i < most; ++i) {
      (void)engine_.classify(texts_[i], fast, *scratch, verdict);
      if (out.empty()) {
        for (const engine::ExpertAnswer& answer : verdict.experts) {
          out.emplace_back().who = std::string(answer.expert);
          out.back().seconds = seconds;
        }
      }
      for (std::size_t e = 0; e < out.size(); ++e) append(verdict.experts[e].probabilities.data(), out[e]);
    }
    for (const bundle::Expert& expert : bundle_.manifest().experts) {
      if (expert.kind == "encoder") out.push_back(encoder_alone(expert, most));
    }
    return out;
  }

  Answers encoder_alone(const bundle::Expert& expert, std::size_t most) {
    Answers out;
    out.who = expert.name;
    std::size_t labels = 0, first = 0;
    for (const std::string& task : expert.tasks) {
      if (task == "overall") first = labels;
      labels += bundle_.manifest().find_task(task)->labels.size();
    }
    const auto encoder = experts::EncoderExpert::open(bundle_, expert, labels, {.kernels = &kernels_});
    if (!encoder) return out;
    experts::EncoderExpertScratch scratch;
    std::vector<float> logits(kBlock * labels), p(places_.size());
    std::vector<experts::Coverage> coverages(kBlock);
    for (std::size_t begin = 0; begin < most;) {
      const std::size_t stop = begin < stream_ ? stream_ : most;
      const std::size_t count = std::min(kBlock, stop - begin);
      const double start = thread_seconds();
      encoder->score_batch(std::span(texts_).subspan(begin, count), scratch, logits, coverages, first + p.size());
      if (begin < stream_) out.seconds += thread_seconds() - start;
      for (std::size_t i = 0; i < count; ++i) {
        gate::softmax(std::span(logits).subspan(i * labels + first, p.size()), p);
        append(p.data(), out);
      }
      begin += count;
    }
    return out;
  }

  void append(const float* p, Answers& out) const {
    const std::size_t at = out.probabilities.size();
    out.probabilities.resize(at + kLabels);
    for (std::size_t l = 0; l < places_.size(); ++l) out.probabilities[at + places_[l]] = p[l];
    const auto begin = out.probabilities.begin() + static_cast<std::ptrdiff_t>(at);
    out.labels.push_back(static_cast<std::int8_t>(std::max_element(begin, begin + kLabels) - begin));
  }

  double macro_f1(const Answers& answers, std::size_t begin, std::size_t end, bool two_class) const {
    eval::Confusion table(kLabels);
    for (std::size_t i = begin; i < end; ++i) {
      if (gold_[i] < 0) continue;
      const float* p = answers.probabilities.data() + i * kLabels;
      const std::int8_t label = !two_class ? answers.labels[i] : p[0] >= p[2] ? std::int8_t{0} : std::int8_t{2};
      table.add(static_cast<std::size_t>(gold_[i]), static_cast<std::size_t>(label));
    }
    return table.macro_f1();
  }

  void print(const std::vector<Answers>& all) const {
    double dearest = std::numeric_limits<double>::infinity();  // texts a second
    for (const Answers& answers : all) {
      if (bundle_.manifest().find_expert(answers.who) != nullptr) dearest = std::min(dearest, per_second(answers));
    }
    std::printf("%-22s %9s %7s %7s %9s", "", "texts/s", "speed", "asked", "stream F1");
    for (const File& file : files_) std::printf(" %12.12s", file.name.c_str());
    std::printf("\n");
    for (const Answers& answers : all) {
      std::printf("%-22s %9.0f %6.2fx %6.1f%% %9.4f", answers.who.c_str(), per_second(answers),
                  per_second(answers) / dearest,
                  100.0 * static_cast<double>(answers.asked) / static_cast<double>(stream_),
                  macro_f1(answers, 0, stream_, false));
      for (const File& file : files_) {
        std::printf(" %12.4f", macro_f1(answers, file.begin, file.begin + file.rows.rows.size(), file.two_class));
      }
      std::printf("\n");
    }
    std::printf("speed: against the dearest expert alone. Files: macro-F1.\n");
  }

  double per_second(const Answers& answers) const { return static_cast<double>(stream_) / answers.seconds; }

  // Budgets from the bundle's own curve, answered anew.
  void print_curve() {
    const auto text = bundle_.text_file(gate::kGateFile);
    if (!text) return;
    const auto json = bundle::JsonObject::parse(*text);
    const auto points = json->object("curves")->object("overall")->objects("points");
    std::printf("\n%-22s %9s %7s %9s %9s\n", "budget (us)", "texts/s", "asked", "stream F1", "est. us");
    for (const bundle::JsonObject& point : *points) {
      engine::Options options;
      options.budget_us = point.number("us").value();
      const Answers answers = engine(options, "");
      std::printf("%-22.1f %9.0f %6.1f%% %9.4f %9.1f\n", *options.budget_us, per_second(answers),
                  100.0 * static_cast<double>(answers.asked) / static_cast<double>(stream_),
                  macro_f1(answers, 0, stream_, false), answers.estimated_us / static_cast<double>(stream_));
    }
  }

  // Of `best`: calibration, and what is left of each file when uncertain answers are.
  void print_calibration(const Answers& best) const {
    std::printf("\n%-22s %9s %9s %9s %9s %9s %9s %9s\n", "best", "macro-F1", "ECE", "by chance", "95 %", "Brier",
                "kept", "right");
    for (const File& file : files_) {
      std::vector<std::int8_t> gold, labels;
      std::vector<float> p;
      std::vector<double> confidence;
      double kept = 0, right = 0;
      for (std::size_t i = file.begin; i < file.begin + file.rows.rows.size(); ++i) {
        if (gold_[i] < 0) continue;
        std::vector<float> known(best.probabilities.begin() + static_cast<std::ptrdiff_t>(i * kLabels),
                                 best.probabilities.begin() + static_cast<std::ptrdiff_t>((i + 1) * kLabels));
        std::int8_t label = best.labels[i];
        if (file.two_class) {
          label = known[0] >= known[2] ? 0 : 2;
          const float sum = std::max(known[0] + known[2], 1e-9f);
          known = {known[0] / sum, 0, known[2] / sum};
        }
        if (best.uncertain[i] == 0) {
          kept += 1;
          right += label == gold_[i] ? 1 : 0;
        }
        gold.push_back(gold_[i]);
        labels.push_back(label);
        p.insert(p.end(), known.begin(), known.end());
        confidence.push_back(static_cast<double>(known[static_cast<std::size_t>(label)]));
      }
      const auto scores = eval::calibration_scores(gold, labels, p, kBins);
      const auto chance = eval::chance_calibration_error(confidence, kBins, 1000, 1);
      std::printf("%-22.22s %9.4f %9.4f %9.4f %9.4f %9.4f %8.1f%% %8.2f%%\n", file.name.c_str(),
                  macro_f1(best, file.begin, file.begin + file.rows.rows.size(), file.two_class), scores.ece,
                  chance.mean, chance.most, scores.brier, 100 * kept / static_cast<double>(gold.size()),
                  kept > 0 ? 100 * right / kept : 0.0);
    }
    std::printf(
        "by chance: what answers with these very probabilities would show if nothing were wrong with them, on average\n"
        "and in 95 %% of draws.\n");
  }

  const bundle::Bundle& bundle_;
  const engine::Engine& engine_;
  const kernels::Kernels& kernels_;
  std::vector<File> files_;
  std::vector<std::string_view> texts_;
  std::vector<std::int8_t> gold_;
  std::vector<std::size_t> places_;  // of the model's labels among data::kLabelNames
  std::size_t stream_ = 0;
};

std::string stem(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  return name.substr(0, name.find('.'));
}

struct Request {
  std::string model, isa = "auto";
  std::vector<std::string> files;
  std::size_t stream = 2, rounds = 5;
  bool no_curve = false;
};

int run(const Request& request) {
  const auto fail = [](const Error& error) {
    std::fprintf(stderr, "tenor_gate_bench: %s\n", error.message.c_str());
    return 1;
  };
  const auto kernels = kernels::choose_kernels(request.isa);
  if (!kernels) return fail(kernels.error());
  const auto bundle = bundle::Bundle::open(request.model);
  if (!bundle) return fail(bundle.error());
  const auto engine = engine::Engine::open({&*bundle, 1}, {.encoder = {.kernels = *kernels}});
  if (!engine) return fail(engine.error());
  std::vector<File> files;
  for (const std::string& path : request.files) {
    auto rows = data::load_dataset({&path, 1}, {});
    if (!rows) return fail(rows.error());
    files.push_back({stem(path), std::move(*rows), false, 0});
  }
  std::printf("encoders by %s\n", kernels::to_string((*kernels)->isa));
  return Bench(*bundle, *engine, **kernels, std::move(files)).run(request.stream, request.rounds, !request.no_curve);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Throughput and quality of a gated bundle's experts and budgets.");
  Request request;
  app.add_option("--model", request.model, "Folder of the bundle")->required();
  app.add_option("--isa", request.isa, "Instruction set of encoders: auto, or one that the processor has")
      ->envname("TENOR_ISA")
      ->capture_default_str();
  app.add_option("--stream", request.stream, "So many of the first files are the stream that is timed")
      ->capture_default_str();
  app.add_option("--rounds", request.rounds, "Turns of each on the stream; medians are shown")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_flag("--no-curve", request.no_curve, "Leave the curve out");
  app.add_option("FILES", request.files, "Labelled files")->required();
  CLI11_PARSE(app, argc, argv);
  return run(request);
}
