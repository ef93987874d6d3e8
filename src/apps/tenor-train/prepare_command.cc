#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <memory>

#include "apps/tenor-train/command.h"
#include "apps/tenor-train/dataset_flags.h"
#include "apps/tenor-train/prepare_run.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kPrepareFooter =
    R"(FILES are JSON lines {"text", "label" or "sentiment", "aspects": {name: label}, "source", "domain"}, CSV or TSV with a
header (the columns and codes of ASAP and AI Challenger 2018 are understood), each also as .gz. In this order:
labels on the --drop list are taken off, rows without a label left go; rows whose texts are in a file of --without go;
of rows whose texts agree in their first 80 letters, punctuation and case ignored, one stays; --split decides by a hash
of the text, so that a row's part depends on nothing else; --augment adds changed copies to the training part alone. DIR
gets rows.jsonl, or train.jsonl, dev.jsonl and test.jsonl, and report.json: rows in and out, labels of every class,
conflicts by file and line, fingerprints.

The changes of --augment are those of EDA (Wei and Zou 2019): each copy has words replaced by synonyms, synonyms
inserted, words swapped or words deleted. Negations and the word after them, punctuation and emoji are never touched.
Without --synonyms words are only swapped and deleted.

Examples:
  tenor-train prepare reviews.csv --out rows
  tenor-train prepare asap/*.csv --out asap --split 0.9,0.05,0.05 --skip-bad-rows
  tenor-train prepare train.jsonl --drop suspicious.jsonl --out clean
  tenor-train prepare crawl.txt.gz --keep-unlabelled --without test.jsonl --out texts
  tenor-train prepare train.jsonl --out more --augment 2 --synonyms zh-synonyms.txt --delete 0.05)";

struct PrepareCommand {
  PrepareArguments arguments;
  DatasetFlags dataset;
  std::vector<double> split;
  bool drop_conflicts = false;
};

Status read_split(PrepareCommand& command) {
  const std::vector<double>& parts = command.split;
  if (parts.empty()) return {};
  double sum = 0;
  bool good = parts.size() == 2 || parts.size() == 3;
  for (const double part : parts) {
    good = good && part >= 0 && part <= 1;
    sum += part;
  }
  if (!good || std::abs(sum - 1) > 1e-6) {
    return fail(ErrorCode::invalid_argument,
                "--split: expected the shares of train, dev and (where wanted) test, which make 1 together, "
                "as in 0.9,0.05,0.05");
  }
  command.arguments.split = data::SplitFractions{.dev = parts[1], .test = parts.size() == 3 ? parts[2] : 0};
  return {};
}

Status run_prepare(PrepareCommand& command) {
  auto options = dataset_options(command.dataset);
  if (!options) return tl::unexpected(options.error());
  command.arguments.dataset = std::move(*options);
  if (auto status = read_split(command); !status) return status;
  if (command.drop_conflicts) command.arguments.deduplicate.on_conflict = data::OnConflict::drop;
  return prepare(command.arguments);
}

void add_augment_options(CLI::App& command, PrepareArguments& arguments) {
  command.add_option("--augment", arguments.augment, "Changed copies of each training row")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  command.add_option("--synonyms", arguments.synonyms, "Thesaurus: a code such as Aa01A01= and its words a line")
      ->type_name("FILE");
  const auto rate = [&](const char* flag, double& value, const char* help) {
    command.add_option(flag, value, help)->check(CLI::Range(0.0, 1.0))->capture_default_str();
  };
  rate("--replace", arguments.rates.replace, "Share of words replaced by a synonym; 0: no such copies");
  rate("--insert", arguments.rates.insert, "Share of words inserted");
  rate("--swap", arguments.rates.swap, "Share of words that change places");
  rate("--delete", arguments.rates.remove, "Probability of deleting a word");
}

void add_options(CLI::App& command, PrepareCommand& all) {
  PrepareArguments& arguments = all.arguments;
  command.add_option("FILES", arguments.files, "Labelled rows")->required();
  command.add_option("--out", arguments.out, "Folder to write; one that this command wrote before is replaced")
      ->required()
      ->type_name("DIR");
  command.add_option("--drop", arguments.drop, "List of tenor-train noise: labels to take off")->type_name("FILE");
  command
      .add_option("--drop-margin", arguments.drop_margin,
                  "Of the list only entries with this margin or a lower one; 0: all")
      ->check(CLI::Range(-1.0, 0.0))
      ->capture_default_str();
  command
      .add_option(
          "--without", arguments.without,
          "Leave out the texts of this file, labelled or not (again: one more file), compared as duplicates are")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command.add_flag("--keep-duplicates", arguments.keep_duplicates, "Leave duplicates in");
  command
      .add_option("--duplicate-letters", arguments.deduplicate.max_letters,
                  "Letters in which duplicates agree; 0: in all")
      ->capture_default_str();
  command.add_flag("--drop-conflicts", all.drop_conflicts,
                   "Leave out all duplicates whose labels contradict each other");
  command.add_option("--split", all.split, "Shares of train, dev and test: 0.9,0.05,0.05")->delimiter(',');
  add_augment_options(command, arguments);
  command.add_option("--seed", arguments.seed, "Of the split and of the copies")->capture_default_str();
  command.add_flag("--keep-unlabelled", all.dataset.options.keep_unlabelled, "Rows without a label are rows too");
  add_dataset_flags(command, all.dataset);
  command.add_flag("--quiet", arguments.quiet, "Say nothing but errors");
}

}  // namespace

void add_prepare_command(CLI::App& app, Run& run) {
  auto command = std::make_shared<PrepareCommand>();
  CLI::App* prepare = app.add_subcommand("prepare", "Check, deduplicate, clean, split and augment labelled rows");
  prepare->footer(kPrepareFooter);
  add_options(*prepare, *command);
  prepare->callback([command, &run] {
    run = [command] {
      const auto status = run_prepare(*command);
      if (status) return kOk;
      std::fprintf(stderr, "tenor-train: error: %s\n", status.error().message.c_str());
      return status.error().code == ErrorCode::invalid_argument ? kUsage : kFailure;
    };
  });
}

}  // namespace tenor::train_cli
