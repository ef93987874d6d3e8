// The bytes of a connection: requests come out the same however they are cut into pieces.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "http/request_reader.h"

namespace {

using tenor::http::RequestReader;

struct Reading {
  std::vector<std::string> requests;
  bool failed = false;
};

void require(bool condition) {
  if (!condition) std::abort();
}

// What a reader makes of `wire` in pieces of `piece` bytes. A fault ends it.
Reading read_all(std::string_view wire, std::size_t piece) {
  tenor::http::Limits limits;
  limits.max_header = 512;
  limits.max_body = 1024;
  RequestReader reader(limits);
  Reading reading;
  std::string pending;
  for (std::size_t begin = 0; begin < wire.size(); begin += piece) {
    pending += wire.substr(begin, piece);
    for (auto progress = RequestReader::Progress::head; progress != RequestReader::Progress::need_more;) {
      std::size_t consumed = 0;
      progress = reader.read(pending, consumed);
      pending.erase(0, consumed);
      if (progress == RequestReader::Progress::failed) {
        require(!reader.fault().detail.empty());
        reading.failed = true;
        return reading;
      }
      if (progress == RequestReader::Progress::complete) {
        require(reader.body().size() <= limits.max_body);
        const auto& head = reader.head();
        reading.requests.push_back(head.path + " " + head.request_id + " " + std::string(reader.body()));
        reader.reset();
      }
    }
  }
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view wire(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read_all(wire, wire.size() + 1);
  const auto pieces = read_all(wire, data[0] % 16 + std::size_t{1});
  require(whole.failed || pieces.failed || whole.requests.size() == pieces.requests.size());
  // Where the wire is broken one of them may notice earlier; what both of them read is the same.
  const auto both = static_cast<std::ptrdiff_t>(std::min(whole.requests.size(), pieces.requests.size()));
  require(std::equal(whole.requests.begin(), whole.requests.begin() + both, pieces.requests.begin()));
  return 0;
}
