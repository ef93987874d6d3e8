#include "apps/tenor/serve_settings.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "apps/tenor/engine_choice.h"
#include "serving/model_repository.h"

namespace tenor::cli {

namespace {

// They take effect while the server runs.
constexpr std::array<std::string_view, 5> kLive = {"access_log", "cors_origin", "drain_seconds", "log_level",
                                                   "slow_ms"};
// They say where the file itself, or something in its place, is.
constexpr std::array<std::string_view, 4> kNotInFiles = {"config", "help", "model", "repository"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string name_of(const CLI::Option& option) {
  std::string name = option.get_lnames().empty() ? std::string() : option.get_lnames().front();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::map<std::string, CLI::Option*> options_in_files(CLI::App& command) {
  std::map<std::string, CLI::Option*> options;
  for (CLI::Option* option : command.get_options()) {
    if (!contains(kNotInFiles, name_of(*option))) options[name_of(*option)] = option;
  }
  return options;
}

// What the library says is "--slow-ms: Value -1 not in range"; the name is said already.
std::string without_name(const std::string& message) {
  const auto colon = message.find(": ");
  return message.starts_with("--") && colon != std::string::npos ? message.substr(colon + 2) : message;
}

Status set(CLI::Option& option, const std::vector<std::string>& values) {
  try {
    for (const std::string& value : values) option.add_result(value);
    option.run_callback();
    return {};
  } catch (const CLI::Error& error) {
    std::string found;
    for (const std::string& value : values) found += (found.empty() ? "'" : ", '") + value + "'";
    return fail(ErrorCode::invalid_argument, without_name(error.what()) + ", found " + found);
  }
}

// One by one, without the others: what the command line overrides has to make sense, too.
Status check_flags(const std::string& path, const std::vector<rollout::FileFlag>& flags) {
  CLI::App command;
  ServeOptions options;
  add_serve_flags(command, options);
  const auto known = options_in_files(command);
  for (const rollout::FileFlag& flag : flags) {
    const std::string here = path + ", line " + std::to_string(flag.line) + ": field '" + flag.name + "'";
    if (contains(kNotInFiles, flag.name)) {
      return fail(ErrorCode::invalid_argument, here + " belongs on the command line");
    }
    const auto option = known.find(flag.name);
    if (option == known.end()) {
      std::string names;
      for (const auto& [name, unused] : known) names += (names.empty() ? "" : ", ") + name;
      return fail(ErrorCode::invalid_argument, here + " is unknown; known are " + names);
    }
    if (auto status = set(*option->second, flag.values); !status) return fail(status.error(), here);
  }
  return {};
}

Status check_together(const std::string& path, const ServeOptions& options) {
  if (options.security.certificate.empty() == options.security.key.empty()) return {};
  return fail(ErrorCode::invalid_argument, path + ": expected tls_certificate and tls_key, both or none");
}

}  // namespace

Flags given_flags(const CLI::App& command) {
  Flags given;
  for (const CLI::Option* option : command.get_options()) {
    if (option->count() > 0) given[name_of(*option)] = option->results();
  }
  return given;
}

Result<std::shared_ptr<const ServeSettings>> load_settings(const std::string& path, const Flags& given) {
  auto file = rollout::load_config_file(path);
  if (!file) return tl::unexpected(file.error());
  if (auto status = check_flags(path, file->flags); !status) return tl::unexpected(status.error());
  if (auto status = resolve_stored(*file); !status) return fail(status.error(), path);
  const auto settings = std::make_shared<ServeSettings>();
  settings->file = std::move(*file);
  CLI::App command;
  add_serve_flags(command, settings->options);
  Flags values;
  for (const rollout::FileFlag& flag : settings->file.flags) values[flag.name] = flag.values;
  for (const auto& [name, given_values] : given) values[name] = given_values;
  for (const auto& [name, option] : options_in_files(command)) {
    const auto value = values.find(name);
    if (value == values.end()) {
      settings->values[name] = {option->get_default_str()};
      continue;
    }
    if (auto status = set(*option, value->second); !status) return fail(status.error(), name);
    settings->values[name] = option->results();
  }
  settings->options.config = path;
  if (auto status = check_together(path, settings->options); !status) return tl::unexpected(status.error());
  return settings;
}

Status check_bundles(const rollout::ConfigFile& file, const std::string& path) {
  for (const rollout::ModelEntry& model : file.models) {
    const auto bundles = open_bundles(model.bundles);
    if (!bundles) return fail(bundles.error(), path + ": model '" + model.name + "'");
  }
  return {};
}

Status resolve_stored(rollout::ConfigFile& file) {
  if (file.repository.empty()) return {};
  const auto listing = serving::list_repository(file.repository);
  if (!listing) return fail(listing.error(), "repository");
  for (rollout::ModelEntry& model : file.models) {
    if (!model.stored || !model.bundles.empty()) continue;
    const auto found = serving::find_stored(*listing, model.name);
    if (!found) return fail(found.error(), "arm '" + model.name + "'");
    model.bundles = {found->folder.string()};
  }
  return {};
}

ReloadPlan plan_reload(const ServeSettings& before, const ServeSettings& after) {
  ReloadPlan plan{{}, {}, rollout::compare(before.file, after.file)};
  plan.applied = plan.rollout.applied;
  plan.needs_restart = plan.rollout.needs_restart;
  for (const auto& [name, values] : after.values) {
    const auto old = before.values.find(name);
    if (old != before.values.end() && old->second == values) continue;
    (contains(kLive, name) ? plan.applied : plan.needs_restart).push_back("server." + name);
  }
  return plan;
}

ServeSettings settled(const ServeSettings& before, const ServeSettings& after) {
  ServeSettings now = before;
  for (const std::string_view name : kLive) {
    const auto value = after.values.find(std::string(name));
    if (value != after.values.end()) now.values[value->first] = value->second;
  }
  now.options.access_log = after.options.access_log;
  now.options.security.cors_origins = after.options.security.cors_origins;
  now.options.drain_seconds = after.options.drain_seconds;
  now.options.log_level = after.options.log_level;
  now.options.slow_ms = after.options.slow_ms;
  if (!before.file.rollout || !after.file.rollout) return now;
  now.file = after.file;
  now.file.rollout->audit = before.file.rollout->audit;
  now.file.rollout->audit_max_bytes = before.file.rollout->audit_max_bytes;
  return now;
}

std::string describe_flags() {
  CLI::App command;
  ServeOptions options;
  add_serve_flags(command, options);
  std::string text;
  for (const auto& [name, option] : options_in_files(command)) {
    text += "  " + name + std::string(name.size() < 18 ? 18 - name.size() : 1, ' ') + option->get_description();
    if (!option->get_default_str().empty()) text += " (" + option->get_default_str() + ")";
    if (contains(kLive, name)) text += "; takes effect on reload";
    text += "\n";
  }
  return text;
}

}  // namespace tenor::cli
