#include "data/jsonl_writer.h"

#include <algorithm>

#include "base/json_writer.h"

namespace tenor::data {

namespace {

std::string_view name_of(std::int8_t label) {
  return kLabelNames[static_cast<std::size_t>(label)];
}

}  // namespace

void append_jsonl(const Dataset& dataset, const Row& row, bool augmented, std::string& out) {
  JsonWriter writer(out);
  writer.begin_object().member("text", std::string_view(row.text));
  if (row.label >= 0) writer.member("label", name_of(row.label));
  if (std::any_of(row.aspects.begin(), row.aspects.end(), [](std::int8_t label) { return label >= 0; })) {
    writer.key("aspects").begin_object();
    for (std::size_t a = 0; a < row.aspects.size(); ++a) {
      if (row.aspects[a] >= 0) writer.member(dataset.aspect_names[a], name_of(row.aspects[a]));
    }
    writer.end_object();
  }
  const std::string& source = dataset.sources[row.source];
  const std::string& domain = dataset.domains[row.domain];
  if (!source.empty()) writer.member("source", std::string_view(source));
  if (!domain.empty()) writer.member("domain", std::string_view(domain));
  if (augmented) writer.member("augmented", true);
  writer.end_object();
  out += '\n';
}

}  // namespace tenor::data
