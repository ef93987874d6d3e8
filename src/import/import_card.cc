#include "import/import_card.h"

#include <string_view>

namespace tenor::import {

namespace {

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kEdge = " \t\"'";
  const std::size_t begin = text.find_first_not_of(kEdge);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kEdge) - begin + 1);
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}

}  // namespace

std::string license_of_readme(std::string_view readme) {
  constexpr std::size_t kLongest = 100;
  constexpr std::string_view kKey = "license:";
  if (take_line(readme) != "---") return "";
  while (!readme.empty()) {
    const std::string_view line = take_line(readme);
    if (line == "---") break;
    if (line.starts_with(kKey)) return std::string(trimmed(line.substr(kKey.size())).substr(0, kLongest));
  }
  return "";
}

std::string import_card(const bundle::Manifest& manifest, const ImportSummary& summary) {
  const experts::EncoderConfig& encoder = summary.encoder;
  std::string card = "# " + manifest.name + "\n\n" + manifest.description + "\n\n";
  card += "Languages: " + joined(manifest.languages) +
          ". Terms: " + (manifest.license.empty() ? "unknown; the checkpoint does not state them" : manifest.license) +
          "\n\n";
  card += "## What it answers\n\n";
  for (const std::string& label : summary.labels) card += "- " + label + "\n";
  card += "\n## What it is\n\n| | |\n|---|---|\n";
  const auto row = [&](const char* name, const std::string& value) {
    card += std::string("| ") + name + " | " + value + " |\n";
  };
  row("architecture", summary.architecture);
  row("layers", std::to_string(encoder.layers));
  row("hidden size", std::to_string(encoder.hidden) + ", " + std::to_string(encoder.heads) + " heads, feed-forward " +
                         std::to_string(encoder.ffn) + ", " + to_string(encoder.activation));
  row("vocabulary", std::to_string(encoder.vocabulary));
  row("parameters", std::to_string(summary.parameters));
  row("numbers", summary.precision + ", as the checkpoint has them");
  row("reads at most", std::to_string(summary.max_tokens) + " tokens at once, special ones included");
  if (!summary.notes.empty()) card += "\n## Notes of the import\n\n";
  for (const std::string& note : summary.notes) card += "- " + note + "\n";
  card +=
      "\n## Intended use and limits\n\nImported, not trained here: what it learned from, how good it is and on which "
      "terms it may be used is what the checkpoint's authors say. Its probabilities are not calibrated. Judge it on "
      "texts like yours (`tenor evaluate`) before you rely on it. Not for decisions about people.\n";
  return card;
}

}  // namespace tenor::import
