#include "config/yaml_fields.h"

#include <algorithm>
#include <set>

#include "base/file_system.h"

namespace tenor::config {

namespace {

std::string place(const std::string& where, const YAML::Node& node) {
  return (where.empty() ? "line " : where + ", line ") + std::to_string(node.Mark().line + 1);
}

std::string names(std::span<const YamlField> fields) {
  std::string list;
  for (const YamlField& field : fields) list += (list.empty() ? "" : ", ") + field.name;
  return list;
}

}  // namespace

std::string shown(const YAML::Node& node) {
  if (node.IsScalar()) return "'" + node.Scalar() + "'";
  return node.IsSequence() ? "a list" : node.IsMap() ? "a mapping" : "nothing";
}

Status read_yaml(const YAML::Node& node, std::span<const YamlField> fields, const std::string& where) {
  if (!node.IsMap()) {
    return fail(ErrorCode::invalid_argument, place(where, node) + ": expected a mapping of " + names(fields));
  }
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
    const std::string here = place(where, entry.first) + ": field '" + key + "'";
    if (!seen.insert(key).second) return fail(ErrorCode::invalid_argument, here + " is there twice");
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const YamlField& f) { return f.name == key; });
    if (field == fields.end()) {
      return fail(ErrorCode::invalid_argument, here + " is unknown; known are " + names(fields));
    }
    if (auto status = field->read(entry.second); !status) return fail(status.error(), here);
  }
  return {};
}

Result<YAML::Node> load_yaml(const std::string& path) {
  const auto content = read_file(path);
  if (!content) return tl::unexpected(content.error());
  try {
    return YAML::Load(*content);
  } catch (const YAML::Exception& error) {
    return fail(ErrorCode::invalid_argument,
                path + ", line " + std::to_string(error.mark.line + 1) + ": not YAML: " + error.msg);
  }
}

std::string describe_fields(std::span<const YamlField> fields) {
  std::size_t width = 0;
  for (const YamlField& field : fields) width = std::max(width, field.name.size());
  std::string text;
  for (const YamlField& field : fields) {
    text += "  " + field.name + std::string(width + 2 - field.name.size(), ' ') + field.help + "\n";
  }
  return text;
}

}  // namespace tenor::config
