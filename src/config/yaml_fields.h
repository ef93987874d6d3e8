// Reading a YAML mapping into a struct from one list of fields, which is also the fields' documentation.
#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tenor::config {

struct YamlField {
  std::string name;
  std::string help;  // meaning, unit, default
  std::function<Status(const YAML::Node&)> read;
};

// "a whole number", "a list of text": what a field of this type expects.
template <class T>
std::string yaml_type(const T*) {
  if constexpr (std::is_same_v<T, bool>) return "true or false";
  if constexpr (std::is_unsigned_v<T>) return "a whole number, not below 0";
  if constexpr (std::is_integral_v<T>) return "a whole number";
  if constexpr (std::is_floating_point_v<T>) return "a number";
  return "text";
}
template <class T>
std::string yaml_type(const std::vector<T>*) {
  return "a list of " + yaml_type(static_cast<const T*>(nullptr));
}
template <class T>
std::string yaml_type(const std::map<std::string, T>*) {
  return "a mapping of names to " + yaml_type(static_cast<const T*>(nullptr));
}

// "'x'", "a list": what was found instead.
std::string shown(const YAML::Node& node);

// A field for every type that yaml-cpp converts: std::string, int, double, bool, and vectors and maps of them.
template <class T>
YamlField yaml_field(std::string name, std::string help, T& target) {
  return {std::move(name), std::move(help), [&target](const YAML::Node& node) -> Status {
            try {
              target = node.as<T>();
              return {};
            } catch (const YAML::Exception&) {
              return fail(ErrorCode::invalid_argument,
                          "expected " + yaml_type(static_cast<const T*>(nullptr)) + ", found " + shown(node));
            }
          }};
}

// A field whose value is one of a few words.
template <class T>
YamlField yaml_choice(std::string name, std::string help, T& target,
                      std::function<std::optional<T>(std::string_view)> parse) {
  const std::string words = help;
  return {std::move(name), std::move(help), [&target, parse, words](const YAML::Node& node) -> Status {
            const auto value = node.IsScalar() ? parse(node.Scalar()) : std::nullopt;
            if (!value) return fail(ErrorCode::invalid_argument, "found " + shown(node) + ", expected " + words);
            target = *value;
            return {};
          }};
}

// Reads every key of a mapping by its field. Errors (invalid_argument) name the place (`where`, empty inside another
// mapping, and the line): a node that is no mapping, a key twice, an unknown key (with the known ones), a value a field
// refuses.
Status read_yaml(const YAML::Node& node, std::span<const YamlField> fields, const std::string& where);

// A whole file, parsed. Errors: those of read_file; invalid_argument with the line for broken YAML.
Result<YAML::Node> load_yaml(const std::string& path);

// One line a field: "  name   help".
std::string describe_fields(std::span<const YamlField> fields);

}  // namespace tenor::config
