// tenor_bench_peak: the processor's multiply-add peaks as a child of bench/encoder.
#include <iostream>

#include "base/json_writer.h"
#include "encoder/requests.h"
#include "peak.h"

namespace {

using tenor::Result;
using Words = std::vector<std::string>;

Result<std::string> info(const Words&) {
  return std::string(R"({"name":"peak","version":"","variants":[],"ways":[]})");
}

Result<std::string> peak(const Words& words) {
  const auto precision = tenor::bench::parse_precision(words[0]);
  if (!precision) return tl::unexpected(precision.error());
  const auto milliseconds = tenor::bench::whole_number(words[1]);
  if (!milliseconds) return tl::unexpected(milliseconds.error());
  const auto gmacs = tenor::bench::peak_gmacs(*precision, static_cast<double>(*milliseconds));
  if (!gmacs) return tl::unexpected(gmacs.error());
  std::string json;
  tenor::JsonWriter(json).begin_object().member("gmacs", *gmacs).end_object();
  return json;
}

}  // namespace

int main() {
  tenor::bench::answer_requests(std::cin, std::cout, {{"info", {0, info}}, {"peak", {2, peak}}});
}
