#include "learn/space_fields.h"

#include "train/behaviour_field.h"

namespace tenor::learn {

namespace {

using config::yaml_field;
using config::YamlField;

std::vector<YamlField> space_fields(ExampleSpace& space) {
  train::SpaceConfig& rows = space.rows;
  return {
      yaml_field("name", "of the group of files", rows.name),
      yaml_field("aspects", "tasks are the aspects of the rows, else the one task overall (false)", rows.aspects),
      yaml_field("train", "files", rows.train),
      yaml_field("dev", "files that training is watched by; never test files", rows.dev),
      yaml_field("two_class_sources", "sources that know no neutral: it is left out of their rows' softmax",
                 rows.two_class_sources),
      yaml_field("two_class_dev_share", "of their training rows, by content, moved to dev (0)",
                 rows.two_class_dev_share),
      yaml_field("source_balance", "0: none; 1: the classes of each source weigh the same (0)", rows.source_balance),
      yaml_field("source_weights", "weight of a source's rows (1)", rows.source_weights),
      config::yaml_choice<data::BalanceMethod>("balance", "none, oversample, undersample or hybrid (none)",
                                               rows.balance, data::parse_balance_method),
      train::behaviour_field(rows.behaviour),
      yaml_field("weight", "of each row's loss (1)", space.weight),
      yaml_field("repeat", "times that each row is read an epoch (1)", space.repeat)};
}

}  // namespace

config::YamlField spaces_field(std::vector<ExampleSpace>& spaces) {
  ExampleSpace described;
  std::string help = "groups of files; a list of mappings of:\n" + config::describe_fields(space_fields(described));
  return {"spaces", std::move(help), [&spaces](const YAML::Node& node) -> Status {
            if (!node.IsSequence()) {
              return fail(ErrorCode::invalid_argument, "expected a list of mappings, found " + config::shown(node));
            }
            for (const YAML::Node& entry : node) {
              ExampleSpace space;
              if (auto status = config::read_yaml(entry, space_fields(space), ""); !status) return status;
              if (space.rows.aspects && space.rows.behaviour.any()) {
                return fail(
                    ErrorCode::invalid_argument,
                    "space '" + space.rows.name + "': behaviour makes rows with an overall label; aspects have none");
              }
              spaces.push_back(std::move(space));
            }
            return {};
          }};
}

}  // namespace tenor::learn
