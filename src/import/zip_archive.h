// The zip archive that torch.save writes: records that are stored, not compressed.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "base/result.h"

namespace tenor::import {

// Name -> bytes of every record, in the memory of `file`. ZIP64 is understood (PKWARE APPNOTE 4.3.14 to 4.5.3), and
// where a record has a CRC it is checked. Errors: corrupt, unsupported (a compressed or encrypted record), limit.
using ZipRecords = std::map<std::string, std::span<const std::byte>, std::less<>>;
Result<ZipRecords> read_zip(std::span<const std::byte> file);

// Whether the bytes begin as a zip archive does.
bool looks_like_zip(std::span<const std::byte> file);

}  // namespace tenor::import
