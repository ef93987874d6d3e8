#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>

#include "apps/tenor-train/command.h"
#include "base/file_system.h"
#include "data/labels.h"
#include "ship/card_text.h"
#include "ship/fuse_run.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kFuseFooter =
    R"(Takes bundles of the same tasks and labels (or of some of them: an encoder that knows only `overall`), asks each of
their experts about the development rows, and writes one bundle with all experts, in which they count as much as they
are worth: for each task weights and a temperature by log-loss, and for aspects decision offsets where cross-validation
says that they help. Encoders without a calibration are calibrated first. At most one of the bundles may have linear
experts; it gives the new bundle its name and version unless you do.

Rows of sources that know no neutral judge positive against negative alone. Such sources are those that you name, else
those with 30 labelled rows or more and no neutral among them.

The real engine must give the fitted answers before the folder is renamed into place.

Examples:
  tenor-train fuse --bundle models/linear --bundle runs/encoder-int8 --dev data/overall-zh --dev data/aspects-zh \
      --out models/zh
  tenor-train fuse --bundle a --bundle b --dev dev.jsonl --two-class waimai_10k --two-class chnsenticorp \
      --held-out-from train.jsonl --held-out-share 0.03 --out fused --json report.json)";

struct FuseArguments {
  std::vector<std::string> bundles;
  std::string out;
  ship::DevSource source;
  std::string label_codes = "automatic";
  ship::FusionOptions options;
  bool recalibrate = false;
  std::string name, version, description, license;
  std::string json;
  std::size_t threads = 1;
  bool quiet = false;
};

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

// How to make the bundle again, wherever its files lie.
std::string recorded_command(const FuseArguments& arguments) {
  std::string line = "tenor-train fuse";
  const auto add = [&](const std::string& flag, const std::string& value) { line += " " + flag + " " + value; };
  for (const std::string& bundle : arguments.bundles) add("--bundle", ship::file_name(bundle));
  for (const std::string& path : arguments.source.paths) add("--dev", ship::file_name(path));
  for (const std::string& name : arguments.source.two_class_sources) add("--two-class", name);
  for (const std::string& file : arguments.source.held_out_from) add("--held-out-from", ship::file_name(file));
  if (!arguments.source.held_out_from.empty()) {
    add("--held-out-share", number(arguments.source.held_out_share));
    add("--seed", std::to_string(arguments.source.seed));
  }
  const ship::FusionOptions plain;
  const ship::FusionOptions& options = arguments.options;
  if (options.two_class_weight != plain.two_class_weight) add("--two-class-weight", number(options.two_class_weight));
  if (options.prior_strength != plain.prior_strength) add("--prior", number(options.prior_strength));
  if (options.offsets.limit != plain.offsets.limit) add("--offset-limit", number(options.offsets.limit));
  if (options.offsets.accuracy != plain.offsets.accuracy) add("--offset-accuracy", number(options.offsets.accuracy));
  if (arguments.recalibrate) line += " --recalibrate";
  return line + " --out OUT";
}

void add_options(CLI::App& command, FuseArguments& arguments) {
  command.add_option("--bundle", arguments.bundles, "Folder of a bundle; repeatable")->required()->type_name("DIR");
  command.add_option("--dev", arguments.source.paths, "File of labelled rows, or a folder with dev* files; repeatable")
      ->required()
      ->type_name("PATH");
  command.add_option("--out", arguments.out, "Folder of the bundle to write; an older bundle there is replaced")
      ->required();
  auto* two_class =
      command.add_option("--two-class", arguments.source.two_class_sources, "Source without neutral; repeatable")
          ->type_name("SOURCE");
  auto* held_out = command
                       .add_option("--held-out-from", arguments.source.held_out_from,
                                   "Training file of which two-class rows were held out; repeatable")
                       ->type_name("FILE")
                       ->needs(two_class);
  auto* share = command
                    .add_option("--held-out-share", arguments.source.held_out_share,
                                "Share that was (two_class_dev_share of the linear training)")
                    ->check(CLI::Range(0.0, 1.0));
  held_out->needs(share);
  share->needs(held_out);
  command.add_option("--seed", arguments.source.seed, "Seed of that training")->capture_default_str();
  command
      .add_option("--two-class-weight", arguments.options.two_class_weight,
                  "Weight of each two-class row; 0: together as much as all other rows")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command
      .add_option("--prior", arguments.options.prior_strength,
                  "How strongly an aspect's weights are held to those of all aspects")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command.add_option("--offset-limit", arguments.options.offsets.limit, "Largest decision offset of an aspect's label")
      ->check(CLI::Range(0.0, 10.0))
      ->capture_default_str();
  command
      .add_option("--offset-accuracy", arguments.options.offsets.accuracy,
                  "Weight of accuracy beside macro-F1 in fitting offsets")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  command.add_flag("--recalibrate", arguments.recalibrate, "Calibrate encoders that have a calibration, too");
}

