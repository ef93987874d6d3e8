#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "apps/tenor-train/answers.h"
#include "apps/tenor-train/learn/commands.h"
#include "bundle/draft.h"
#include "data/text_corpus.h"
#include "learn/float_bundle.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kExportFooter =
    R"(Writes a trained model as a float32 bundle, after the engine has answered from it as
libtorch did on the given texts. `tenor-train quantize` makes it INT8, `tenor-train fuse` adds it to linear experts.

Example:
  tenor-train export runs/zh --check /data/overall-zh/dev.jsonl --out runs/zh-float)";

constexpr std::size_t kTexts = 500;

struct ExportOptions {
  std::string run, out, expert = "encoder";
  std::vector<std::string> check;
};

Result<std::vector<std::string>> first_texts(const std::vector<std::string>& files) {
  std::vector<std::string> texts;
  const auto status = data::for_each_text(files, [&](std::string_view text) -> Status {
    if (texts.size() < kTexts) texts.emplace_back(text);
    return {};
  });
  if (!status) return tl::unexpected(status.error());
  return texts;
}

std::string draft_card(const learn::TrainedModel& model) {
  return "# " + model.name + "\n\n" + model.description + "\n\nTerms: " + model.license +
         "\n\nA float32 encoder, neither calibrated nor judged yet.\n";
}

Status check_parity(const ExportOptions& options, const learn::TrainedModel& model,
                    const bundle::BundleWriter& writer) {
  if (options.check.empty()) return {};
  const auto texts = first_texts(options.check);
  if (!texts) return tl::unexpected(texts.error());
  const auto draft = bundle::DraftBundle::open(writer, "the new bundle");
  if (!draft) return tl::unexpected(draft.error());
  const auto parity = learn::compare_with_engine(model, draft->bundle(), options.expert, *texts);
  if (!parity) return tl::unexpected(parity.error());
  std::fprintf(stderr, "%s\n", learn::to_string(*parity).c_str());
  if (parity->largest_difference <= learn::kLargestParityDifference) return {};
  return fail(ErrorCode::corrupt, "the engine does not answer as libtorch did; nothing was written");
}

Status run_export(const ExportOptions& options) {
  if (auto status = bundle::check_replaceable(options.out); !status) return status;
  const auto model = learn::load_model(options.run);
  if (!model) return tl::unexpected(model.error());
  auto writer = learn::float_bundle(*model, options.expert, "tenor-train export RUN --out OUT");
  if (!writer) return tl::unexpected(writer.error());
  if (auto status = writer->add_file("MODEL_CARD.md", draft_card(*model)); !status) return status;
  if (auto status = check_parity(options, *model, *writer); !status) return status;
  return writer->publish(options.out, check_answers);
}

}  // namespace

void add_export_command(CLI::App& app, Run& run) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = app.add_subcommand("export", "Write a trained model as a float32 bundle");
  command->footer(kExportFooter);
  command->add_option("run", options->run, "Folder that tenor-train finetune wrote")->required();
  command->add_option("--out", options->out, "Folder of the bundle")->required();
  command->add_option("--expert", options->expert, "Its name in the manifest")->capture_default_str();
  command->add_option("--check", options->check, "Files of texts on which engine and libtorch must agree");
  command->callback([options, &run] {
    run = [options] {
      if (auto status = run_export(*options); !status) {
        std::fprintf(stderr, "tenor-train: error: %s\n", status.error().message.c_str());
        return kFailure;
      }
      std::fprintf(stderr, "wrote %s\n", options->out.c_str());
      return kOk;
    };
  });
}

}  // namespace tenor::train_cli
