// tenor_encoder_bench: tenor's encoders and products as a child of bench/encoder.

#include <chrono>
#include <ctime>
#include <iostream>
#include <memory>

#include "base/json_writer.h"
#include "encoder/requests.h"
#include "encoder/tenor_models.h"
#include "encoder/tenor_products.h"
#include "experts/encoder.h"
#include "experts/encoder_expert.h"

namespace {

using tenor::JsonWriter;
using tenor::Result;
using tenor::bench::Load;
using tenor::bench::Models;
using Words = std::vector<std::string>;
using Clock = std::chrono::steady_clock;

// A model, a load and threads, ready to run.
struct Run {
  std::shared_ptr<const tenor::experts::Encoder> encoder;
  const Load* load = nullptr;
  tenor::ThreadTeam* team = nullptr;
  std::vector<float> logits;
};

class Child {
 public:
  Child(std::string models, std::string loads) : models_(std::move(models), std::move(loads)) {}

  Result<std::string> info(const Words&) {
    return R"({"name":"tenor","version":"1","variants":["int8","bf16","f32","int8@avx2","f32@avx2"],"ways":["packed"]})";
  }

  // MODEL VARIANT LOAD WAY THREADS MS
  Result<std::string> run(const Words& words) {
    auto run = prepare(words);
    if (!run) return tl::unexpected(run.error());
    const auto milliseconds = tenor::bench::whole_number(words[5]);
    if (!milliseconds) return tl::unexpected(milliseconds.error());
    forward(*run);
    std::vector<double> times;
    const std::clock_t cpu = std::clock();
    const auto begin = Clock::now();
    do {
      const auto start = Clock::now();
      forward(*run);
      times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    } while (std::chrono::duration<double, std::milli>(Clock::now() - begin).count() <
             static_cast<double>(*milliseconds));
    const double spent = 1e3 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
    std::string json;
    JsonWriter out(json);
    out.begin_object().key("milliseconds").begin_array();
    for (const double time : times) out.value(time);
    out.end_array().member("cpu_milliseconds", spent / static_cast<double>(times.size())).end_object();
    return json;
  }

  // MODEL VARIANT LOAD WAY THREADS
  Result<std::string> logits(const Words& words) {
    auto run = prepare(words);
    if (!run) return tl::unexpected(run.error());
    forward(*run);
    std::string json;
    JsonWriter out(json);
    out.begin_object().key("logits").begin_array();
    const std::size_t outputs = run->encoder->config().outputs;
    for (std::size_t i = 0; i < run->logits.size(); ++i) {
      if (i % outputs == 0) out.begin_array();
      out.value(double{run->logits[i]});
      if (i % outputs == outputs - 1) out.end_array();
    }
    out.end_array().end_object();
    return json;
  }

  // MODEL VARIANT LOAD
  Result<std::string> start(const Words& words) {
    const auto begin = Clock::now();
    Words all = words;
    all.insert(all.end(), {"packed", "1"});
    auto run = prepare(all);
    if (!run) return tl::unexpected(run.error());
    forward(*run);
    const double time = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    std::string json;
    JsonWriter(json)
        .begin_object()
        .member("milliseconds", time)
        .member("resident_kb", tenor::bench::resident_kilobytes())
        .member("file_bytes", models_.file_bytes())
        .end_object();
    return json;
  }

  Result<std::string> forget(const Words&) {
    models_.forget();
    return "{}";
  }

 private:
  Result<Run> prepare(const Words& words) {
    Run run;
    const auto encoder = models_.encoder(words[0], words[1]);
    if (!encoder) return tl::unexpected(encoder.error());
    run.encoder = *encoder;
    const auto load = models_.load(words[2]);
    if (!load) return tl::unexpected(load.error());
    run.load = *load;
    const auto threads = tenor::bench::whole_number(words[4]);
    if (!threads) return tl::unexpected(threads.error());
    if (team_ == nullptr || team_->size() != *threads) {
      team_ = std::make_unique<tenor::ThreadTeam>(*threads);
      scratches_.resize(*threads);
      round_trip_ = team_->round_trip();
    }
    run.team = team_.get();
    run.logits.resize(run.load->batch().texts() * run.encoder->config().outputs);
    return run;
  }

  // As experts::EncoderExpert decides.
  void forward(Run& run) {
    const auto batch = run.load->batch();
    const auto& encoder = *run.encoder;
    if (tenor::experts::worth_sharing(encoder.config(), encoder.precision(), batch.tokens(), round_trip_)) {
      encoder.forward(batch, *run.team, scratches_, run.logits);
    } else {
      encoder.forward(batch, scratches_.front(), run.logits);
    }
  }

  Models models_;
  std::unique_ptr<tenor::ThreadTeam> team_;
  std::vector<tenor::experts::EncoderScratch> scratches_;
  double round_trip_ = 0;  // seconds
};

}  // namespace

int main(int argc, char** argv) {
  const Words arguments(argv + 1, argv + argc);
  if (arguments.size() != 4 || arguments[0] != "--models" || arguments[2] != "--loads") {
    std::cerr << "usage: tenor_encoder_bench --models FOLDER --loads FOLDER < requests\n";
    return 2;
  }
  Child child(arguments[1], arguments[3]);
  const auto bind = [&](auto method) {
    return [&child, method](const Words& words) { return (child.*method)(words); };
  };
  tenor::bench::answer_requests(std::cin, std::cout,
                                {{"info", {0, bind(&Child::info)}},
                                 {"run", {6, bind(&Child::run)}},
                                 {"logits", {5, bind(&Child::logits)}},
                                 {"start", {3, bind(&Child::start)}},
                                 {"forget", {0, bind(&Child::forget)}},
                                 {"product", {5, tenor::bench::product}}});
  return 0;
}
