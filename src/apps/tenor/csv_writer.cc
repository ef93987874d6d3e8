// Comma-, semicolon- or tab-separated rows: the input's columns as they were, then the answer's.
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "apps/tenor/json_members.h"
#include "apps/tenor/json_splice.h"
#include "apps/tenor/row_writer.h"

namespace tenor::cli {

namespace {

constexpr std::string_view kAnswerMember = "tenor";          // of an earlier run: not carried over
constexpr std::string_view kOtherMembers = "other_members";  // of JSON objects: those without a column

void append_quoted(std::string& out, std::string_view field) {
  out += '"';
  for (const char c : field) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

// "0.9712": 0..1 with four decimals, as in JSON answers; several times faster than printing a double.
void append_probability(std::string& out, float probability) {
  std::array<char, 6> digits = {'0', '.'};
  auto units = static_cast<std::uint32_t>(std::lround(probability * 1e4F));
  if (units >= 10000) {
    digits[0] = '1';
    units = 0;
  }
  for (std::size_t i = digits.size() - 1; i >= 2; --i) {
    digits[i] = static_cast<char>('0' + units % 10);
    units /= 10;
  }
  out.append(digits.data(), digits.size());
}

std::string weighted(std::string_view words, float weight) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), " (%+.2f)", static_cast<double>(weight));
  return std::string(words) + buffer.data();
}

class CsvRowWriter : public RowWriter {
 public:
  CsvRowWriter(const InputShape& input, const AnswerColumns& answers, char separator)
      : input_(input),
        answers_(answers),
        separator_(separator),
        special_(std::string("\"\r\n") + separator),
        verbatim_(input.has_columns() && input.separator == separator) {}

  KeptParts keeps() const override {
    return {.raw = verbatim_ || from_json(), .fields = input_.has_columns() && !verbatim_};
  }
  void begin(std::string& out) const override;
  void append(std::string& out, const RowBatch::Row& row, const Answer& answer) const override;

 private:
  bool from_json() const { return input_.format == data::RowFormat::jsonl; }
  std::vector<std::string> input_names() const;
  void append_members(std::string& out, const RowBatch::Row& row) const;
  void append_field(std::string& out, std::string_view field) const;
  void append_input(std::string& out, const RowBatch::Row& row) const;
  void append_probabilities(std::string& out, const engine::TaskVerdict& task) const;
  void append_aspects(std::string& out, const engine::Verdict* verdict) const;
  void append_explanation(std::string& out, const engine::Verdict* verdict, std::string_view text) const;
  void append_sentences(std::string& out, const engine::Verdict* verdict, std::string_view text) const;

  InputShape input_;
  AnswerColumns answers_;
  char separator_;
  std::string special_;  // characters that make quotes necessary
  bool verbatim_;        // good rows are copied as they stand
};

void CsvRowWriter::append_field(std::string& out, std::string_view field) const {
  if (field.find_first_of(special_) == std::string_view::npos) {
    out += field;
    return;
  }
  append_quoted(out, field);
}

std::vector<std::string> CsvRowWriter::input_names() const {
  if (input_.has_columns()) return input_.columns;
  if (!from_json()) return {"text"};
  std::vector<std::string> names = input_.columns;
  names.push_back(free_name(kOtherMembers, names));
  return names;
}

void CsvRowWriter::begin(std::string& out) const {
  std::vector<std::string> taken = input_names();
  if (verbatim_) {
    out += input_.header;
  } else {
    for (std::size_t i = 0; i < taken.size(); ++i) {
      if (i > 0) out += separator_;
      append_field(out, taken[i]);
    }
  }
  const auto add = [&](const std::string& wanted) {
    taken.push_back(free_name(wanted, taken));
    out += separator_;
    append_field(out, taken.back());
  };
  add("label");
  add("score");
  add("uncertain");
  for (const std::string& label : answers_.labels) add("p_" + label);
  add("language");
  add("error");
  for (const std::string& aspect : answers_.aspects) add(aspect);
  if (answers_.explain) {
    add("evidence");
    add("terms");
  }
  if (answers_.sentences) add("sentences");
  out += '\n';
}

void CsvRowWriter::append_members(std::string& out, const RowBatch::Row& row) const {
  const std::optional<std::string> repaired = repaired_json(row.raw);
  const std::string_view raw = repaired ? std::string_view(*repaired) : row.raw;
  std::vector<std::string> cells;
  if (row.error.empty() || is_json_object(raw)) {
    member_cells(raw, input_.columns, kAnswerMember, cells);
  } else {
    cells.resize(input_.columns.size() + 1);
    cells.back() = raw;
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += separator_;
    append_field(out, cells[i]);
  }
}

