// tenor-train: makes the bundles that tenor runs. Every command lives in a file of its own.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "apps/tenor-train/command.h"
#include "base/standard_descriptors.h"

namespace {

constexpr const char* kMainFooter = R"(Examples:
  tenor-train prepare reviews.csv --out rows --split 0.9,0.05,0.05
  tenor-train noise --config configs/linear-zh.yaml --data /data --out suspicious.jsonl
  tenor-train linear --config configs/linear-zh.yaml --data /data --out models/zh
  tenor-train linear --explain-config
  tenor-train import ./hugging-face-folder --out models/mine
  tenor-train quantize models/mine --out models/mine-int8 --calibrate train.jsonl --compare test.jsonl
  tenor-train fuse --bundle models/linear --bundle models/mine-int8 --dev dev.jsonl --out models/fused
  tenor-train gate models/fused --dev dev.jsonl --out models/gated
  tenor-train ship --config configs/ship-zh.yaml --data /data --out models/zh
Exit codes: 0 done, 1 failed, 2 the command line makes no sense.)";

int run_program(int argc, char** argv) {
  CLI::App app("Trains, imports and ships the models of tenor.", "tenor-train");
  app.set_version_flag("-V,--version", "tenor-train " TENOR_VERSION);
  app.require_subcommand(1);
  app.footer(kMainFooter);
  tenor::train_cli::Run run;
  tenor::train_cli::add_linear_command(app, run);
  tenor::train_cli::add_import_command(app, run);
  tenor::train_cli::add_quantize_command(app, run);
  tenor::train_cli::add_fuse_command(app, run);
  tenor::train_cli::add_gate_command(app, run);
  tenor::train_cli::add_learn_commands(app, run);
  tenor::train_cli::add_prepare_command(app, run);
  tenor::train_cli::add_noise_command(app, run);
  tenor::train_cli::add_drift_reference_command(app, run);
  tenor::train_cli::add_teach_command(app, run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "tenor-train: error: %s (see tenor-train --help)\n", error.what());
    return tenor::train_cli::kUsage;
  }
  return run();
}

}  // namespace

int main(int argc, char** argv) {
  tenor::fill_standard_descriptors();
  try {
    return run_program(argc, argv);
  } catch (const std::exception& unexpected) {  // memory, in practice
    std::fprintf(stderr, "tenor-train: error: %s\n", unexpected.what());
    return tenor::train_cli::kFailure;
  }
}
