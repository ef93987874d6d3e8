#include "data/row_labels.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/ascii.h"
#include "data/clean_text.h"
#include "data/json_object.h"

namespace tenor::data {

namespace {

constexpr std::array<std::pair<std::string_view, LabelColumn>, 7> kLabelColumns = {
    {{"label", LabelColumn::plain},
     {"sentiment", LabelColumn::plain},
     {"star", LabelColumn::stars},
     {"stars", LabelColumn::stars},
     {"others_overall_experience", LabelColumn::overall_experience},
     {"标签", LabelColumn::plain},
     {"情感", LabelColumn::plain}}};

LabelColumn kind_of_column(std::string_view name) {
  for (const auto& [column, kind] : kLabelColumns) {
    if (equal_ignoring_case(column, name)) return kind;
  }
  return LabelColumn::plain;
}

std::string aspect_name(std::string_view column) {
  return std::string(aspect_of_column(column).value_or(column));
}

class JsonLabels final : public RowLabelReader {
 public:
  explicit JsonLabels(const DatasetOptions& options) : options_(options) {}

  std::string read(const InputRow& row, RowLabels& labels) override {
    std::string trouble = object_.parse(row.raw);
    if (!trouble.empty()) return trouble;
    const JsonMember* label = find_label(labels.label_column);
    trouble = scalar(label, labels.label);
    if (labels.label.empty()) labels.label_column = LabelColumn::none;
    if (trouble.empty()) trouble = scalar(object_.find(options_.source_column), labels.source);
    if (trouble.empty()) trouble = scalar(object_.find(options_.domain_column), labels.domain);
    return trouble.empty() ? read_aspects(labels) : trouble;
  }

 private:
  const JsonMember* find_label(LabelColumn& kind) const {
    if (!options_.label_column.empty()) {
      kind = kind_of_column(options_.label_column);
      return object_.find(options_.label_column);
    }
    for (const auto& [name, column] : kLabelColumns) {
      kind = column;
      if (const JsonMember* member = object_.find(name)) return member;
    }
    return nullptr;
  }

  // The value of a string or number; nothing for null and absent members; a reason for all else.
  static std::string scalar(const JsonMember* member, std::string& value) {
    if (member == nullptr || member->kind == JsonKind::null) return {};
    if (member->kind == JsonKind::string) {
      value = trim(member->text);
      return {};
    }
    if (member->kind == JsonKind::number) {
      std::array<char, 400> digits{};
      value.assign(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), member->number).ptr);
      return {};
    }
    std::string reason = "expected a string or a number in field ";
    append_quoted(reason, member->name);
    return reason + ", found " + to_string(member->kind);
  }

  std::string read_aspects(RowLabels& labels) const {
    const JsonMember* aspects = object_.find("aspects");
    if (aspects == nullptr || aspects->kind == JsonKind::null) return {};
    if (aspects->kind != JsonKind::object) {
      return std::string("expected an object in field 'aspects', found ") + to_string(aspects->kind);
    }
    for (const JsonMember& member : object_.children(*aspects)) {
      std::string value;
      std::string trouble = scalar(&member, value);
      if (!trouble.empty()) return trouble;
      if (!value.empty()) labels.aspects.emplace_back(aspect_name(member.name), std::move(value));
    }
    return {};
  }

  const DatasetOptions& options_;
  JsonObject object_;
};

class CsvLabels final : public RowLabelReader {
 public:
  Status plan(const RowReader& rows, const DatasetOptions& options);

  std::string read(const InputRow& row, RowLabels& labels) override {
    const auto cell = [&](std::optional<std::size_t> column) {
      std::size_t ignored = 0;
      return column ? trim(clean_utf8(row.fields[*column], scratch_, ignored)) : std::string_view();
    };
    labels.label = cell(label_);
    if (!labels.label.empty()) labels.label_column = label_column_;
    labels.source = cell(source_);
    labels.domain = cell(domain_);
    for (const auto& [column, aspect] : aspects_) {
      const std::string_view value = cell(column);
      if (!value.empty()) labels.aspects.emplace_back(aspect, value);
    }
    return {};
  }

 private:
  Status plan_label(std::span<const std::string> columns, const std::string& wanted);
  Status plan_aspects(std::span<const std::string> columns, const DatasetOptions& options);

  static std::optional<std::size_t> find(std::span<const std::string> columns, std::string_view name) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (equal_ignoring_case(columns[i], name)) return i;
    }
    return {};
  }

  std::optional<std::size_t> label_;
  LabelColumn label_column_ = LabelColumn::none;
  std::optional<std::size_t> source_;
  std::optional<std::size_t> domain_;
  std::vector<std::pair<std::size_t, std::string>> aspects_;
  std::string scratch_;
};

