// Where rows go: standard output, or a file that appears whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tenor::cli {

// Bytes collected in `buffer()` and written in large pieces. A regular file is written under no name at all (O_TMPFILE;
// under a temporary name where the file system lacks that) and gets its final name in commit(): a killed program leaves
// nothing behind. Devices and pipes are written in place. Not for threads to share.
class Output {
 public:
  static Output standard();
  // "-" is standard output. Errors: io, invalid_argument (the path is a folder).
  static Result<Output> open(const std::filesystem::path& path);
  // A whole file at once. Errors: those of open() and commit().
  static Status write(const std::filesystem::path& path, std::string content);

  Output(Output&& other) noexcept;
  Output& operator=(Output&&) = delete;
  ~Output();

  // Append here, then call flush_if_full().
  std::string& buffer() { return buffer_; }
  // Writes the buffer when it holds more than 128 KiB. Error: io. See closed_early().
  Status flush_if_full();
  Status flush();
  // Flushes and gives the file its name. Nothing appears without it.
  Status commit();

  // True once the reader of a pipe has gone: what follows is dropped silently, as `head` expects.
  bool closed_early() const { return closed_early_; }
  bool is_standard() const { return target_.empty() && descriptor_ == 1; }

 private:
  Output(int descriptor, std::filesystem::path target, std::filesystem::path temporary);
  Status write_all(std::string_view bytes);
  Status name_it();

  int descriptor_;
  std::filesystem::path target_;     // empty: written in place
  std::filesystem::path temporary_;  // empty: the file has no name yet
  std::string buffer_;
  bool closed_early_ = false;
};

}  // namespace tenor::cli
