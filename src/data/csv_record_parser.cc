#include "data/csv_record_parser.h"

#include <algorithm>

#include "data/line_ends.h"

namespace tenor::data {

CsvParse CsvRecordParser::parse(std::string_view bytes, bool at_end, char separator, bool quotes) {
  fields_.clear();
  unescaped_.clear();
  scratch_.clear();
  position_ = raw_end_ = 0;
  lines_ = 0;
  tab_and_line_end_ = false;
  const Input in{bytes, at_end, separator};
  Step step = Step::separator;
  while (step == Step::separator) {
    const bool quoted = quotes && position_ < bytes.size() && bytes[position_] == '"';
    step = quoted ? quoted_field(in) : plain_field(in);
  }
  resolve_unescaped();
  return finish(in, step);
}

CsvRecordParser::Step CsvRecordParser::plain_field(const Input& in) {
  const char* const begin = in.bytes.data();
  const char* const end = begin + in.bytes.size();
  const char* p = begin + position_;
  while (p != end && *p != in.separator && *p != '\n' && *p != '\r') ++p;
  const auto field_end = static_cast<std::size_t>(p - begin);
  fields_.push_back(in.bytes.substr(position_, field_end - position_));
  position_ = field_end;
  return end_of_field(in);
}

CsvRecordParser::Step CsvRecordParser::quoted_field(const Input& in) {
  const std::size_t begin = position_ + 1;
  std::size_t at = begin;
  bool doubled_quotes = false;
  while (true) {
    at = in.bytes.find('"', at);
    const bool last_byte = at + 1 == in.bytes.size();
    if (at == std::string_view::npos || (last_byte && !in.at_end)) {
      position_ = in.bytes.size();
      return in.at_end ? Step::unclosed_quote : Step::need_more;
    }
    if (last_byte || in.bytes[at + 1] != '"') break;
    doubled_quotes = true;
    at += 2;
  }
  add_quoted(in.bytes.substr(begin, at - begin), doubled_quotes);
  position_ = at + 1;
  return end_of_field(in);
}

CsvRecordParser::Step CsvRecordParser::end_of_field(const Input& in) {
  raw_end_ = position_;
  if (position_ == in.bytes.size()) return in.at_end ? Step::line_end : Step::need_more;
  if (in.bytes[position_] == in.separator) {
    ++position_;
    return Step::separator;
  }
  const char c = in.bytes[position_];
  if (c != '\n' && c != '\r') return Step::after_quote;
  const std::size_t length = line_end_length(in.bytes, position_, in.at_end);
  if (length == 0) return Step::need_more;
  position_ += length;
  ++lines_;
  return Step::line_end;
}

void CsvRecordParser::add_quoted(std::string_view content, bool doubled_quotes) {
  const std::uint64_t line_ends = count_line_ends(content);
  lines_ += line_ends;
  tab_and_line_end_ = tab_and_line_end_ || (line_ends > 0 && content.find('\t') != std::string_view::npos);
  if (doubled_quotes) {
    const std::size_t begin = scratch_.size();
    for (std::size_t from = 0; from < content.size();) {
      const std::size_t quote = std::min(content.find('"', from), content.size() - 1);
      scratch_.append(content, from, quote + 1 - from);
      from = quote + (content[quote] == '"' ? 2 : 1);
    }
    unescaped_.push_back({fields_.size(), begin, scratch_.size() - begin});
  }
  fields_.push_back(content);
}

// Only now: the scratch may have moved while it grew.
void CsvRecordParser::resolve_unescaped() {
  for (const Unescaped& item : unescaped_) {
    fields_[item.field] = std::string_view(scratch_).substr(item.begin, item.size);
  }
}

CsvParse CsvRecordParser::finish(const Input& in, Step step) const {
  if (step == Step::line_end) {
    return {CsvStatus::record, raw_end_, position_, raw_end_, lines_, tab_and_line_end_};
  }
  if (step == Step::need_more) return {CsvStatus::need_more, 0, 0, position_, 0, tab_and_line_end_};
  const std::size_t end = std::min(find_line_end(in.bytes, 0, true), in.bytes.size());
  const std::size_t length = end < in.bytes.size() ? line_end_length(in.bytes, end, in.at_end) : 0;
  if (length == 0 && !in.at_end) return {CsvStatus::need_more, 0, 0, end, 0, false};
  const CsvStatus status = step == Step::after_quote ? CsvStatus::after_quote : CsvStatus::unclosed_quote;
  return {status, end, end + length, std::max(end, position_), length > 0 ? 1U : 0U, false};
}

char detect_separator(std::string_view bytes) {
  const std::size_t begin = std::min(bytes.find_first_not_of("\r\n"), bytes.size());
  std::size_t commas = 0;
  std::size_t tabs = 0;
  std::size_t semicolons = 0;
  bool in_quotes = false;
  for (const char c : bytes.substr(begin)) {
    if (c == '"') in_quotes = !in_quotes;
    if (in_quotes) continue;
    if (c == '\n' || c == '\r') break;
    commas += c == ',' ? 1 : 0;
    tabs += c == '\t' ? 1 : 0;
    semicolons += c == ';' ? 1 : 0;
  }
  if (tabs > commas && tabs >= semicolons) return '\t';
  return semicolons > commas ? ';' : ',';
}

}  // namespace tenor::data
