// The children's side of bench/encoder's protocol (README.md): a line of words in, a line of JSON out.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace tenor::bench {

// Words after the request's name -> the answer, a JSON object.
struct Request {
  std::size_t words = 0;
  std::function<Result<std::string>(const std::vector<std::string>&)> answer;
};

// Answers until the input ends. Unknown requests, wrong counts of words and errors become {"error": "..."}.
void answer_requests(std::istream& in, std::ostream& out, const std::map<std::string, Request>& requests);

// A whole number from `least` on, up to a million. Error: invalid_argument.
Result<std::size_t> whole_number(const std::string& word, std::size_t least = 1);

// Seconds that one call of `work` takes: the median over groups of calls, each long enough for the clock (0.1 ms), for
// about `milliseconds`; the first call is not timed.
double median_seconds(const std::function<void()>& work, double milliseconds);

}  // namespace tenor::bench
