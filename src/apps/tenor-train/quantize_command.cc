#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>

#include "apps/tenor-train/command.h"
#include "apps/tenor-train/quantize_run.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kQuantizeFooter =
    R"(BUNDLE is a bundle with a float encoder, as `tenor-train import` writes it; linear experts beside it are taken over
as they are. The encoder's matrices become int8 with a scale an output, the word table int8 with a scale a row.

With --calibrate, a random sample of texts is run through the float encoder, and each matrix gets what leaves its
outputs closest on texts held back: plain rounding, clipped weights, or inputs smoothed as SmoothQuant does. Give texts
like those that the model will be asked about; they need no labels.

With --compare, the float and the INT8 model answer the files' texts: labels that differ, and macro-F1 where there are
labels. --max-flips makes that a condition.

Examples:
  tenor-train quantize models/mine --out models/mine-int8 --calibrate train.jsonl --compare test.jsonl
  tenor-train quantize mine --out mine-int8 --calibrate reviews.csv --text-column review --compare test.jsonl \
      --max-flips 0.5 --json report.json
  tenor-train quantize mine --out mine-int8 --calibrate train.jsonl --keep-float layers.11.down --keep-float layers.0)";

void add_options(CLI::App& command, QuantizeArguments& arguments) {
  command.add_option("BUNDLE", arguments.bundle, "Folder of the float bundle")->required();
  command.add_option("--out", arguments.out, "Folder of the bundle to write; an older bundle there is replaced")
      ->required();
  auto* calibrate = command
                        .add_option("--calibrate", arguments.calibrate,
                                    "File of texts to choose clipping and smoothing by; repeatable")
                        ->type_name("FILE");
  command.add_option("--rows", arguments.rows, "Texts to draw from the calibration files")
      ->check(CLI::Range(2, 1000000))
      ->capture_default_str();
  auto* compare =
      command.add_option("--compare", arguments.compare, "File of texts to compare float and INT8 on; repeatable")
          ->type_name("FILE");
  command
      .add_option("--max-flips", arguments.max_flips,
                  "Refuse to publish when more than so many percent of a task's labels change")
      ->check(CLI::Range(0.0, 100.0))
      ->type_name("PERCENT")
      ->needs(compare);
  command.add_option("--text-column", arguments.dataset.text_column, "Column or field of the text");
  command.add_option("--label-column", arguments.dataset.label_column, "Column of the overall label (CSV, TSV)");
  command.add_option("--label-codes", arguments.label_codes, "What numbers mean as labels")
      ->check(CLI::IsMember({"automatic", "sign", "binary", "stars"}))
      ->capture_default_str();
  command.add_flag("--skip-bad-rows", arguments.dataset.skip_bad_rows,
                   "Leave bad rows of --compare files out instead of stopping at them");
  command
      .add_option("--keep-float", arguments.keep_float,
                  "A matrix to keep as floats: layers.3.down, or a layer: layers.3; repeatable")
      ->type_name("NAME");
  command
      .add_option("--min-snr", arguments.min_snr,
                  "Keep matrices as floats whose outputs' signal-to-noise ratio on calibration texts is lower")
      ->check(CLI::Range(0.0, 200.0))
      ->type_name("DB")
      ->needs(calibrate);
  command.add_flag("--no-smooth", arguments.no_smooth, "Smooth no inputs");
  command.add_option("--expert", arguments.expert, "Name of the encoder, where the bundle has several");
  command.add_option("--json", arguments.json, "Write the report as JSON")->type_name("FILE");
  command.add_option("--threads", arguments.threads, "Threads that compare")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--quiet", arguments.quiet, "Say nothing but errors");
}

}  // namespace

void add_quantize_command(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<QuantizeArguments>();
  arguments->threads = std::max(1U, std::thread::hardware_concurrency());
  CLI::App* command = app.add_subcommand("quantize", "Turn a bundle with a float encoder into an INT8 one");
  command->footer(kQuantizeFooter);
  add_options(*command, *arguments);
  command->callback([arguments, &run] {
    run = [arguments] {
      const auto status = quantize_and_ship(*arguments);
      if (status) return kOk;
      std::fprintf(stderr, "tenor-train: error: %s\n", status.error().message.c_str());
      return status.error().code == ErrorCode::invalid_argument ? kUsage : kFailure;
    };
  });
}

}  // namespace tenor::train_cli