class NoLabels final : public RowLabelReader {
 public:
  std::string read(const InputRow&, RowLabels&) override { return {}; }
};

tl::unexpected<Error> no_column(const std::string& name, std::span<const std::string> columns) {
  std::string message = "no column ";
  append_quoted(message, name);
  return fail(ErrorCode::not_found, message + ", found: " + quoted_names(columns));
}

tl::unexpected<Error> stray_column(const std::string& column, Layout layout) {
  std::string message = "column ";
  append_quoted(message, column);
  message += layout == Layout::asap ? " is no aspect of ASAP, as the others are (Food#Taste, Price#Level, ...)"
                                    : " is no element of AI Challenger 2018, as the others are (dish_taste, ...)";
  return fail(ErrorCode::corrupt, message + ": correct or remove it, or name the aspects' columns");
}

tl::unexpected<Error> two_columns(const std::string& first, const std::string& second, const std::string& aspect) {
  std::string message = "columns ";
  append_quoted(message, first);
  append_quoted(message += " and ", second);
  append_quoted(message += " both hold aspect ", aspect);
  return fail(ErrorCode::corrupt, message + ": remove one");
}

// A column that is asked for by name must be the only one of that name.
Status check_single(std::span<const std::string> columns, std::optional<std::size_t> chosen) {
  if (!chosen) return {};
  for (std::size_t i = *chosen + 1; i < columns.size(); ++i) {
    if (columns[i] != columns[*chosen]) continue;
    std::string message = "column ";
    append_quoted(message, columns[i]);
    return fail(ErrorCode::corrupt, message + " stands twice in the header: rename or remove one");
  }
  return {};
}

Status CsvLabels::plan(const RowReader& rows, const DatasetOptions& options) {
  const std::span<const std::string> columns = rows.columns();
  if (Status status = plan_label(columns, options.label_column); !status) return status;
  if (Status status = plan_aspects(columns, options); !status) return status;
  source_ = find(columns, options.source_column);
  domain_ = find(columns, options.domain_column);
  for (const auto& column : {label_, source_, domain_}) {
    if (Status status = check_single(columns, column); !status) return status;
  }
  if (label_ || !aspects_.empty() || options.keep_unlabelled) return {};
  return fail(
      ErrorCode::not_found,
      "no column of labels: expected one named label, sentiment, star, others_overall_experience, 标签 or 情感, "
      "aspect columns, or the names of these columns as options; found: " +
          quoted_names(columns));
}

Status CsvLabels::plan_label(std::span<const std::string> columns, const std::string& wanted) {
  if (!wanted.empty()) {
    label_ = find(columns, wanted);
    label_column_ = kind_of_column(wanted);
    if (!label_) return no_column(wanted, columns);
    return {};
  }
  for (const auto& [name, kind] : kLabelColumns) {
    label_ = find(columns, name);
    label_column_ = kind;
    if (label_) return {};
  }
  return {};
}

Status CsvLabels::plan_aspects(std::span<const std::string> columns, const DatasetOptions& options) {
  for (const auto& [column, aspect] : options.aspect_columns) {
    const std::optional<std::size_t> index = find(columns, column);
    if (!index) return no_column(column, columns);
    aspects_.emplace_back(*index, aspect);
  }
  if (!options.aspect_columns.empty()) return {};
  const Layout layout = layout_of(columns);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (is_stray_column(columns[i], layout)) return stray_column(columns[i], layout);
    const auto aspect = aspect_of_column(columns[i]);
    if (!aspect) continue;
    for (const auto& [other, name] : aspects_) {
      if (name == *aspect) return two_columns(columns[other], columns[i], name);
    }
    aspects_.emplace_back(i, *aspect);
  }
  return {};
}

}  // namespace

void RowLabels::clear() {
  label.clear();
  label_column = LabelColumn::none;
  source.clear();
  domain.clear();
  aspects.clear();
}

Result<std::unique_ptr<RowLabelReader>> label_reader(const RowReader& rows, const DatasetOptions& options) {
  if (rows.format() == RowFormat::jsonl) return std::make_unique<JsonLabels>(options);
  if (rows.format() == RowFormat::txt) {
    if (options.keep_unlabelled) return std::make_unique<NoLabels>();
    return fail(ErrorCode::unsupported, "expected labelled rows (.jsonl, .csv, .tsv), found plain text");
  }
  auto labels = std::make_unique<CsvLabels>();
  if (Status status = labels->plan(rows, options); !status) return tl::unexpected(status.error());
  return labels;
}

}  // namespace tenor::data
