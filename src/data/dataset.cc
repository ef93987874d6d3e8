#include "data/dataset.h"

#include <algorithm>
#include <string_view>

#include "base/sha256.h"

namespace tenor::data {

namespace {

// Length before content: no two different rows can serialise alike.
void append_field(std::string& out, std::string_view field) {
  out += std::to_string(field.size());
  out += ':';
  out += field;
}

}  // namespace

std::string to_string(const BadRow& row) {
  return row.file + ":" + std::to_string(row.line) + ": " + row.reason;
}

std::string fingerprint(const Dataset& dataset) {
  const std::vector<std::string>& names = dataset.aspect_names;
  std::vector<std::size_t> by_name(names.size());
  for (std::size_t i = 0; i < by_name.size(); ++i) by_name[i] = i;
  std::sort(by_name.begin(), by_name.end(), [&](std::size_t a, std::size_t b) { return names[a] < names[b]; });
  const auto hash = [](const std::string& content) { return sha256_hex(std::as_bytes(std::span(content))); };
  std::string digests;
  std::string content;
  for (const Row& row : dataset.rows) {
    content.clear();
    append_field(content, row.text);
    append_field(content, std::to_string(row.label));
    append_field(content, dataset.sources[row.source]);
    append_field(content, dataset.domains[row.domain]);
    for (const std::size_t i : by_name) {
      if (row.aspects[i] == kUnlabelled) continue;
      append_field(content, names[i]);
      append_field(content, std::to_string(row.aspects[i]));
    }
    digests += hash(content);
  }
  return hash(digests);
}

std::vector<std::int8_t> overall_labels(const Dataset& dataset) {
  std::vector<std::int8_t> labels;
  labels.reserve(dataset.rows.size());
  for (const Row& row : dataset.rows) labels.push_back(row.label);
  return labels;
}

std::vector<std::int8_t> aspect_labels(const Dataset& dataset, std::size_t aspect) {
  std::vector<std::int8_t> labels;
  labels.reserve(dataset.rows.size());
  for (const Row& row : dataset.rows) labels.push_back(row.aspects[aspect]);
  return labels;
}

}  // namespace tenor::data
