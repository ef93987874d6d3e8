#include <string>
#include <utility>

#include "data/clean_text.h"
#include "data/held_rows.h"
#include "data/json_object.h"
#include "data/line_reader.h"

namespace tenor::data {

namespace {

// Lines of a file, whatever they hold.
class LineRows : public HeldRows {
 public:
  LineRows(LineReader reader, std::string name, std::size_t max_bytes)
      : HeldRows(std::move(name)), reader_(std::move(reader)), max_bytes_(max_bytes) {}

  const ByteSource& source() const final { return reader_.source(); }

 protected:
  Result<Found> advance(std::uint64_t& line) final {
    const Result<bool> more = reader_.next(line_);
    if (!more) return tl::unexpected(more.error());
    line = line_.number;
    if (!*more) return Found::end;
    return is_white(line_.text) && !line_.too_long ? Found::blank : Found::row;
  }

  void fill(InputRow& row) final {
    row.raw = line_.text;
    error_.clear();
    if (line_.too_long) {
      error_ = "a line longer than " + std::to_string(max_bytes_) + " bytes";
    } else {
      read_text(row, error_);
    }
    if (error_.empty()) return;
    row.error = error_;
    row.text = {};
  }

  virtual void read_text(InputRow& row, std::string& error) = 0;

 private:
  LineReader reader_;
  std::size_t max_bytes_;
  Line line_;
  std::string error_;
};

// One text a line.
class TxtRows final : public LineRows {
 public:
  using LineRows::LineRows;
  RowFormat format() const override { return RowFormat::txt; }

 protected:
  void read_text(InputRow& row, std::string& /*error*/) override {
    row.text = clean_utf8(row.raw, scratch_, row.replaced);
  }

 private:
  std::string scratch_;
};

// One JSON object a line.
class JsonlRows final : public LineRows {
 public:
  JsonlRows(LineReader reader, std::string name, const RowReaderOptions& options)
      : LineRows(std::move(reader), std::move(name), options.max_record_bytes), field_(options.text_column) {}
  RowFormat format() const override { return RowFormat::jsonl; }

 protected:
  void read_text(InputRow& row, std::string& error) override {
    error = object_.parse(row.raw);
    if (!error.empty()) return;
    const JsonMember* member = find_text();
    if (member == nullptr) {
      error = "no field " + (field_.empty() ? "'text'" : "'" + field_ + "'") +
              ", found: " + quoted_names(object_.members(), [](const JsonMember& item) { return item.name; });
    } else if (member->kind != JsonKind::string) {
      append_quoted(error = "expected a string in field ", member->name);
      error += std::string(", found ") + to_string(member->kind);
    } else if (is_white(member->text)) {
      append_quoted(error = "empty text in field ", member->name);
    } else {
      row.text = member->text;
      row.replaced = object_.replaced();
    }
  }

 private:
  const JsonMember* find_text() const {
    if (!field_.empty()) return object_.find(field_);
    for (const std::string_view name : kTextColumns) {
      if (const JsonMember* member = object_.find(name)) return member;
    }
    return nullptr;
  }

  std::string field_;
  JsonObject object_;
};

}  // namespace

std::unique_ptr<RowReader> jsonl_rows(std::unique_ptr<ByteSource> source, const std::string& name,
                                      const RowReaderOptions& options) {
  return std::make_unique<JsonlRows>(LineReader(std::move(source), false, options.max_record_bytes), name, options);
}

std::unique_ptr<RowReader> txt_rows(std::unique_ptr<ByteSource> source, const std::string& name,
                                    const RowReaderOptions& options) {
  return std::make_unique<TxtRows>(LineReader(std::move(source), true, options.max_record_bytes), name,
                                   options.max_record_bytes);
}

}  // namespace tenor::data