void CsvRowWriter::append_input(std::string& out, const RowBatch::Row& row) const {
  if (from_json()) {
    append_members(out, row);
    return;
  }
  if (!input_.has_columns()) {
    append_field(out, row.error.empty() || !row.text.empty() ? row.text : row.raw);
    return;
  }
  if (verbatim_ && row.error.empty()) {
    out += row.raw;
    return;
  }
  std::vector<std::string_view> fields(row.fields.begin(), row.fields.end());
  std::string surplus;
  fit_fields(fields, input_.columns.size(), input_.separator, surplus);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += separator_;
    append_field(out, fields[i]);
  }
}

void CsvRowWriter::append_probabilities(std::string& out, const engine::TaskVerdict& task) const {
  for (const std::string& label : answers_.labels) {
    out += separator_;
    for (std::size_t i = 0; i < task.task->labels.size(); ++i) {
      if (task.task->labels[i] == label) append_probability(out, task.probabilities[i]);
    }
  }
}

void CsvRowWriter::append_aspects(std::string& out, const engine::Verdict* verdict) const {
  const std::size_t count = verdict == nullptr ? 0 : verdict->aspects.size();
  std::size_t at = 0;  // columns and aspects mostly come in the same order
  for (const std::string& name : answers_.aspects) {
    out += separator_;
    for (std::size_t tried = 0; tried < count; ++tried) {
      const engine::TaskVerdict& aspect = verdict->aspects[at];
      at = at + 1 == count ? 0 : at + 1;
      if (aspect.task->name != name) continue;
      out += aspect.label_name();
      break;
    }
  }
}

void CsvRowWriter::append_explanation(std::string& out, const engine::Verdict* verdict, std::string_view text) const {
  std::string cell;
  const auto add = [&cell](std::string_view words, float weight) {
    if (!cell.empty()) cell += "; ";
    cell += weighted(words, weight);
  };
  out += separator_;
  if (verdict != nullptr) {
    for (const engine::Evidence& stretch : verdict->overall.evidence) {
      add(text.substr(stretch.byte_begin, stretch.byte_end - stretch.byte_begin), stretch.weight);
    }
  }
  append_field(out, cell);
  cell.clear();
  out += separator_;
  if (verdict != nullptr) {
    for (const engine::Contribution& term : verdict->overall.contributions) add(term.term, term.weight);
  }
  append_field(out, cell);
}

void CsvRowWriter::append_sentences(std::string& out, const engine::Verdict* verdict, std::string_view text) const {
  std::string cell;
  out += separator_;
  if (verdict != nullptr) {
    for (const engine::SentenceVerdict& sentence : verdict->sentences) {
      if (!cell.empty()) cell += "; ";
      cell += text.substr(sentence.place.byte_begin, sentence.place.byte_end - sentence.place.byte_begin);
      cell += " (" + std::string(sentence.overall.label_name()) + " ";
      append_probability(cell, sentence.overall.score());
      cell += ')';
    }
    if (verdict->sentences_left_out > 0) cell += "; " + std::to_string(verdict->sentences_left_out) + " more";
  }
  append_field(out, cell);
}

void CsvRowWriter::append(std::string& out, const RowBatch::Row& row, const Answer& answer) const {
  append_input(out, row);
  out += separator_;
  if (answer.verdict != nullptr) {
    const engine::Verdict& verdict = *answer.verdict;
    append_field(out, verdict.overall.label_name());
    out += separator_;
    append_probability(out, verdict.overall.score());
    out += separator_;
    if (verdict.gated) out += verdict.overall.uncertain ? "true" : "false";
    append_probabilities(out, verdict.overall);
    out += separator_;
    out += text::to_string(verdict.language);
    out += separator_;
  } else {
    out.append(answers_.labels.size() + 4, separator_);
    append_field(out, answer.error);
  }
  append_aspects(out, answer.verdict);
  if (answers_.explain) append_explanation(out, answer.verdict, row.text);
  if (answers_.sentences) append_sentences(out, answer.verdict, row.text);
  out += '\n';
}

}  // namespace

std::unique_ptr<RowWriter> make_csv_writer(const InputShape& input, const AnswerColumns& answers, char separator) {
  return std::make_unique<CsvRowWriter>(input, answers, separator);
}

}  // namespace tenor::cli
