#include "data/drop_list.h"

#include <algorithm>
#include <vector>

#include "data/clean_text.h"
#include "data/deduplicate.h"
#include "data/json_object.h"
#include "data/row_reader.h"

namespace tenor::data {

namespace {

// Task, label and text; a task's name has no line end.
std::string key_of(std::string_view task, std::int8_t label, std::string_view text) {
  std::string key(task);
  key += '\n';
  key += static_cast<char>('0' + label);
  key += text;
  return key;
}

bool has_label(const Row& row) {
  return row.label >= 0 || std::any_of(row.aspects.begin(), row.aspects.end(), [](std::int8_t a) { return a >= 0; });
}

// One line, checked. An empty key: the line is to be passed over.
Result<std::string> read_entry(const InputRow& row, double max_margin, JsonObject& object) {
  const std::string& trouble = object.parse(row.raw);
  if (!trouble.empty()) return fail(ErrorCode::corrupt, trouble);
  const JsonMember* keep = object.find("keep");
  if (keep != nullptr && keep->kind != JsonKind::boolean) {
    return fail(ErrorCode::corrupt,
                std::string("expected true or false in field 'keep', found ") + to_string(keep->kind));
  }
  const JsonMember* margin = object.find("margin");
  if (max_margin < 0 && (margin == nullptr || margin->kind != JsonKind::number)) {
    return fail(ErrorCode::corrupt, "expected a number in field 'margin', as tenor-train noise writes it");
  }
  if ((keep != nullptr && keep->truth) || (max_margin < 0 && margin->number > max_margin)) return std::string();
  const JsonMember* task = object.find("task");
  const JsonMember* given = object.find("given");
  if (given == nullptr || given->kind != JsonKind::string || (task != nullptr && task->kind != JsonKind::string)) {
    return fail(ErrorCode::corrupt, "expected text in the fields 'given' and 'task', as tenor-train noise writes them");
  }
  const auto label = parse_label(given->text, LabelCodes::sign);
  if (!label) {
    std::string message = "label ";
    append_quoted(message, given->text);
    return fail(ErrorCode::corrupt, message + " is none of positive, neutral, negative, not_mentioned");
  }
  return key_of(task == nullptr ? "overall" : task->text, *label, row.text);
}

}  // namespace

Result<DropList> DropList::load(const std::string& path, double max_margin) {
  RowReaderOptions options;
  options.format = RowFormat::jsonl;
  options.text_column = "text";
  const auto rows = open_rows(path, options);
  if (!rows) return tl::unexpected(rows.error());
  DropList list;
  JsonObject object;
  InputRow row;
  while (true) {
    const Result<bool> more = (*rows)->next(row);
    if (!more) return tl::unexpected(more.error());
    if (!*more) return list;
    if (!row.ok() && is_white(row.raw)) continue;
    const std::string place = path + ":" + std::to_string(row.line);
    if (!row.ok()) return fail(ErrorCode::corrupt, place + ": " + std::string(row.error));
    const Result<std::string> key = read_entry(row, max_margin, object);
    if (!key) return fail(key.error(), place);
    if (key->empty()) {
      ++list.kept_;
    } else {
      list.entries_.emplace(*key, list.entries_.size());
    }
  }
}

DropResult DropList::apply(Dataset& dataset) const {
  DropResult result;
  std::vector<bool> met(entries_.size());
  std::vector<std::size_t> left;
  const auto take_off = [&](std::string_view task, const std::string& text, std::int8_t& label) {
    if (label < 0) return false;
    const auto entry = entries_.find(key_of(task, label, text));
    if (entry == entries_.end()) return false;
    met[entry->second] = true;
    label = kUnlabelled;
    ++result.labels_removed;
    return true;
  };
  for (std::size_t r = 0; r < dataset.rows.size(); ++r) {
    Row& row = dataset.rows[r];
    bool touched = take_off("overall", row.text, row.label);
    for (std::size_t a = 0; a < row.aspects.size(); ++a) {
      touched = take_off(dataset.aspect_names[a], row.text, row.aspects[a]) || touched;
    }
    if (!touched || has_label(row)) left.push_back(r);
  }
  result.rows_dropped = dataset.rows.size() - left.size();
  result.not_found = static_cast<std::uint64_t>(std::count(met.begin(), met.end(), false));
  keep_rows(dataset, left);
  return result;
}

}  // namespace tenor::data
