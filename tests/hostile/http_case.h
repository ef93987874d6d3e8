// Hostile requests as tables: what is sent, and the answer that docs/http-api.md promises.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http/client.h"
#include "tenor_server.h"

namespace tenor::hostile {

using nlohmann::json;

// Bytes to send, made only when they are sent: some are large.
class Bytes {
 public:
  Bytes(const char* text) : make_([copy = std::string(text)] { return copy; }) {}  // NOLINT: tables read better so
  Bytes(std::string text) : make_([copy = std::move(text)] { return copy; }) {}    // NOLINT
  Bytes(std::function<std::string()> make) : make_(std::move(make)) {}             // NOLINT
  template <class Make>
  requires std::is_invocable_r_v<std::string, Make> Bytes(Make make) : make_(std::move(make)) {}  // NOLINT

  std::string operator()() const { return make_(); }

 private:
  std::function<std::string()> make_;
};

struct HttpCase {
  std::string name;
  std::function<void(TenorServer&)> run;  // with GoogleTest's expectations inside
};
using HttpCases = std::vector<HttpCase>;

// POST of a JSON body: a problem with this code and the status that belongs to it. The connection must then take
// further requests.
HttpCase rejects(std::string name, std::string path, Bytes body, std::string code);
// POST of a JSON body: 200, and every member of `expected` in the answer.
HttpCase answers(std::string name, std::string path, Bytes body, json expected);
// Anything on the wire: the first answer is this problem; the connection is closed then where the code says so, and
// goes on elsewhere.
HttpCase rejects_wire(std::string name, Bytes wire, std::string code);
// The same, with the sending side closed behind the bytes: a request that was cut off.
HttpCase rejects_cut_off(std::string name, Bytes wire, std::string code = "bad_request");
// Anything on the wire: the first answer has this status and, where `expected` is no null, these members.
HttpCase answers_wire(std::string name, Bytes wire, int status, json expected = nullptr);

// For cases of their own.
void expect_problem(const http::Answer& answer, const std::string& code);
void expect_members(const http::Answer& answer, const json& expected);
// A plain good request on a connection of its own is answered rightly.
void expect_good_service(std::uint16_t port);
// The same on a connection that is open already.
void expect_good_service(http::Client& client);

// What the tables share.
inline constexpr const char* kPredict = "/predict";
inline constexpr const char* kBatch = "/predict_batch";
inline const std::string kHead = "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
inline const std::string kGoodBody = R"({"text":"好"})";  // 14 bytes
inline const json kPositive = {{"label", "positive"}};    // what it is answered

// The tables.
HttpCases json_cases();
HttpCases field_cases();
HttpCases text_cases();
HttpCases batch_cases();
HttpCases head_cases();
HttpCases target_cases();
HttpCases framing_cases();
HttpCases stranger_cases();
HttpCases connection_cases();
HttpCases slow_cases();  // for a server with short timeouts and few connections

// "once" + "once" + …
std::string repeated(std::string_view once, std::size_t times);
std::string random_bytes(std::uint64_t seed, std::size_t size);

}  // namespace tenor::hostile
