#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "apps/tenor-train/command.h"
#include "base/file_system.h"
#include "bundle/bundle.h"
#include "data/dataset.h"
#include "drift/reference.h"
#include "ship/bundle_copy.h"
#include "ship/drift_reference.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kDriftReferenceFooter =
    R"(Has the model answer rows as it was made for (its development rows), and keeps what it sees and says as the reference
that `tenor drift` and `tenor serve` compare with: labels, confidences, unknown n-grams, lengths. Labels of the rows
are not used. A bundle is never changed in place: --out is a copy with drift.json, and so has another digest. It may be
the bundle itself, which is then replaced as a whole.

Examples:
  tenor-train drift-reference models/zh --data dev.jsonl --out models/zh
  tenor-train drift-reference models/zh --data dev.jsonl --json zh-drift.json)";

struct DriftReferenceArguments {
  std::string bundle;
  std::vector<std::string> data;
  std::string out;
  std::string json;
  data::DatasetOptions dataset;
  bool quiet = false;
};

Status make(const DriftReferenceArguments& arguments) {
  if (arguments.out.empty() && arguments.json.empty()) {
    return fail(ErrorCode::invalid_argument, "give --out, --json, or both: where the reference goes");
  }
  const auto bundle = bundle::Bundle::open(arguments.bundle);
  if (!bundle) return tl::unexpected(bundle.error());
  const auto rows = data::load_dataset(arguments.data, arguments.dataset);
  if (!rows) return tl::unexpected(rows.error());
  auto writer = ship::copy_bundle(*bundle);
  if (!writer) return tl::unexpected(writer.error());
  if (auto status = ship::add_drift_reference(*bundle, *rows, *writer); !status) return status;
  if (!arguments.json.empty()) {
    const std::string* content = writer->find_file(std::string(drift::kReferenceFile));
    if (auto status = write_file_atomic(arguments.json, *content); !status) return status;
  }
  if (!arguments.out.empty()) {
    const auto check = [](const bundle::Bundle& written) -> Status {
      const auto reference = drift::read_reference(written);
      if (!reference) return tl::unexpected(reference.error());
      return {};
    };
    if (auto status = writer->publish(arguments.out, check); !status) return status;
  }
  if (!arguments.quiet) {
    std::fprintf(stderr, "reference of %zu rows (%llu bad ones left out)\n", rows->rows.size(),
                 static_cast<unsigned long long>(rows->bad_row_count));
  }
  return {};
}

}  // namespace

void add_drift_reference_command(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<DriftReferenceArguments>();
  arguments->dataset.skip_bad_rows = true;
  arguments->dataset.keep_unlabelled = true;
  CLI::App* command = app.add_subcommand("drift-reference", "Give a bundle the reference that drift is measured from");
  command->footer(kDriftReferenceFooter);
  command->add_option("BUNDLE", arguments->bundle, "Folder of the bundle")->required()->type_name("DIR");
  command->add_option("--data", arguments->data, "Rows as the model was made for: its development files; repeatable")
      ->required()
      ->type_name("FILE");
  command->add_option("--out", arguments->out, "Folder of the bundle to write; an older bundle there is replaced")
      ->type_name("DIR");
  command->add_option("--json", arguments->json, "Write the reference alone, for tenor drift --reference")
      ->type_name("FILE");
  command->add_option("--text-column", arguments->dataset.text_column, "Column or field of the text")
      ->type_name("NAME");
  command->add_flag("--quiet", arguments->quiet, "Say nothing but errors");
  command->callback([arguments, &run] {
    run = [arguments] {
      const auto status = make(*arguments);
      if (status) return kOk;
      std::fprintf(stderr, "tenor-train: error: %s\n", status.error().message.c_str());
      return status.error().code == ErrorCode::invalid_argument ? kUsage : kFailure;
    };
  });
}

}  // namespace tenor::train_cli
