// Reading and publishing files. Nothing half-written is ever visible under its final name.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tenor {

Result<std::string> read_file(const std::filesystem::path& path);

// Whether there is a regular file, or a link to one; false where that cannot be told.
bool is_file(const std::filesystem::path& path);

// Writes to a temporary sibling, flushes it to the disk and renames it over `path`.
Status write_file_atomic(const std::filesystem::path& path, std::string_view content, unsigned mode = 0644);

// A folder that is built under a temporary name and appears under its final name at once, or not at all.
// Not for threads to share. The temporary folder is removed by the destructor unless publish() succeeded.
class PendingFolder {
 public:
  // `target` is the final path; its parent must exist.
  static Result<PendingFolder> create(const std::filesystem::path& target);

  PendingFolder(PendingFolder&& other) noexcept;
  PendingFolder& operator=(PendingFolder&&) = delete;
  ~PendingFolder();

  const std::filesystem::path& path() const { return temporary_; }
  // Renames the folder to its target; a folder already there is replaced (moved aside, then removed).
  Status publish();

 private:
  PendingFolder(std::filesystem::path target, std::filesystem::path temporary);

  std::filesystem::path target_;
  std::filesystem::path temporary_;
};

}  // namespace tenor
