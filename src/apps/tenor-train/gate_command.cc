#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>

#include "apps/tenor-train/command.h"
#include "apps/tenor-train/dataset_flags.h"
#include "base/file_system.h"
#include "ship/bundle_copy.h"
#include "ship/fuse_run.h"
#include "ship/gated_bundle.h"
#include "ship/ship_config.h"
#include "ship/shipment.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kGateFooter =
    R"(Takes a bundle and labelled rows that none of its experts trained on, times the experts, asks them about every row, and
fits what makes them one system: how their answers become one (five methods side by side, each row judged by a fit without
it), whom to ask for which text at which price, calibration, and from which probability on an answer is not uncertain. The
numbers go into gate.json, the curve of quality against microseconds into gate.svg, a section into the model card. The
real engine must give the fitted answers before the folder is renamed into place. The weights of the experts stay as they
are; an older gate is replaced.

Rows come from --dev, or as a ship configuration names them (dev, two_class, held_out_from, gate, gate_*): flags go before.

Examples:
  tenor-train gate models/zh --config configs/ship-zh.yaml --data /data --out gated
  tenor-train gate models/mine --dev dev.jsonl --texts unlabelled.txt --out gated
  tenor-train gate models/mine --dev dev.jsonl --gate stacking --calibration platt --precision 0.9 --out gated)";

struct GateArguments {
  std::string bundle, config, data, out, json, version;
  std::vector<std::string> dev, two_class, texts;
  std::size_t texts_count = 0;
  DatasetFlags dataset;
  std::string method, calibration;
  double precision = 0, level = 0, balanced_loss = -1, class_balance = -1;
  std::size_t threads = 1;
  bool quiet = false;
};

class GateRun {
 public:
  explicit GateRun(const GateArguments& arguments) : arguments_(arguments) {
    if (arguments.quiet) return;
    watch_.progress = true;
    watch_.say = [](const std::string& text) { std::fputs(text.c_str(), stderr); };
  }

  Status run() {
    if (auto status = bundle::check_replaceable(arguments_.out); !status) return status;
    const auto config = read_config();
    if (!config) return tl::unexpected(config.error());
    const auto bundle = bundle::Bundle::open(arguments_.bundle);
    if (!bundle) return tl::unexpected(bundle.error());
    const auto rows = ship::read_dev_rows(config->dev, watch_);
    if (!rows) return tl::unexpected(rows.error());
    auto writer = ship::copy_bundle(*bundle);
    if (!writer) return tl::unexpected(writer.error());
    if (!arguments_.version.empty()) {
      if (auto status = ship::set_version(arguments_.version, *writer); !status) return status;
    }
    const auto gate =
        ship::add_gate(*bundle, {*rows, config->gate, config->gate_texts, arguments_.threads, watch_}, *writer);
    if (!gate) return tl::unexpected(gate.error());
    if (!arguments_.json.empty()) {
      if (auto status = write_file_atomic(arguments_.json, gate->report.dump() + "\n"); !status) return status;
    }
    const auto check = [](const bundle::Bundle& written) { return ship::check_published(written, {}); };
    if (auto status = writer->publish(arguments_.out, check); !status) return status;
    watch_.tell("wrote " + arguments_.out + "\n");
    return {};
  }

 private:
  Result<ship::ShipConfig> read_config() const {
    ship::ShipConfig config;
    if (!arguments_.config.empty()) {
      auto read = ship::load_ship_config(arguments_.config);
      if (!read) return read;
      config = ship::with_data_folder(*std::move(read), arguments_.data);
    }
    if (!arguments_.dev.empty()) {
      config.dev = {};
      config.dev.paths = arguments_.dev;
    }
    if (config.dev.paths.empty()) {
      return fail(ErrorCode::invalid_argument, "expected rows to fit on: give --dev FILE or --config FILE");
    }
    if (!arguments_.two_class.empty()) config.dev.two_class_sources = arguments_.two_class;
    const auto dataset = dataset_options(arguments_.dataset);
    if (!dataset) return tl::unexpected(dataset.error());
    config.dev.dataset = *dataset;
    if (!arguments_.texts.empty()) config.gate_texts.paths = arguments_.texts;
    if (arguments_.texts_count > 0) config.gate_texts.count = arguments_.texts_count;
    ship::GateOptions& gate = config.gate;
    gate.method = gate::parse_method(arguments_.method).value_or(gate.method);
    gate.calibration = gate::parse_calibration_kind(arguments_.calibration).value_or(gate.calibration);
    if (arguments_.precision > 0) gate.precision = arguments_.precision;
    if (arguments_.level > 0) gate.level = arguments_.level;
    if (arguments_.balanced_loss >= 0) gate.balanced_loss = arguments_.balanced_loss;
    if (arguments_.class_balance >= 0) gate.class_balance = arguments_.class_balance;
    return config;
  }

