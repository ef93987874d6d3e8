#include "data/text_corpus.h"

#include "data/clean_text.h"
#include "data/row_reader.h"

namespace tenor::data {

namespace {

Status read_texts(const std::string& file, const std::function<Status(std::string_view)>& use) {
  const auto rows = open_rows(file, {});
  if (!rows) return tl::unexpected(rows.error());
  InputRow row;
  while (true) {
    const Result<bool> more = (*rows)->next(row);
    if (!more) return tl::unexpected(more.error());
    if (!*more) return {};
    if (row.ok()) {
      if (Status status = use(row.text); !status) return status;
    } else if (!is_white(row.raw)) {
      return fail(ErrorCode::corrupt, file + ":" + std::to_string(row.line) + ": " + std::string(row.error));
    }
  }
}

}  // namespace

Status for_each_text(std::span<const std::string> files, const std::function<Status(std::string_view text)>& use) {
  for (const std::string& file : files) {
    if (Status status = read_texts(file, use); !status) return status;
  }
  return {};
}

}  // namespace tenor::data
