#include "data/dataset.h"

#include <algorithm>
#include <string_view>

#include "base/sha256.h"
#include "data/clean_text.h"
#include "text/utf8.h"

namespace tenor::data {

namespace {

// Length before content: no two different rows can serialise alike.
void append_field(std::string& out, std::string_view field) {
  out += std::to_string(field.size());
  out += ':';
  out += field;
}

// Runs of white space as one space, none at the ends.
void squeeze(std::string_view text, std::string& out) {
  out.clear();
  bool gap = false;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view character = text.substr(i, text::decode(text, i).length);
    i += character.size();
    if (is_white(character)) {
      gap = !out.empty();
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    out += character;
  }
}

}  // namespace

std::string place_of(const Dataset& dataset, const Row& row) {
  return (row.file < dataset.files.size() ? dataset.files[row.file] : "?") + ":" + std::to_string(row.line);
}

std::string to_string(const BadRow& row) {
  return row.file + ":" + std::to_string(row.line) + ": " + row.reason;
}

std::string fingerprint(const Dataset& dataset) {
  const std::vector<std::string>& names = dataset.aspect_names;
  std::vector<std::size_t> by_name(names.size());
  for (std::size_t i = 0; i < by_name.size(); ++i) by_name[i] = i;
  std::sort(by_name.begin(), by_name.end(), [&](std::size_t a, std::size_t b) { return names[a] < names[b]; });
  const auto hash = [](const std::string& content) { return sha256_hex(std::as_bytes(std::span(content))); };
  std::vector<std::string> digests;
  digests.reserve(dataset.rows.size());
  std::string content;
  std::string text;
  for (const Row& row : dataset.rows) {
    content.clear();
    squeeze(row.text, text);
    append_field(content, text);
    append_field(content, std::to_string(row.label));
    append_field(content, dataset.sources[row.source]);
    append_field(content, dataset.domains[row.domain]);
    for (const std::size_t i : by_name) {
      if (row.aspects[i] == kUnlabelled) continue;
      append_field(content, names[i]);
      append_field(content, std::to_string(row.aspects[i]));
    }
    digests.push_back(hash(content));
  }
  std::sort(digests.begin(), digests.end());
  content.clear();
  for (const std::string& digest : digests) content += digest;
  return hash(content);
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
