#include <algorithm>
#include <unordered_map>

#include "data/clean_text.h"
#include "data/dataset.h"
#include "data/row_labels.h"

namespace tenor::data {

namespace {

constexpr std::size_t kBadRowsShown = 10;
constexpr std::size_t kMaxAspects = 256;  // every row holds a place for each
constexpr std::uint64_t kRowsPerProgress = 4096;

// Names numbered in order of appearance.
class Interner {
 public:
  explicit Interner(std::vector<std::string>& names) : names_(names) {
    for (std::size_t i = 0; i < names.size(); ++i) index_.emplace(names[i], static_cast<std::uint32_t>(i));
  }
  std::uint32_t operator()(const std::string& name) {
    const auto [place, is_new] = index_.emplace(name, static_cast<std::uint32_t>(names_.size()));
    if (is_new) names_.push_back(name);
    return place->second;
  }
  bool knows(const std::string& name) const { return index_.contains(name); }

 private:
  std::vector<std::string>& names_;
  std::unordered_map<std::string, std::uint32_t> index_;
};

// Numbers seen in a plain label column of a file while nobody said what they mean.
struct CodeTally {
  bool zero = false;
  bool one = false;
  bool other = false;  // -1, -2 or a word: then 0 is neutral

  bool ambiguous() const { return zero && one && !other; }
};

class Loader {
 public:
  Loader(const DatasetOptions& options, const std::function<void(std::uint64_t)>& progress)
      : options_(options),
        progress_(progress),
        out_(with_aspects(options.aspect_names)),
        sources_(out_.sources),
        domains_(out_.domains),
        aspects_(out_.aspect_names) {}

  Status load(const std::string& path);
  Result<Dataset> finish();

 private:
  static Dataset with_aspects(const std::vector<std::string>& names) {
    Dataset dataset;
    dataset.aspect_names = names;
    return dataset;
  }
  std::string add(const InputRow& input, RowLabelReader& labels, CodeTally& tally);
  std::string set_label(Row& row, CodeTally& tally) const;
  std::string set_aspects(Row& row);
  LabelCodes codes() const;
  void add_bad(const std::string& file, std::uint64_t line, std::string reason);
  void order_aspects();

