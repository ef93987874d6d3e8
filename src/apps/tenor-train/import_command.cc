#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "apps/tenor-train/answers.h"
#include "apps/tenor-train/command.h"
#include "base/progress.h"
#include "bundle/bundle_writer.h"
#include "import/encoder_import.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kImportFooter =
    R"(DIR is a folder as Hugging Face's transformers or ModelScope save a fine-tuned text classifier: config.json, the
weights (model.safetensors or pytorch_model.bin, whole or in shards) and the tokenizer (tokenizer.json, vocab.txt, or
vocab.json and merges.txt). BERT, RoBERTa, DistilBERT, TinyBERT, MacBERT and StructBERT are understood; what is not is
named. Nothing is fetched from a network, and nothing in the files is run.

Labels that mean positive, neutral or negative by their names (positive, neg, 正面, 差评, "4 stars", ...) are found; say
what others mean with --map. Several labels may mean the same: their probabilities are added.

Examples:
  tenor-train import ./chinese-reviews --out models/mine
  tenor-train import ./sst2 --out sst2 --map LABEL_0=negative --map LABEL_1=positive --language en
  tenor-train import ./five-stars --out stars --max-tokens 128 --name stars)";

struct ImportCommand {
  import::ImportOptions options;
  std::string out;
  std::vector<std::string> maps;
  std::size_t max_tokens = 0;
  bool quiet = false;
};

int report(const Error& error) {
  std::fprintf(stderr, "tenor-train: error: %s\n", error.message.c_str());
  return error.code == ErrorCode::invalid_argument ? kUsage : kFailure;
}

// "LABEL=positive"; a label may hold "=" itself.
Status read_maps(ImportCommand& command) {
  for (const std::string& map : command.maps) {
    const std::size_t equals = map.rfind('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(ErrorCode::invalid_argument, "--map " + map +
                                                   ": expected LABEL=positive, LABEL=neutral or "
                                                   "LABEL=negative");
    }
    command.options.label_map[map.substr(0, equals)] = map.substr(equals + 1);
  }
  return {};
}

std::string recorded_command(const ImportCommand& command) {
  std::string line = "tenor-train import DIR --out OUT";
  for (const auto& [label, sentiment] : command.options.label_map) line += " --map '" + label + "=" + sentiment + "'";
  for (const std::string& language : command.options.languages) line += " --language " + language;
  if (!command.options.name.empty()) line += " --name " + command.options.name;
  if (command.max_tokens > 0) line += " --max-tokens " + std::to_string(command.max_tokens);
  return line;
}

void print_summary(const import::ImportSummary& summary, const std::string& out) {
  const auto& encoder = summary.encoder;
  std::fprintf(stderr, "%s: %zu layers, hidden size %zu, %zu heads, %.1f million numbers (%s), up to %zu tokens\n",
               summary.architecture.c_str(), encoder.layers, encoder.hidden, encoder.heads,
               static_cast<double>(summary.parameters) / 1e6, summary.precision.c_str(), summary.max_tokens);
  for (const std::string& label : summary.labels) std::fprintf(stderr, "  %s\n", label.c_str());
  for (const std::string& note : summary.notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  std::fprintf(stderr, "wrote %s\n", out.c_str());
}

Status check_imported(const bundle::Bundle& bundle) {
  if (auto status = import::check_encoder_bundle(bundle); !status) return status;
  return check_answers(bundle);
}

Status import_and_ship(ImportCommand& command) {
  if (auto status = read_maps(command); !status) return status;
  if (auto status = bundle::check_replaceable(command.out); !status) return status;
  if (command.max_tokens > 0) command.options.max_tokens = command.max_tokens;
  command.options.command = recorded_command(command);
  Progress progress("import", "tensors", std::nullopt, !command.quiet);
  command.options.progress = [&](std::size_t done, std::size_t total) {
    progress.expect(total);
    progress.update(done);
  };
  const auto imported = import::import_encoder(command.options);
  progress.finish();
  if (!imported) return tl::unexpected(imported.error());
  if (auto status = imported->writer.publish(command.out, check_imported); !status) return status;
  if (!command.quiet) print_summary(imported->summary, command.out);
  return {};
}

}  // namespace

void add_import_command(CLI::App& app, Run& run) {
  auto command = std::make_shared<ImportCommand>();
  CLI::App* import = app.add_subcommand("import", "Turn a checkpoint of Hugging Face or ModelScope into a bundle");
  import->footer(kImportFooter);
  import->add_option("DIR", command->options.folder, "Folder of the checkpoint")->required();
  import->add_option("--out", command->out, "Folder of the bundle to write; an older bundle there is replaced")
      ->required();
  import->add_option("--map", command->maps, "What a label means: LABEL=positive, neutral or negative; repeatable")
      ->type_name("LABEL=MEANING");
  import
      ->add_option("--language", command->options.languages,
                   "Language of the texts, repeatable; without it the vocabulary decides")
      ->check(CLI::IsMember({"zh", "en"}));
  import->add_option("--name", command->options.name, "Name of the model; without it the folder's");
  import->add_option("--max-tokens", command->max_tokens, "Read at most so many tokens at once, special ones included")
      ->check(CLI::Range(3, 1 << 16));
  import->add_flag("--quiet", command->quiet, "Say nothing but errors");
  import->callback([command, &run] {
    run = [command] {
      const auto status = import_and_ship(*command);
  return status ? kOk : report(status.error());
};
}  // namespace tenor::train_cli
);
}

}  // namespace tenor::train_cli
