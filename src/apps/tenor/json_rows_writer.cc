// JSON lines, or one JSON array: the input's object as it was and the answer in its member "tenor".
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "apps/tenor/json_splice.h"
#include "apps/tenor/row_writer.h"
#include "base/json_writer.h"
#include "engine/verdict_json.h"
#include "text/utf8.h"

namespace tenor::cli {

namespace {

constexpr std::string_view kMember = "tenor";

void append_text_value(JsonWriter& json, std::string_view bytes) {
  if (is_utf8(bytes)) {
    json.value(bytes);
  } else {
    json.value(text::sanitize(bytes).text);
  }
}

class JsonRowWriter : public RowWriter {
 public:
  JsonRowWriter(const InputShape& input, const AnswerColumns& answers, bool array)
      : input_(input), full_(answers.explain || !answers.aspects.empty()), array_(array) {
    // JSON objects should not have a name twice; csvkit numbers repeated columns in the same way.
    std::unordered_set<std::string> taken;
    std::unordered_map<std::string, int>
        last_number;  // by column: a thousand of one name must not be counted each time
    for (const std::string& column : input.columns) {
      std::string name = column == kMember ? "tenor_input" : column;
      int& number = last_number.try_emplace(column, 1).first->second;
      while (!taken.insert(name).second) name = column + "_" + std::to_string(++number);
      names_.push_back(std::move(name));
    }
  }

  KeptParts keeps() const override {
    return {.raw = input_.format == data::RowFormat::jsonl, .fields = input_.has_columns()};
  }
  void begin(std::string& out) const override {
    if (array_) out += '[';
  }
  void append(std::string& out, const RowBatch::Row& row, const Answer& answer) const override;
  void end(std::string& out, std::uint64_t rows) const override {
    if (array_) out += rows > 0 ? "\n]\n" : "]\n";
  }

 private:
  void append_input(std::string& out, const RowBatch::Row& row) const;
  void append_answer(std::string& out, const RowBatch::Row& row, const Answer& answer) const;

  InputShape input_;
  std::vector<std::string> names_;
  bool full_;
  bool array_;
};

// The opening brace and the input's members, each followed by a comma.
void JsonRowWriter::append_input(std::string& out, const RowBatch::Row& row) const {
  if (input_.format == data::RowFormat::jsonl) {
    const std::optional<std::string> repaired = repaired_json(row.raw);
    const std::string_view raw = repaired ? std::string_view(*repaired) : row.raw;
    if (row.error.empty() || is_json_object(raw)) {
      append_open_object(out, raw, kMember);
      return;
    }
  }
  JsonWriter json(out);
  json.begin_object();
  if (input_.has_columns()) {
    std::vector<std::string_view> fields(row.fields.begin(), row.fields.end());
    std::string surplus;
    fit_fields(fields, names_.size(), input_.separator, surplus);
    for (std::size_t i = 0; i < names_.size(); ++i) append_text_value(json.key(names_[i]), fields[i]);
  } else if (input_.format == data::RowFormat::jsonl) {
    append_text_value(json.key("raw"), row.raw);
  } else {
    append_text_value(json.key("text"), row.error.empty() ? row.text : row.raw);
  }
  out += ',';
}

void JsonRowWriter::append_answer(std::string& out, const RowBatch::Row& row, const Answer& answer) const {
  JsonWriter json(out);
  json.begin_object();
  if (answer.verdict == nullptr) {
    json.key("error").begin_object().member("type", answer.error_type).member("detail", answer.error);
    json.member("line", row.line).end_object();
  } else {
    full_ ? engine::write_full_members(json, *answer.verdict, row.text)
          : engine::write_short_members(json, *answer.verdict);
    if (answer.verdict->cache == engine::CacheUse::hit) json.member("cached", true);
  }
  if (answer.verdict != nullptr) engine::write_sentence_members(json, *answer.verdict, row.text);
  json.end_object();
}

void JsonRowWriter::append(std::string& out, const RowBatch::Row& row, const Answer& answer) const {
  if (array_) out += row.ordinal > 0 ? ",\n" : "\n";
  append_input(out, row);
  out += "\"tenor\":";
  append_answer(out, row, answer);
  out += array_ ? "}" : "}\n";
}

}  // namespace

std::unique_ptr<RowWriter> make_json_writer(const InputShape& input, const AnswerColumns& answers, bool array) {
  return std::make_unique<JsonRowWriter>(input, answers, array);
}

}  // namespace tenor::cli
