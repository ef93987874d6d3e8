#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "apps/tenor-train/command.h"
#include "apps/tenor-train/teach_run.h"
#include "base/file_system.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kTeachFooter =
    R"(Has a model label texts that nobody labelled, and keeps as training rows those of which it is sure: what an encoder has
understood reaches experts that cost microseconds. The configuration of `tenor-train linear` names such files in
`taught`; rows of `dev` and `test` files should not be among the texts.

Examples:
  tenor-train teach models/zh --texts zh-reviews.txt.gz --out runs/zh-taught.jsonl
  tenor-train teach models/zh --texts a.txt.gz --texts b.csv --share 0.5 --sure 0.95 --out rows.jsonl)";

struct TeachArguments {
  TeachOptions teach;
  std::string out;
};

int run_teach(const TeachArguments& arguments) {
  const auto report = [](const Error& error) {
    std::fprintf(stderr, "tenor-train: error: %s\n", error.message.c_str());
    return kFailure;
  };
  const auto rows = teach(arguments.teach);
  if (!rows) return report(rows.error());
  if (rows->kept == 0) {
    return report({ErrorCode::invalid_argument, "the teacher is sure of none of " + std::to_string(rows->read) +
                                                    " texts; lower --sure and --sure-neutral"});
  }
  if (const auto status = write_file_atomic(arguments.out, rows->jsonl); !status) return report(status.error());
  if (arguments.teach.progress) {
    std::fprintf(stderr, "wrote %s: %zu rows of %zu texts\n", arguments.out.c_str(), rows->kept, rows->read);
  }
  return kOk;
}

}  // namespace

void add_teach_command(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<TeachArguments>();
  auto& teach = arguments->teach;
  teach.threads = std::max(1u, std::thread::hardware_concurrency());
  CLI::App* command = app.add_subcommand("teach", "Make training rows of texts that a model is sure of");
  command->footer(kTeachFooter);
  command->add_option("BUNDLE", teach.bundle, "Folder of the teacher's bundle")->required()->type_name("DIR");
  command->add_option("--texts", teach.texts, "Lines of text, or a column \"text\"; repeatable; also .gz")
      ->required()
      ->type_name("FILE");
  command->add_option("--out", arguments->out, "JSON lines to write")->required()->type_name("FILE");
  const auto add_share = [&](const char* flag, double& value, const char* description) {
    command->add_option(flag, value, description)
        ->check(CLI::Range(0.0, 1.0).description(""))
        ->type_name("0..1")
        ->capture_default_str();
  };
  add_share("--sure", teach.sure, "Least probability of positive or negative");
  add_share("--sure-neutral", teach.sure_neutral, "Least probability of neutral");
  add_share("--share", teach.share, "Share of the texts that is asked about, chosen by content");
  command->add_option("--source", teach.source, "Source of the rows, for source_weights")->capture_default_str();
  command->add_option("--seed", teach.seed, "Which texts the share takes")->capture_default_str();
  command->add_option("-j,--threads", teach.threads, "Threads")->check(CLI::Range(1, 1024).description(""));
  command->add_flag_callback(
      "--quiet", [arguments] { arguments->teach.progress = false; }, "Say nothing but errors");
  command->callback([arguments, &run] { run = [arguments] { return run_teach(*arguments); }; });
}

}  // namespace tenor::train_cli
