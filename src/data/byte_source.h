// Where outside bytes come from: a file, standard input, a gzip file or memory, always read in chunks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tenor::data {

// A stream of bytes that is read once from front to back. Not for threads to share.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Fills the front of `buffer` (not empty) and returns how many bytes, 0 at the end and ever after. Errors (io,
  // corrupt) do not name the file: the caller, who knows what it is called, puts the name before them.
  virtual Result<std::size_t> read(std::span<char> buffer) = 0;

  // Bytes taken from the underlying file so far (compressed bytes for gzip): with the file's size, how far it has got.
  virtual std::uint64_t consumed() const = 0;
};

// Opens a file; "-" is standard input. gzip (RFC 1952, any number of members) is told by its first two bytes, whatever
// the name. Errors: not_found, io (a folder, no permission).
Result<std::unique_ptr<ByteSource>> open_source(const std::string& path);

// Reads `bytes`, which the caller keeps alive, handing out at most `chunk` of them at a time (> 0). No decompression.
std::unique_ptr<ByteSource> memory_source(std::string_view bytes, std::size_t chunk = 1 << 16);

// Decompresses when `inner` starts as gzip does, passes the bytes through otherwise. A truncated or damaged stream is
// an error (corrupt) at the place where it shows; zero bytes after the last member are ignored as gzip(1) does.
std::unique_ptr<ByteSource> maybe_gunzip(std::unique_ptr<ByteSource> inner);

}  // namespace tenor::data
