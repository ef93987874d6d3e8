#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

#include "apps/tenor-train/learn/commands.h"
#include "base/file_system.h"
#include "bundle/draft.h"
#include "learn/float_bundle.h"
#include "ship/card_text.h"
#include "ship/shipment.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kShipFooter =
    R"(Makes one bundle of trained encoders and linear experts, and publishes it only where it is good enough: each model of
`runs` becomes a float32 expert whose answers must be those of libtorch, then an INT8 one; all are calibrated and fused
with the linear experts on development rows; the real engine must give the fitted answers; the configuration's
thresholds are checked; test files are scored; the model card is written; the folder is renamed last. Encoders and
linear experts of bundles that were shipped before are taken as they are, so that one part can be made anew without the
training of the others. A refusal names each threshold with what was asked and found, and leaves nothing behind but what
--json and --keep ask for.

Examples:
  tenor-train ship --config configs/ship-zh.yaml --data /data --out models/zh
  tenor-train ship --config mine.yaml --out mine --keep parts --json report.json
  tenor-train ship --explain-config)";

constexpr std::size_t kParityTexts = 500;

struct ShipArguments {
  std::string config, data, out, keep, json;
  std::size_t threads = 1;
  bool quiet = false;
  bool explain_config = false;
};

// Spread evenly over the rows: files and sources stand one after the other.
std::vector<std::string> some_texts(const data::Dataset& rows) {
  const std::size_t step = std::max<std::size_t>(1, rows.rows.size() / kParityTexts);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < rows.rows.size(); i += step) out.push_back(rows.rows[i].text);
  return out;
}

class ShipRun {
 public:
  explicit ShipRun(const ShipArguments& arguments) : arguments_(arguments) {
    if (arguments.quiet) return;
    watch_.progress = true;
    watch_.say = [](const std::string& text) { std::fputs(text.c_str(), stderr); };
  }

  Status run() {
    if (auto status = bundle::check_replaceable(arguments_.out); !status) return status;
    const auto text = read_file(arguments_.config);
    if (!text) return tl::unexpected(text.error());
    auto config = ship::load_ship_config(arguments_.config);
    if (!config) return tl::unexpected(config.error());
    *config = ship::with_data_folder(*std::move(config), arguments_.data);
    const auto dev = ship::read_dev_rows(config->dev, watch_);
    if (!dev) return tl::unexpected(dev.error());
    const auto encoders = float_encoders(*config, dev->dataset);
    if (!encoders) return tl::unexpected(encoders.error());
    ship::ShipmentInput input{*config, *dev, *encoders, *text, recorded_command(), arguments_.data};
    input.threads = arguments_.threads;
    input.watch = watch_;
    if (!arguments_.keep.empty()) {
      input.keep = [this](const std::string& name, const bundle::BundleWriter& writer) { return keep(name, writer); };
    }
    return publish(input);
  }

 private:
  // How to make the bundle again, wherever its files lie.
  std::string recorded_command() const {
    return "tenor-train ship --config " + arguments_.config + " --data DATA --out OUT";
  }

  Result<std::vector<ship::FloatEncoder>> float_encoders(const ship::ShipConfig& config,
                                                         const data::Dataset& dev) const {
    std::vector<ship::FloatEncoder> out;
    for (const std::string& run : config.runs) {
      std::string name = out.empty() ? "encoder" : "encoder_" + std::to_string(out.size() + 1);
      if (!config.run_names.empty()) name = config.run_names[out.size()];
      auto encoder = float_encoder(run, name, dev);
      if (!encoder) return fail(encoder.error(), run);
      out.push_back(std::move(*encoder));
    }
    return out;
  }