  const GateArguments& arguments_;
  ship::Watch watch_;
};

void add_options(CLI::App& command, GateArguments& arguments) {
  command.add_option("BUNDLE", arguments.bundle, "Folder of the bundle")->required()->type_name("DIR");
  command.add_option("--out", arguments.out, "Folder of the bundle to write; an older bundle there is replaced")
      ->required()
      ->type_name("DIR");
  command.add_option("--dev", arguments.dev, "File of labelled rows, or a folder with dev* files; repeatable")
      ->type_name("PATH");
  command.add_option("--two-class", arguments.two_class, "Source without neutral; repeatable")->type_name("SOURCE");
  command
      .add_option("--texts", arguments.texts,
                  "File of texts without labels, to tell by what asking a dearer expert gains; repeatable")
      ->type_name("FILE");
  command.add_option("--texts-count", arguments.texts_count, "Of them, from all files evenly (20000)")
      ->check(CLI::Range(1, 10'000'000))
      ->type_name("N");
  command.add_option("--config", arguments.config, "Ship configuration that names rows and gate")->type_name("FILE");
  command.add_option("--data", arguments.data, "Folder that the configuration's files of rows are relative to")
      ->default_val(".")
      ->type_name("DIR");
  command.add_option("--gate", arguments.method, "How answers become one (default: learned)")
      ->check(CLI::IsMember({"vote", "average", "weighted", "stacking", "learned"}));
  command.add_option("--calibration", arguments.calibration, "Of the answers (default: temperature)")
      ->check(CLI::IsMember({"temperature", "platt", "isotonic"}));
  command.add_option("--precision", arguments.precision, "That answers which are not uncertain should reach (0.95)")
      ->check(CLI::Range(0.01, 0.9999));
  command
      .add_option("--confidence-level", arguments.level,
                  "That they reach it on texts like the rows, given how few rows show it (0.95)")
      ->check(CLI::Range(0.01, 0.9999));
  command
      .add_option("--balanced-loss", arguments.balanced_loss,
                  "Macro-F1 that `balanced` may be expected to lose against `best` on the rows (0.003)")
      ->check(CLI::Range(0.0, 1.0));
  command
      .add_option("--class-balance", arguments.class_balance,
                  "0: rows of the overall task weigh the same; 1: the labels of a domain do (0)")
      ->check(CLI::Range(0.0, 1.0));
  command.add_option("--model-version", arguments.version, "Of the new bundle; else as it was")->type_name("TEXT");
  add_dataset_flags(command, arguments.dataset);
  command.add_option("--json", arguments.json, "Write the report as JSON")->type_name("FILE");
  command.add_option("--threads", arguments.threads, "Threads that ask the experts")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--quiet", arguments.quiet, "Say nothing but errors");
}

}  // namespace

void add_gate_command(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<GateArguments>();
  arguments->threads = std::max(1U, std::thread::hardware_concurrency());
  CLI::App* command = app.add_subcommand("gate", "Fit what makes a bundle's experts one system");
  command->footer(kGateFooter);
  add_options(*command, *arguments);
  command->callback([arguments, &run] {
    run = [arguments] {
      const auto status = GateRun(*arguments).run();
      if (status) return kOk;
      std::fprintf(stderr, "tenor-train: error: %s\n", status.error().message.c_str());
      return status.error().code == ErrorCode::invalid_argument ? kUsage : kFailure;
    };
  });
}

}  // namespace tenor::train_cli
