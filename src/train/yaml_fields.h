// Reading a YAML mapping into a struct from one list of fields, which is also the fields' documentation.
#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tenor::train {

struct YamlField {
  std::string name;
  std::string help;  // meaning, unit, default
  std::function<Status(const YAML::Node&)> read;
};

// A field for every type that yaml-cpp converts: std::string, int, double, bool, and vectors and maps of them.
template <class T>
YamlField yaml_field(std::string name, std::string help, T& target) {
  return {std::move(name), std::move(help), [&target](const YAML::Node& node) -> Status {
            try {
              target = node.as<T>();
              return {};
            } catch (const YAML::Exception& error) {
              return fail(ErrorCode::invalid_argument, std::string("wrong type: ") + error.msg);
            }
          }};
}

// A field whose value is one of a few words.
template <class T>
YamlField yaml_choice(std::string name, std::string help, T& target,
                      std::function<std::optional<T>(std::string_view)> parse) {
  return {std::move(name), std::move(help), [&target, parse](const YAML::Node& node) -> Status {
            const auto value = node.IsScalar() ? parse(node.Scalar()) : std::nullopt;
            if (!value) {
              return fail(ErrorCode::invalid_argument, "not one of the words it may be: '" +
                                                           (node.IsScalar() ? node.Scalar() : std::string("…")) + "'");
            }
            target = *value;
            return {};
          }};
}

// Reads every key of a mapping by its field. Errors (invalid_argument) name the place (`where` and the line): a node
// that is no mapping, a key twice, an unknown key (with the known ones), a value a field refuses.
Status read_yaml(const YAML::Node& node, std::span<const YamlField> fields, const std::string& where);

// A whole file, parsed. Errors: those of read_file; invalid_argument with the line for broken YAML.
Result<YAML::Node> load_yaml(const std::string& path);

// One line a field: "  name   help".
std::string describe_fields(std::span<const YamlField> fields);

}  // namespace tenor::train
