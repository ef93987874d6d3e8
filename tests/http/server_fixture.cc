#include "server_fixture.h"

#include <chrono>
#include <thread>

namespace tenor::http {

bool ServerTest::wait_until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

testing::AssertionResult is_problem(const Answer& answer, int status, const std::string& code) {
  const auto wrong = [&] { return testing::AssertionFailure() << answer.status << " " << answer.body; };
  if (answer.status != status) return wrong() << "; expected status " << status;
  const auto type = answer.headers.find("content-type");
  if (type == answer.headers.end() || type->second != "application/problem+json") return wrong() << "; media type";
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  if (json.is_discarded() || json["status"] != status || json["code"] != code) return wrong() << "; expected " << code;
  if (json["detail"].get<std::string>().empty()) return wrong() << "; no detail";
  if (json["request_id"] != answer.headers.at("x-request-id")) return wrong() << "; request id";
  return testing::AssertionSuccess();
}

}  // namespace tenor::http