void add_plain_options(CLI::App& command, FuseArguments& arguments) {
  command.add_option("--name", arguments.name, "Name of the new bundle");
  command.add_option("--model-version", arguments.version, "Its version");
  command.add_option("--description", arguments.description, "What it is");
  command.add_option("--license", arguments.license,
                     "Its terms; those of the bundles, one after the other, where absent");
  command.add_option("--text-column", arguments.source.dataset.text_column, "Column or field of the text");
  command.add_option("--label-column", arguments.source.dataset.label_column, "Column of the overall label (CSV, TSV)");
  command.add_option("--label-codes", arguments.label_codes, "What numbers mean as labels")
      ->check(CLI::IsMember({"automatic", "sign", "binary", "stars"}))
      ->capture_default_str();
  command.add_flag("--skip-bad-rows", arguments.source.dataset.skip_bad_rows, "Leave bad rows out");
  command.add_option("--json", arguments.json, "Write the report as JSON")->type_name("FILE");
  command.add_option("--threads", arguments.threads, "Threads that ask the experts")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--quiet", arguments.quiet, "Say nothing but errors");
}

class FuseRun {
 public:
  explicit FuseRun(FuseArguments& arguments) : arguments_(arguments) {
    arguments.source.dataset.codes =
        data::parse_label_codes(arguments.label_codes).value_or(data::LabelCodes::automatic);
    if (arguments.quiet) return;
    watch_.progress = true;
    watch_.say = [](const std::string& text) { std::fputs(text.c_str(), stderr); };
  }

  Status run() {
    if (auto status = bundle::check_replaceable(arguments_.out); !status) return status;
    std::vector<bundle::Bundle> bundles;
    for (const std::string& folder : arguments_.bundles) {
      auto bundle = bundle::Bundle::open(folder);
      if (!bundle) return tl::unexpected(bundle.error());
      bundles.push_back(std::move(*bundle));
    }
    const auto rows = ship::read_dev_rows(arguments_.source, watch_);
    if (!rows) return tl::unexpected(rows.error());
    ship::FuseInput input{bundles, *rows};
    input.options = arguments_.options;
    input.recalibrate = arguments_.recalibrate;
    input.command = recorded_command(arguments_);
    input.answers.threads = arguments_.threads;
    return fuse(input);
  }

 private:
  Status fuse(const ship::FuseInput& input) const {
    const ship::BundleNames names{arguments_.name, arguments_.version, arguments_.description, arguments_.license, {}};
    auto fused = ship::fuse_and_name(input, names, watch_);
    if (!fused) return tl::unexpected(fused.error());
    if (!arguments_.json.empty()) {
      const auto json = fused->writer.manifest().provenance.object("fusion");
      if (auto status = write_file_atomic(arguments_.json, json->dump() + "\n"); !status) return status;
    }
    const auto check = [&](const bundle::Bundle& written) {
      return ship::check_written(*fused, written, input, watch_);
    };
    if (auto status = fused->writer.publish(arguments_.out, check); !status) return status;
    watch_.tell("wrote " + arguments_.out + "\n");
    return {};
  }

  const FuseArguments& arguments_;
  ship::Watch watch_;
};

}  // namespace

void add_fuse_command(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<FuseArguments>();
  arguments->threads = std::max(1U, std::thread::hardware_concurrency());
  CLI::App* command = app.add_subcommand("fuse", "Make one bundle of several, each expert weighted by its worth");
  command->footer(kFuseFooter);
  add_options(*command, *arguments);
  add_plain_options(*command, *arguments);
  command->callback([arguments, &run] {
    run = [arguments] {
      const auto status = FuseRun(*arguments).run();
      if (status) return kOk;
      std::fprintf(stderr, "tenor-train: error: %s\n", status.error().message.c_str());
      return status.error().code == ErrorCode::invalid_argument ? kUsage : kFailure;
    };
  });
}

}  // namespace tenor::train_cli
