// tenor keys: the file of API keys that tenor serve --keys reads.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "apps/tenor/command.h"
#include "apps/tenor/output.h"
#include "base/file_system.h"
#include "security/key_ring.h"

namespace tenor::cli {

namespace {

using security::Key;

constexpr unsigned kOwnerOnly = 0600;

constexpr const char* kKeysExamples = R"(Examples:
  tenor keys add /etc/tenor/keys alice --role admin     prints the key: it is shown only this once
  tenor keys add /etc/tenor/keys prometheus             a reader's key
  tenor keys list /etc/tenor/keys
  tenor keys remove /etc/tenor/keys alice
  tenor serve --host 0.0.0.0 --keys /etc/tenor/keys
  curl -H "Authorization: Bearer $KEY" …
A running server reads the file again with SIGHUP (systemctl reload tenor).)";

struct KeysOptions {
  std::string file, name;
  std::string role = "reader";
};

// A file that is not there yet holds no key.
Result<std::vector<Key>> keys_of(const std::string& file) {
  if (!is_file(file)) return std::vector<Key>();
  auto ring = security::read_keys(file);
  if (!ring) return tl::unexpected(std::move(ring.error()));
  return ring->keys();
}

Status write_keys(const std::string& file, const std::vector<Key>& keys) {
  std::string text =
      "# API keys of tenor serve --keys: ROLE NAME sha256:HASH. tenor keys add and remove change this file.\n";
  for (const auto& key : keys) text += security::key_line(key) + "\n";
  return write_file_atomic(file, text, kOwnerOnly);
}

auto find(std::vector<Key>& keys, const std::string& name) {
  return std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
}

int say(const std::string& text) {
  Output output = Output::standard();
  output.buffer() += text;
  const auto status = output.commit();
  return status ? kOk : report(status.error());
}

int add_key(const KeysOptions& options) {
  if (!security::is_key_name(options.name)) {
    return report_usage("expected a name of 1 to 64 letters, digits, - _ . or @, found \"" + options.name + "\"");
  }
  auto keys = keys_of(options.file);
  if (!keys) return report(keys.error());
  if (find(*keys, options.name) != keys->end()) {
    return report_usage(options.file + " has a key of \"" + options.name +
                        "\"; remove it first, or choose another name");
  }
  const auto secret = security::make_secret();
  if (!secret) return report(secret.error());
  keys->push_back({options.name, *security::parse_role(options.role), security::hash_of(*secret)});
  if (const auto status = write_keys(options.file, *keys); !status) return report(status.error());
  return say(*secret + "\n");
}

int remove_key(const KeysOptions& options) {
  auto keys = keys_of(options.file);
  if (!keys) return report(keys.error());
  const auto found = find(*keys, options.name);
  if (found == keys->end()) return report_usage(options.file + " has no key of \"" + options.name + "\"");
  if (keys->size() == 1) {
    return report_usage("\"" + options.name + "\" is the last key of " + options.file +
                        ", and a server with --keys needs one; add another first, or delete the file");
  }
  keys->erase(found);
  const auto status = write_keys(options.file, *keys);
  return status ? kOk : report(status.error());
}

int list_keys(const KeysOptions& options) {
  const auto ring = security::read_keys(options.file);
  if (!ring) return report(ring.error());
  std::string text;
  for (const auto& key : ring->keys()) text.append(security::name(key.role)).append(" ").append(key.name).append("\n");
  return say(text);
}

}  // namespace

void add_keys_command(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("keys", "Make, list and remove the API keys of a server");
  command->require_subcommand(1);
  command->footer(kKeysExamples);
  auto options = std::make_shared<KeysOptions>();
  const auto add = [&](const char* name, const char* description, int (*action)(const KeysOptions&)) {
    CLI::App* sub = command->add_subcommand(name, description);
    sub->add_option("file", options->file, "File of hashed keys")->required()->type_name("FILE");
    sub->callback([options, action, &run] { run = [options, action] { return action(*options); }; });
    sub->footer(kKeysExamples);
    return sub;
  };
  CLI::App* adding = add("add", "Make a key and print it: it cannot be shown again", add_key);
  CLI::App* removing = add("remove", "Remove a key", remove_key);
  add("list", "List roles and names", list_keys);
  for (auto* sub : {adding, removing}) {
    sub->add_option("name", options->name, "Whose key it is, for logs")->required()->type_name("NAME");
  }
  adding
      ->add_option("--role", options->role, "reader: scores texts, reads metrics; admin: may change what is served too")
      ->check(CLI::IsMember({"reader", "admin"}).description(""))
      ->type_name("reader|admin")
      ->capture_default_str();
}

}  // namespace tenor::cli
