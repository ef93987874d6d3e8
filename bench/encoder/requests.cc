#include "requests.h"

#include <algorithm>
#include <charconv>
#include <istream>
#include <ostream>
#include <sstream>

#include "base/json_writer.h"

namespace tenor::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double seconds_of(const std::function<void()>& work, std::size_t calls) {
  const auto begin = Clock::now();
  for (std::size_t i = 0; i < calls; ++i) work();
  return seconds_since(begin);
}

Result<std::string> answer(const std::string& name, const std::vector<std::string>& words,
                           const std::map<std::string, Request>& requests) {
  const auto found = requests.find(name);
  if (found == requests.end()) return fail(ErrorCode::invalid_argument, "there is no request '" + name + "'");
  if (words.size() != found->second.words) {
    return fail(ErrorCode::invalid_argument,
                name + " has " + std::to_string(found->second.words) + " words, found " + std::to_string(words.size()));
  }
  return found->second.answer(words);
}

}  // namespace

void answer_requests(std::istream& in, std::ostream& out, const std::map<std::string, Request>& requests) {
  for (std::string line; std::getline(in, line);) {
    std::istringstream stream(line);
    std::string name;
    stream >> name;
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    if (const auto text = answer(name, words, requests)) {
      out << *text << std::endl;
    } else {
      std::string json;
      JsonWriter(json).begin_object().member("error", text.error().message).end_object();
      out << json << std::endl;
    }
  }
}

Result<std::size_t> whole_number(const std::string& word, std::size_t least) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || value < least || value > 1'000'000) {
    return fail(ErrorCode::invalid_argument,
                "expected a number from " + std::to_string(least) + " to 1000000, found '" + word + "'");
  }
  return value;
}

double median_seconds(const std::function<void()>& work, double milliseconds) {
  constexpr double kShortest = 1e-4;
  work();
  std::size_t calls = 1;
  while (seconds_of(work, calls) < kShortest) calls *= 2;
  std::vector<double> groups;
  const auto begin = Clock::now();
  do {
    groups.push_back(seconds_of(work, calls) / static_cast<double>(calls));
  } while (seconds_since(begin) < milliseconds / 1e3);
  const auto middle = groups.begin() + static_cast<std::ptrdiff_t>(groups.size() / 2);
  std::nth_element(groups.begin(), middle, groups.end());
  return *middle;
}

}  // namespace tenor::bench
