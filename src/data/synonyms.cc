#include "data/synonyms.h"

#include <algorithm>

#include "data/clean_text.h"
#include "data/line_reader.h"
#include "text/utf8.h"

namespace tenor::data {

namespace {

constexpr std::size_t kCodeLength = 8;

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// A heading or a group: one to eight letters, digits and, at the end, one of = # @.
bool is_code(std::string_view field) {
  if (field.empty() || field.size() > kCodeLength || !is_letter(field.front())) return false;
  const std::string_view marks = "=#@";
  const bool group = field.size() == kCodeLength && marks.find(field.back()) != std::string_view::npos;
  return std::all_of(field.begin(), field.end() - (group ? 1 : 0),
                     [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  while (!(line = trim(line)).empty()) {
    fields.push_back(line.substr(0, line.find_first_of(" \t\r\v\f")));
    line.remove_prefix(fields.back().size());
  }
  return fields;
}

std::string lower_case(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

}  // namespace

Result<Synonyms> Synonyms::load(const std::string& path) {
  auto source = open_source(path);
  if (!source) return tl::unexpected(source.error());
  Synonyms synonyms;
  if (Status status = synonyms.read(std::move(*source), path); !status) return tl::unexpected(status.error());
  return synonyms;
}

Result<Synonyms> Synonyms::parse(std::string_view content, const std::string& name) {
  Synonyms synonyms;
  if (Status status = synonyms.read(memory_source(content), name); !status) return tl::unexpected(status.error());
  return synonyms;
}

Status Synonyms::read(std::unique_ptr<ByteSource> source, const std::string& name) {
  LineReader lines(std::move(source), false);
  Line line;
  while (true) {
    const Result<bool> more = lines.next(line);
    if (!more) return fail(more.error(), name);
    if (!*more) return {};
    const std::vector<std::string_view> fields = fields_of(line.text);
    if (fields.empty()) continue;
    const std::string place = name + ":" + std::to_string(line.number) + ": ";
    if (line.too_long || text::count_invalid_bytes(line.text) > 0) {
      return fail(ErrorCode::corrupt, place + "expected a line of UTF-8 of at most " + std::to_string(kMaxRecordBytes) +
                                          " bytes, found something else");
    }
    const std::string_view code = fields.front();
    if (!is_code(code)) {
      std::string message = place + "expected a code such as Aa01A01= before the words, found ";
      append_quoted(message, code);
      return fail(ErrorCode::corrupt, message);
    }
    if (code.size() == kCodeLength) add_group(std::span(fields).subspan(1), code.back() == '=');
  }
}

void Synonyms::add_group(std::span<const std::string_view> words, bool same_meaning) {
  const std::uint32_t group = same_meaning ? static_cast<std::uint32_t>(groups_.size()) : kNoGroup;
  if (same_meaning) groups_.emplace_back();
  for (const std::string_view word : words) {
    const std::string known = lower_case(word);
    const auto [place, is_new] = index_.emplace(known, group);
    longest_ = std::max(longest_, word.size());
    if (!same_meaning) continue;
    if (!is_new && place->second == group) continue;  // twice in its line
    if (!is_new) place->second = place->second == kNoGroup ? group : kManyGroups;
    groups_.back().push_back(known);
  }
}

std::vector<std::string_view> Synonyms::of(std::string_view word) const {
  const auto found = index_.find(word);
  if (found == index_.end() || found->second >= groups_.size()) return {};
  std::vector<std::string_view> others;
  for (const std::string& other : groups_[found->second]) {
    if (other != word) others.push_back(other);
  }
  return others;
}

std::size_t Synonyms::longest_prefix(std::string_view text) const {
  for (std::size_t size = std::min(longest_, text.size()); size > 0; --size) {
    const bool boundary = size == text.size() || (static_cast<unsigned char>(text[size]) & 0xC0) != 0x80;
    if (boundary && index_.contains(text.substr(0, size))) return size;
  }
  return 0;
}

}  // namespace tenor::data
