#include "import/zip_archive.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>

#include "import/byte_reader.h"

namespace tenor::import {

namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kCentralHeader = 0x02014b50;
constexpr std::uint32_t kEnd = 0x06054b50;
constexpr std::uint32_t kEnd64 = 0x06064b50;
constexpr std::uint32_t kEnd64Locator = 0x07064b50;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kMaxComment = 65535;
constexpr std::size_t kMaxRecords = 1u << 16;

tl::unexpected<Error> damaged(const char* what) {
  return fail(ErrorCode::corrupt, std::string("the zip archive is damaged or cut short: ") + what);
}

struct Directory {
  std::uint64_t records = 0;
  std::uint64_t offset = 0;
};

std::optional<std::size_t> find_end(Bytes file) {
  if (file.size() < kEndSize) return std::nullopt;
  const std::size_t last = file.size() - kEndSize;
  for (std::size_t back = 0; back <= std::min(last, kMaxComment); ++back) {
    if (read_number<std::uint32_t>(file, last - back) == kEnd) return last - back;
  }
  return std::nullopt;
}

Result<Directory> find_directory(Bytes file) {
  const auto end = find_end(file);
  if (!end) return damaged("its directory is missing");
  Directory directory{*read_number<std::uint16_t>(file, *end + 10), *read_number<std::uint32_t>(file, *end + 16)};
  if (directory.records != 0xFFFF && directory.offset != 0xFFFFFFFF) return directory;
  if (*end < 20 || read_number<std::uint32_t>(file, *end - 20) != kEnd64Locator) return damaged("no ZIP64 locator");
  const auto place = read_number<std::uint64_t>(file, *end - 12);
  const auto end64 = place ? read_span(file, *place, 56) : std::nullopt;
  if (!end64 || read_number<std::uint32_t>(*end64, 0) != kEnd64) return damaged("no ZIP64 directory");
  return Directory{*read_number<std::uint64_t>(*end64, 32), *read_number<std::uint64_t>(*end64, 48)};
}

struct Record {
  std::string name;
  std::uint32_t crc = 0;
  std::uint64_t stored_size = 0;
  std::uint64_t size = 0;
  std::uint64_t header = 0;  // place of the local header
};

// Sizes that do not fit 32 bits stand in the extra field 1, those that do not, in this order.
bool read_zip64_sizes(Bytes extra, Record& record) {
  std::uint64_t* const wanted[] = {&record.size, &record.stored_size, &record.header};
  for (std::size_t at = 0; at + 4 <= extra.size();) {
    const auto id = *read_number<std::uint16_t>(extra, at);
    const auto field = read_span(extra, at + 4, *read_number<std::uint16_t>(extra, at + 2));
    if (!field) return false;
    at += 4 + field->size();
    if (id != 1) continue;
    std::size_t next = 0;
    for (std::uint64_t* size : wanted) {
      if (*size != 0xFFFFFFFF) continue;
      const auto number = read_number<std::uint64_t>(*field, next);
      if (!number) return false;
      *size = *number;
      next += 8;
    }
  }
  return true;
}

// The record at `position` of the directory, which is moved behind it.
Result<Record> read_record(Bytes file, std::uint64_t& position) {
  const auto header = read_span(file, position, 46);
  if (!header || read_number<std::uint32_t>(*header, 0) != kCentralHeader) return damaged("its directory");
  const std::size_t name_size = *read_number<std::uint16_t>(*header, 28);
  const std::size_t extra_size = *read_number<std::uint16_t>(*header, 30);
  const std::size_t comment_size = *read_number<std::uint16_t>(*header, 32);
  const auto name = read_span(file, position + 46, name_size);
  const auto extra = read_span(file, position + 46 + name_size, extra_size);
  if (!name || !extra) return damaged("its directory");
  Record record{std::string(as_text(*name)), *read_number<std::uint32_t>(*header, 16),
                *read_number<std::uint32_t>(*header, 20), *read_number<std::uint32_t>(*header, 24),
                *read_number<std::uint32_t>(*header, 42)};
  if (!read_zip64_sizes(*extra, record)) return damaged("its ZIP64 fields");
  const bool encrypted = (*read_number<std::uint16_t>(*header, 8) & 1) != 0;
  if (encrypted || *read_number<std::uint16_t>(*header, 10) != 0 || record.size != record.stored_size) {
    return fail(ErrorCode::unsupported, "record '" + record.name +
                                            "' of the zip archive is compressed or encrypted; torch.save stores "
                                            "records as they are: save the file again with it");
  }
  position += 46 + name_size + extra_size + comment_size;
  return record;
}

Result<Bytes> contents(Bytes file, const Record& record) {
  const auto header = read_span(file, record.header, 30);
  if (!header || read_number<std::uint32_t>(*header, 0) != kLocalHeader) return damaged("the place of a record");
  const std::uint64_t skipped =
      std::uint64_t{30} + *read_number<std::uint16_t>(*header, 26) + *read_number<std::uint16_t>(*header, 28);
  const auto bytes = read_span(file, record.header + skipped, record.size);
  if (!bytes) return damaged(("record '" + record.name + "'").c_str());
  if (record.crc == 0) return *bytes;
  const auto crc = crc32_z(0, reinterpret_cast<const unsigned char*>(bytes->data()), bytes->size());
  if (crc != record.crc) return damaged(("checksum of record '" + record.name + "'").c_str());
  return *bytes;
}

}  // namespace

bool looks_like_zip(std::span<const std::byte> file) {
  return read_number<std::uint32_t>(file, 0) == kLocalHeader;
}

Result<ZipRecords> read_zip(std::span<const std::byte> file) {
  const auto directory = find_directory(file);
  if (!directory) return tl::unexpected(directory.error());
  if (directory->records > kMaxRecords) {
    return fail(ErrorCode::limit, "the zip archive has " + std::to_string(directory->records) +
                                      " records, the limit is " + std::to_string(kMaxRecords));
  }
  ZipRecords records;
  std::uint64_t position = directory->offset;
  for (std::uint64_t i = 0; i < directory->records; ++i) {
    auto record = read_record(file, position);
    if (!record) return tl::unexpected(record.error());
    const auto bytes = contents(file, *record);
    if (!bytes) return tl::unexpected(bytes.error());
    records[std::move(record->name)] = *bytes;
  }
  return records;
}

}  // namespace tenor::import
