// Texts without their labels, one after the other: what pretraining reads.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tenor::data {

// Calls `use` with every text of the files, in their order: lines of .txt files, the "text" (or another field of
// kTextColumns) of .jsonl, .csv and .tsv files, each also behind .gz; labels are not looked at. The view is well-formed
// UTF-8, not only white space, and valid during the call. Blank lines are passed over. Reads in chunks: memory does not
// grow with the files. Thread-safe.
// Errors: those of open_rows; corrupt with file:line for a row that holds no text (broken JSON, no such field, a line
// over kMaxRecordBytes); the error that `use` returned, which ends the reading, as it is.
Status for_each_text(std::span<const std::string> files, const std::function<Status(std::string_view text)>& use);

}  // namespace tenor::data
