// Hostile files as tables: what stands in them, and the rows or the refusal that docs/cli.md promises.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/program.h"
#include "http_case.h"

namespace tenor::hostile {

// The folder of one case, and models beside it.
struct Workplace {
  std::filesystem::path folder;
  std::filesystem::path models;

  std::string path(const std::string& name) const { return (folder / name).string(); }
  std::string write(const std::string& name, std::string_view content) const;
  std::string read(const std::string& name) const;
  std::vector<std::string> files() const;  // names, sorted
  // `tenor predict --model zh --model en FLAGS`
  test::Outcome predict(const std::vector<std::string>& flags, const std::string& input = "") const;
  // `tenor evaluate zh FILES_AND_FLAGS`
  test::Outcome evaluate(const std::vector<std::string>& arguments) const;
};

struct FileCase {
  std::string name;
  std::function<void(const Workplace&)> run;  // with GoogleTest's expectations inside
};
using FileCases = std::vector<FileCase>;

// What becomes of each row: the label, or this where it is kept with an error.
using Rows = std::vector<std::string>;
inline constexpr const char* kBad = "bad";
inline const std::string kGood = "positive";    // 好
inline const std::string kNeutral = "neutral";  // neither 好 nor 差
inline const std::string kPoor = "negative";    // 差

// `tenor predict --file FILE` into JSON lines and into CSV: exactly these rows, in order, and nothing else in the
// folder.
FileCase scores(std::string name, std::string file, Bytes content, Rows rows, std::vector<std::string> flags = {});
// Exit code 1, a message that holds `complaint`, an existing output as it was, and nothing else in the folder.
FileCase refuses(std::string name, std::string file, Bytes content, std::string complaint,
                 std::vector<std::string> flags = {});

// `tenor evaluate` with --skip-bad-rows: so many rows judged and left out. Without it: exit code 1 where there are bad
// ones.
FileCase judges(std::string name, std::string file, Bytes content, int rows, int bad_rows);
// `tenor evaluate` ends with 1 and a message, with --skip-bad-rows too.
FileCase judges_not(std::string name, std::string file, Bytes content, std::string complaint);

// The labels of scored JSON lines, kBad for rows with an error.
Rows rows_of_json_lines(const std::string& content);

std::string gzip(std::string_view content);
// `begin`, so many million times `letter`, and `end`, compressed.
std::string gzip_of_many(std::string_view begin, char letter, std::size_t megabytes, std::string_view end);

// The tables.
FileCases csv_cases();
FileCases line_cases();
FileCases gzip_cases();
FileCases encoding_cases();
FileCases path_cases();
FileCases evaluate_cases();

}  // namespace tenor::hostile
