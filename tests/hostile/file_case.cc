#include "file_case.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "data/csv_reader.h"

namespace tenor::hostile {

namespace fs = std::filesystem;

namespace {

using Flags = std::vector<std::string>;

Flags with(Flags flags, const Flags& more) {
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

// As rows_of_json_lines(), of scored CSV. Every record must be whole.
Rows rows_of_csv(const std::string& content) {
  data::CsvReader reader(data::memory_source(content, 1 << 16),
                         {.separator = {}, .max_record_bytes = std::size_t{64} << 20});
  data::CsvRecord record;
  std::size_t label = 0;
  std::size_t error = 0;
  Rows rows;
  for (bool header = true;; header = false) {
    const auto more = reader.next(record);
    if (!more || !*more) return rows;
    EXPECT_EQ(record.error, "") << "the output is no good CSV";
    if (header) {
      const auto column = [&](std::string_view name) {
        // The answer's columns stand behind the input's, which may have names like theirs.
        const auto found = std::find_if(record.fields.rbegin(), record.fields.rend(), [&](std::string_view field) {
          return field.starts_with(name) || field.starts_with("tenor_" + std::string(name));
        });
        return static_cast<std::size_t>(record.fields.rend() - found) - 1;
      };
      label = column("label");
      error = column("error");
    } else if (std::max(label, error) < record.fields.size()) {
      EXPECT_NE(record.fields[label].empty(), record.fields[error].empty());
      rows.emplace_back(record.fields[label].empty() ? kBad : record.fields[label]);
    }
  }
}

// Into one gzip member, piece by piece.
class Compressor {
 public:
  Compressor() { deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY); }
  ~Compressor() { deflateEnd(&stream_); }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  void add(std::string_view bytes) { run(bytes, Z_NO_FLUSH); }
  std::string finish() {
    run({}, Z_FINISH);
    return std::move(out_);
  }

 private:
  void run(std::string_view bytes, int flush) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    std::string piece(1 << 16, '\0');
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = static_cast<uInt>(piece.size());
      deflate(&stream_, flush);
      out_.append(piece, 0, piece.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

  z_stream stream_{};
  std::string out_;
};

void expect_rows(const Rows& found, const Rows& expected) {
  ASSERT_EQ(found.size(), expected.size()) << "one row out for each row in";
  for (std::size_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i], expected[i]) << "row " << i;
}

void expect_only(const Workplace& place, std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  EXPECT_EQ(place.files(), names) << "nothing else is left behind";
}

}  // namespace

std::string Workplace::write(const std::string& name, std::string_view content) const {
  std::ofstream(folder / name, std::ios::binary) << content;
  return path(name);
}

std::string Workplace::read(const std::string& name) const {
  std::ostringstream content;
  content << std::ifstream(folder / name, std::ios::binary).rdbuf();
  return content.str();
}

std::vector<std::string> Workplace::files() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

test::Outcome Workplace::predict(const Flags& flags, const std::string& input) const {
  const Flags begin = {"predict", "--model", models / "zh", "--model", models / "en", "--threads", "2"};
  return test::run({.arguments = with(begin, flags), .input = input});
}

test::Outcome Workplace::evaluate(const Flags& arguments) const {
  return test::run({.arguments = with({"evaluate", models / "zh", "--resamples", "0", "--threads", "2"}, arguments)});
}

Rows rows_of_json_lines(const std::string& content) {
  Rows rows;
  for (const std::string& line : test::lines_of(content)) {
    const json row = json::parse(line, nullptr, false);  // refuses what is not UTF-8, too
    if (row.is_discarded() || !row.is_object() || !row.contains("tenor")) {
      rows.emplace_back("no JSON: " + line.substr(0, 200));
    } else if (row["tenor"].contains("error")) {
      EXPECT_FALSE(row["tenor"]["error"]["detail"].get<std::string>().empty());
      rows.emplace_back(kBad);
    } else {
      rows.push_back(row["tenor"]["label"]);
    }
  }
  return rows;
}

std::string gzip(std::string_view content) {
  Compressor compressor;
  compressor.add(content);
  return compressor.finish();
}

std::string gzip_of_many(std::string_view begin, char letter, std::size_t megabytes, std::string_view end) {
  Compressor compressor;
  compressor.add(begin);
  const std::string megabyte(1'000'000, letter);
  for (std::size_t i = 0; i < megabytes; ++i) compressor.add(megabyte);
  compressor.add(end);
  return compressor.finish();
}

FileCase scores(std::string name, std::string file, Bytes content, Rows rows, Flags flags) {
  return {std::move(name), [=](const Workplace& place) {
            const Flags in = with({"--file", place.write(file, content())}, flags);
            const auto lines = place.predict(with(in, {"--out", place.path("out.jsonl")}));
            EXPECT_EQ(lines.exit_code, 0) << lines.error;
            expect_rows(rows_of_json_lines(place.read("out.jsonl")), rows);
            const auto table = place.predict(with(in, {"--out", place.path("out.csv")}));
            EXPECT_EQ(table.exit_code, 0) << table.error;
            expect_rows(rows_of_csv(place.read("out.csv")), rows);
            expect_only(place, {file, "out.jsonl", "out.csv"});
            // The scored file is a good file: scored again, its rows stand as they are.
            const auto again =
                place.predict(with(flags, {"--file", place.path("out.jsonl"), "--out", place.path("again.jsonl")}));
            EXPECT_EQ(again.exit_code, 0) << again.error;
            EXPECT_EQ(rows_of_json_lines(place.read("again.jsonl")).size(), rows.size());
          }};
}

FileCase refuses(std::string name, std::string file, Bytes content, std::string complaint, Flags flags) {
  return {std::move(name), [=](const Workplace& place) {
            place.write("out.jsonl", "old");
            const Flags in = {"--file", place.write(file, content()), "--out", place.path("out.jsonl")};
            const auto outcome = place.predict(with(in, flags));
            EXPECT_EQ(outcome.exit_code, 1) << outcome.error;
            EXPECT_NE(outcome.error.find("tenor: error: "), std::string::npos) << outcome.error;
            EXPECT_NE(outcome.error.find(complaint), std::string::npos) << outcome.error;
            EXPECT_EQ(place.read("out.jsonl"), "old");
            expect_only(place, {file, "out.jsonl"});
          }};
}

FileCase judges(std::string name, std::string file, Bytes content, int rows, int bad_rows) {
  return {std::move(name), [=](const Workplace& place) {
            const std::string data = place.write(file, content());
            const auto strict = place.evaluate({data});
            EXPECT_EQ(strict.exit_code, bad_rows > 0 ? 1 : 0) << strict.error;
            const auto lenient = place.evaluate({data, "--skip-bad-rows", "--json", place.path("report.json")});
            EXPECT_EQ(lenient.exit_code, 0) << lenient.error;
            const json report = json::parse(place.read("report.json"), nullptr, false);
            ASSERT_FALSE(report.is_discarded()) << place.read("report.json");
            EXPECT_EQ(report["files"][0]["rows"], rows);
            EXPECT_EQ(report["files"][0]["bad_rows"], bad_rows);
            expect_only(place, {file, "report.json"});
          }};
}

FileCase judges_not(std::string name, std::string file, Bytes content, std::string complaint) {
  return {std::move(name), [=](const Workplace& place) {
            const auto outcome = place.evaluate({place.write(file, content()), "--skip-bad-rows", "--json",
                                                 place.path("report.json"), "--predictions", place.path("rows.jsonl")});
            EXPECT_EQ(outcome.exit_code, 1) << outcome.error;
            EXPECT_NE(outcome.error.find(complaint), std::string::npos) << outcome.error;
            expect_only(place, {file});
          }};
}

}  // namespace tenor::hostile
