#include "apps/tenor-train/prepare_run.h"

#include <cstdio>
#include <filesystem>
#include <unordered_set>
#include <utility>

#include "apps/tenor-train/dataset_flags.h"
#include "apps/tenor-train/prepare_report.h"
#include "base/file_system.h"
#include "base/progress.h"
#include "data/augment_rows.h"
#include "data/drop_list.h"
#include "data/jsonl_writer.h"
#include "data/text_set.h"

namespace tenor::train_cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* kReportFile = "report.json";

// Only a folder that is empty or that this command wrote is replaced.
Status check_folder(const fs::path& out) {
  std::error_code error;
  if (!fs::exists(out, error)) {
    const fs::path parent = (fs::absolute(out) / "..").lexically_normal();
    if (fs::is_directory(parent, error)) return {};
    return fail(ErrorCode::io, "there is no folder " + parent.string() + " to write " + out.string() + " into");
  }
  if (!fs::is_directory(out, error)) {
    return fail(ErrorCode::invalid_argument, out.string() + " is in the way: it is no folder");
  }
  if (fs::is_empty(out, error)) return {};
  const auto report = read_file(out / kReportFile);
  const std::string mark = std::string("{\"program\":\"") + kPrepareProgram + "\"";
  if (report && report->starts_with(mark)) return {};
  return fail(ErrorCode::invalid_argument, out.string() + " is in the way and is not replaced (it was not written by " +
                                               kPrepareProgram + "): remove it or choose another name");
}

data::Dataset without_rows(const data::Dataset& dataset) {
  data::Dataset empty;
  empty.aspect_names = dataset.aspect_names;
  empty.sources = dataset.sources;
  empty.domains = dataset.domains;
  empty.files = dataset.files;
  return empty;
}

class PrepareRun {
 public:
  explicit PrepareRun(const PrepareArguments& arguments) : arguments_(arguments) {}

  Status run() {
    if (auto status = check_folder(arguments_.out); !status) return status;
    if (auto status = load_synonyms(); !status) return status;
    if (auto status = load(); !status) return status;
    if (auto status = drop(); !status) return status;
    if (auto status = leave_out(); !status) return status;
    split(deduplicate());
    augment();
    for (PreparedPart& part : record_.parts) part.rows.fingerprint = fingerprint(part.rows);
    if (auto status = publish(); !status) return status;
    say(prepare_summary(record_) + "wrote " + arguments_.out + "\n");
    return {};
  }

 private:
  void say(const std::string& text) const {
    if (!arguments_.quiet) std::fputs(text.c_str(), stderr);
  }

  Status load_synonyms() {
    if (arguments_.augment == 0 || arguments_.synonyms.empty()) return {};
    auto synonyms = data::Synonyms::load(arguments_.synonyms);
    if (!synonyms) return tl::unexpected(synonyms.error());
    synonyms_ = std::move(*synonyms);
    return {};
  }

  Status load() {
    Progress progress("reading", "rows", std::nullopt, !arguments_.quiet);
    auto loaded =
        data::load_dataset(arguments_.files, arguments_.dataset, [&](std::uint64_t rows) { progress.update(rows); });
    progress.finish();
    if (!loaded) return tl::unexpected(loaded.error());
    record_.input = std::move(*loaded);
    record_.rows_read = record_.input.rows.size();
    record_.input_fingerprint = record_.input.fingerprint;
    say(describe_bad_rows(record_.input));
    return {};
  }

  Status drop() {
    if (arguments_.drop.empty()) return {};
    const auto list = data::DropList::load(arguments_.drop, arguments_.drop_margin);
    if (!list) return tl::unexpected(list.error());
    record_.drop_entries = list->size();
    record_.drop_kept = list->kept();
    record_.dropped = list->apply(record_.input);
    return {};
  }

  Status leave_out() {
    if (arguments_.without.empty()) return {};
    const auto texts = data::TextSet::load(arguments_.without, arguments_.deduplicate.max_letters);
    if (!texts) return tl::unexpected(texts.error());
    std::vector<std::size_t> left;
    for (std::size_t r = 0; r < record_.input.rows.size(); ++r) {
      if (!texts->contains(record_.input.rows[r].text)) left.push_back(r);
    }
    record_.left_out = {.texts = texts->size(), .rows = record_.input.rows.size() - left.size()};
    data::keep_rows(record_.input, left);
    return {};
  }

  // The rows that stay.
  std::vector<std::size_t> deduplicate() {
    std::vector<std::size_t> rows;
    if (arguments_.keep_duplicates) {
      for (std::size_t r = 0; r < record_.input.rows.size(); ++r) rows.push_back(r);
      return rows;
    }
    record_.deduplication = data::deduplicate(record_.input, arguments_.deduplicate);
    return record_.deduplication->kept;
  }

  void split(const std::vector<std::size_t>& rows) {
    std::vector<const char*> names = {"rows.jsonl"};
    if (arguments_.split) names = {"train.jsonl", "dev.jsonl", "test.jsonl"};
    for (const char* name : names) record_.parts.push_back({name, without_rows(record_.input), 0});
    for (const std::size_t r : rows) {
      const data::Row& row = record_.input.rows[r];
      const auto part =
          arguments_.split ? data::part_of(row.text, *arguments_.split, arguments_.seed) : data::Part::train;
      record_.parts[static_cast<std::size_t>(part)].rows.rows.push_back(row);
    }
    if (arguments_.split && arguments_.split->test == 0) record_.parts.pop_back();
  }

  void augment() {
    if (arguments_.augment == 0) return;
    std::unordered_set<std::uint64_t> held_out;
    for (std::size_t p = 1; p < record_.parts.size(); ++p) {
      for (const data::Row& row : record_.parts[p].rows.rows) held_out.insert(data::content_hash(row.text));
    }
    PreparedPart& train = record_.parts.front();
    auto made = data::augment_rows(train.rows.rows, synonyms_,
                                   {.copies = arguments_.augment, .rates = arguments_.rates, .seed = arguments_.seed},
                                   held_out);
    train.augmented = made.rows.size();
    for (data::Row& row : made.rows) train.rows.rows.push_back(std::move(row));
    made.rows.clear();
    record_.augmentation = std::move(made);
  }

  Status publish() const {
    auto folder = PendingFolder::create(arguments_.out);
    if (!folder) return tl::unexpected(folder.error());
    for (const PreparedPart& part : record_.parts) {
      std::string lines;
      const std::size_t originals = part.rows.rows.size() - part.augmented;
      for (std::size_t r = 0; r < part.rows.rows.size(); ++r) {
        append_jsonl(part.rows, part.rows.rows[r], r >= originals, lines);
      }
      if (auto status = write_file_atomic(folder->path() / part.file, lines); !status) return status;
    }
    if (auto status = write_file_atomic(folder->path() / kReportFile, prepare_report(arguments_, record_)); !status) {
      return status;
    }
    return folder->publish();
  }

  const PrepareArguments& arguments_;
  data::Synonyms synonyms_;
  PrepareRecord record_;
};

}  // namespace

Status prepare(const PrepareArguments& arguments) {
  return PrepareRun(arguments).run();
}

}  // namespace tenor::train_cli
