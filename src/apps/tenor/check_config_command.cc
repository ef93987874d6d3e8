// `tenor check-config FILE`: whether a server could start with it.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "apps/tenor/command.h"
#include "apps/tenor/serve_settings.h"
#include "rollout/config_file.h"

namespace tenor::cli {

namespace {

int check_config(const std::string& path) {
  const auto settings = load_settings(path, {});
  if (!settings) return report(settings.error());
  const auto* const file = &(*settings)->file;
  if (const auto status = check_bundles(*file, path); !status) return report(status.error());
  std::printf("%s: fine, %zu %s", path.c_str(), file->models.size(), file->models.size() == 1 ? "model" : "models");
  if (file->rollout) std::printf(", rollout %s", file->rollout->plan.name.c_str());
  std::printf("\n");
  return kOk;
}

}  // namespace

void add_check_config_command(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("check-config", "Check a file for serve --config, and open its bundles");
  auto path = std::make_shared<std::string>();
  command->add_option("FILE", *path, "YAML")->required();
  command->footer("Fields:\n" + rollout::describe_config_file() +
                  "\nFields of server, which are flags of tenor serve:\n" + describe_flags() +
                  "\nExit codes: 0 fine, 1 not.");
  command->callback([path, &run] { run = [path] { return check_config(*path); }; });
}

}  // namespace tenor::cli