  Result<ship::FloatEncoder> float_encoder(const std::string& run, const std::string& name,
                                           const data::Dataset& dev) const {
    const auto model = learn::load_model(run);
    if (!model) return tl::unexpected(model.error());
    auto writer = learn::float_bundle(*model, name, recorded_command());
    if (!writer) return tl::unexpected(writer.error());
    auto status = writer->add_file(std::string(bundle::kModelCardName),
                                   "# " + model->name + "\n\nA float32 encoder on its way into a bundle.\n");
    if (!status) return tl::unexpected(status.error());
    const auto draft = bundle::DraftBundle::open(*writer, name);
    if (!draft) return tl::unexpected(draft.error());
    const auto parity = learn::compare_with_engine(*model, draft->bundle(), name, some_texts(dev));
    if (!parity) return tl::unexpected(parity.error());
    watch_.tell(name + ": " + learn::to_string(*parity) + "\n");
    if (!(parity->largest_difference <= learn::kLargestParityDifference)) {
      return fail(ErrorCode::corrupt, "the engine does not answer as libtorch did; nothing was published");
    }
    ship::ShippedEncoder facts;
    facts.expert = name;
    facts.run = ship::file_name(run);
    facts.license = model->license;
    facts.fingerprint = model->fingerprint;
    facts.parity_texts = parity->texts;
    facts.parity_flips = parity->flips;
    facts.parity_difference = parity->largest_difference;
    return ship::FloatEncoder{std::move(*writer), std::move(facts)};
  }

  Status keep(const std::string& name, const bundle::BundleWriter& writer) const {
    const std::filesystem::path folder(arguments_.keep);
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return fail(ErrorCode::io, folder.string() + ": " + error.message());
    return writer.publish(folder / name);
  }

  Status publish(const ship::ShipmentInput& input) const {
    auto shipment = ship::make_shipment(input);
    if (!shipment) return tl::unexpected(shipment.error());
    if (!arguments_.json.empty()) {
      if (auto status = write_file_atomic(arguments_.json, shipment->report.dump() + "\n"); !status) return status;
    }
    if (!shipment->accepted) return shipment->accepted;
    const auto check = [&](const bundle::Bundle& written) {
      return ship::check_published(written, input.config.accept);
    };
    if (auto status = shipment->writer.publish(arguments_.out, check); !status) return status;
    watch_.tell("wrote " + arguments_.out + "\n");
    return {};
  }

  const ShipArguments& arguments_;
  ship::Watch watch_;
};

void add_options(CLI::App& command, ShipArguments& arguments) {
  command.add_option("--config", arguments.config, "YAML file; --explain-config lists its fields");
  command.add_option("--data", arguments.data, "Folder that the configuration's files of rows are relative to")
      ->default_val(".");
  command.add_option("--out", arguments.out, "Folder of the bundle to write; an older bundle there is replaced");
  command.add_option("--keep", arguments.keep, "Folder for the float32 and INT8 bundles of each encoder alone")
      ->type_name("DIR");
  command.add_option("--json", arguments.json, "Write the report as JSON, of a refusal too")->type_name("FILE");
  command.add_option("--threads", arguments.threads, "Threads that ask the models")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--quiet", arguments.quiet, "Say nothing but errors");
  command.add_flag("--explain-config", arguments.explain_config, "List the fields of the configuration and leave");
}

}  // namespace

void add_ship_command(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<ShipArguments>();
  arguments->threads = std::max(1U, std::thread::hardware_concurrency());
  CLI::App* command = app.add_subcommand("ship", "Publish trained models as a bundle, if it is good enough");
  command->footer(kShipFooter);
  add_options(*command, *arguments);
  command->callback([arguments, &run] {
    run = [arguments] {
      if (arguments->explain_config) {
        std::fputs(ship::describe_ship_config().c_str(), stdout);
        return kOk;
      }
      if (arguments->config.empty() || arguments->out.empty()) {
        std::fprintf(stderr, "tenor-train: error: --config and --out are needed (see tenor-train ship --help)\n");
        return kUsage;
      }
      const auto status = ShipRun(*arguments).run();
      if (status) return kOk;
      std::fprintf(stderr, "tenor-train: error: %s\n", status.error().message.c_str());
      return kFailure;
    };
  });
}

}  // namespace tenor::train_cli