  const DatasetOptions& options_;
  const std::function<void(std::uint64_t)>& progress_;
  Dataset out_;
  Interner sources_;
  Interner domains_;
  Interner aspects_;
  RowLabels labels_;
  std::uint64_t rows_read_ = 0;
};

Status Loader::load(const std::string& path) {
  auto rows = open_rows(path, {options_.format, options_.text_column, options_.max_record_bytes});
  if (!rows) return tl::unexpected(rows.error());
  auto labels = label_reader(**rows, options_);
  if (!labels) return fail(labels.error(), path);
  out_.files.push_back(path);
  CodeTally tally;
  InputRow input;
  while (true) {
    const Result<bool> more = (*rows)->next(input);
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
    std::string reason = input.ok() ? add(input, **labels, tally) : std::string(input.error);
    if (!reason.empty()) add_bad(path, input.line, std::move(reason));
    if (++rows_read_ % kRowsPerProgress == 0 && progress_) progress_(rows_read_);
  }
  if (options_.codes == LabelCodes::automatic && tally.ambiguous()) {
    return fail(
        ErrorCode::invalid_argument,
        path +
            ": all labels are 0 and 1, which may mean negative and positive, or neutral and positive: say which "
            "with --label-codes binary or --label-codes sign");
  }
  return {};
}

// Adds a row, or tells why it is a bad one.
std::string Loader::add(const InputRow& input, RowLabelReader& labels, CodeTally& tally) {
  labels_.clear();
  std::string reason = labels.read(input, labels_);
  if (!reason.empty()) return reason;
  Row row;
  reason = set_label(row, tally);
  if (reason.empty()) reason = set_aspects(row);
  if (!reason.empty()) return reason;
  const bool labelled = !labels_.label.empty() || !labels_.aspects.empty();
  if (!labelled && !options_.keep_unlabelled) return "no label: expected a label or at least one aspect";
  row.text = input.text;
  row.source = sources_(labels_.source);
  row.domain = domains_(labels_.domain);
  row.file = static_cast<std::uint32_t>(out_.files.size() - 1);
  row.line = input.line;
  out_.replaced += input.replaced;
  out_.rows.push_back(std::move(row));
  return {};
}

LabelCodes Loader::codes() const {
  if (labels_.label_column == LabelColumn::overall_experience) return LabelCodes::sign;
  if (options_.codes != LabelCodes::automatic) return options_.codes;
  return labels_.label_column == LabelColumn::stars ? LabelCodes::stars : LabelCodes::automatic;
}

std::string Loader::set_label(Row& row, CodeTally& tally) const {
  if (labels_.label.empty()) return {};
  const LabelCodes meaning = codes();
  const std::optional<std::int8_t> label = parse_label(labels_.label, meaning);
  if (!label) {
    std::string reason = "label ";
    append_quoted(reason, labels_.label);
    return reason + (meaning == LabelCodes::stars ? " is no number of stars from 1 to 5"
                                                  : " is none of positive, neutral, negative (or a known spelling)");
  }
  row.label = *label == kNotMentioned ? kUnlabelled : *label;
  if (labels_.label_column != LabelColumn::plain) return {};
  const bool zero = labels_.label == "0" || labels_.label == "0.0";
  const bool one = labels_.label == "1" || labels_.label == "1.0";
  (zero ? tally.zero : one ? tally.one : tally.other) = true;
  return {};
}

std::string Loader::set_aspects(Row& row) {
  std::vector<std::int8_t> found;
  for (const auto& [name, value] : labels_.aspects) {
    const bool known = aspects_.knows(name);
    if (!known && (!options_.aspect_names.empty() || out_.aspect_names.size() >= kMaxAspects)) {
      std::string reason = "unknown aspect ";
      append_quoted(reason, name);
      return reason + ", expected one of: " + quoted_names(out_.aspect_names);
    }
    const std::optional<std::int8_t> label = parse_label(value, LabelCodes::sign);
    if (!label) {
      std::string reason = "aspect ";
      append_quoted(reason, name);
      append_quoted(reason += ": ", value);
      return reason + " is none of positive, neutral, negative, not_mentioned (1, 0, -1, -2)";
    }
    found.push_back(*label);
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::size_t index = aspects_(labels_.aspects[i].first);
    if (row.aspects.size() <= index) row.aspects.resize(index + 1, kUnlabelled);
    row.aspects[index] = found[i];
  }
  return {};
}

void Loader::add_bad(const std::string& file, std::uint64_t line, std::string reason) {
  if (out_.bad_rows.size() < kMaxBadRowsKept) out_.bad_rows.push_back({file, line, std::move(reason)});
  ++out_.bad_row_count;
}

// Brings the aspects found into their documented order and gives every row a place for each.
void Loader::order_aspects() {
  std::vector<std::size_t> order(out_.aspect_names.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (options_.aspect_names.empty()) {
    const auto rank = [&](std::size_t i) {
      const std::string& name = out_.aspect_names[i];
      const auto in_first = std::find(kRestaurantAspects.begin(), kRestaurantAspects.end(), name);
      const auto in_second = std::find(kCebabAspects.begin(), kCebabAspects.end(), name);
      const auto first = in_first - kRestaurantAspects.begin();
      return in_first != kRestaurantAspects.end() ? first : first + (in_second - kCebabAspects.begin());
    };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  }
  std::vector<std::string> names;
  names.reserve(order.size());
  for (const std::size_t i : order) names.push_back(std::move(out_.aspect_names[i]));
  out_.aspect_names = std::move(names);
  std::vector<std::int8_t> aspects;
  for (Row& row : out_.rows) {
    aspects.clear();
    for (const std::size_t i : order) aspects.push_back(i < row.aspects.size() ? row.aspects[i] : kUnlabelled);
    row.aspects = aspects;
  }
}

Result<Dataset> Loader::finish() {
  if (progress_) progress_(rows_read_);
  if (out_.bad_row_count > 0 && !options_.skip_bad_rows) {
    std::string message = std::to_string(out_.bad_row_count) + " of " + std::to_string(rows_read_) +
                          " rows are bad (--skip-bad-rows goes on without them):";
    for (std::size_t i = 0; i < std::min(out_.bad_rows.size(), kBadRowsShown); ++i) {
      message += "\n  " + to_string(out_.bad_rows[i]);
    }
    if (out_.bad_row_count > kBadRowsShown) {
      message += "\n  ... and " + std::to_string(out_.bad_row_count - kBadRowsShown) + " more";
    }
    return fail(ErrorCode::corrupt, std::move(message));
  }
  order_aspects();
  out_.fingerprint = fingerprint(out_);
  return std::move(out_);
}

}  // namespace

Result<Dataset> load_dataset(std::span<const std::string> paths, const DatasetOptions& options,
                             const std::function<void(std::uint64_t rows)>& progress) {
  Loader loader(options, progress);
  for (const std::string& path : paths) {
    if (Status status = loader.load(path); !status) return tl::unexpected(status.error());
  }
  return loader.finish();
}

}  // namespace tenor::data
