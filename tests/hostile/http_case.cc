#include "http_case.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "base/random.h"

namespace tenor::hostile {

namespace {

using http::Answer;
using http::Client;

// docs/http-api.md
const std::map<std::string, int>& statuses() {
  static const std::map<std::string, int> table = {
      {"broken_json", 400},        {"bad_request", 400},     {"not_found", 404},      {"timeout", 408},
      {"method_not_allowed", 405}, {"body_too_large", 413},  {"too_many_texts", 413}, {"text_too_large", 413},
      {"answer_too_large", 413},   {"empty_text", 422},      {"missing_field", 422},  {"unsupported_media_type", 415},
      {"wrong_type", 422},         {"duplicate_field", 422}, {"out_of_range", 422},   {"unknown_aspect", 422},
      {"unknown_language", 422},   {"too_busy", 429},        {"unknown_model", 422},  {"header_too_large", 431},
      {"internal_error", 500},     {"stopping", 503}};
  return table;
}

bool closes(const std::string& code) {
  return code == "bad_request" || code == "timeout" || code == "body_too_large" || code == "header_too_large";
}

std::string shortened(const std::string& text) {
  return text.size() <= 400 ? text : text.substr(0, 400) + "…";
}

// Every member of `expected` stands in `found`; arrays have the same length.
bool holds(const json& found, const json& expected) {
  if (expected.is_object()) {
    if (!found.is_object()) return false;
    for (const auto& [key, value] : expected.items()) {
      if (!found.contains(key) || !holds(found[key], value)) return false;
    }
    return true;
  }
  if (expected.is_array()) {
    if (!found.is_array() || found.size() != expected.size()) return false;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (!holds(found[i], expected[i])) return false;
    }
    return true;
  }
  return found == expected;
}

void expect_rejected(TenorServer& server, const std::string& wire, const std::string& code, bool cut_off) {
  Client client(server.port());
  client.send(wire);
  if (cut_off) client.finish_sending();
  const auto answer = client.receive();
  ASSERT_TRUE(answer) << "no answer";
  expect_problem(*answer, code);
  if (closes(code)) {
    EXPECT_EQ(answer->headers.count("connection"), 1U) << "should say that it closes";
    EXPECT_FALSE(client.receive()) << "further bytes must not be read as a request";
  } else if (!cut_off) {
    expect_good_service(client);
  }
}

}  // namespace

std::string repeated(std::string_view once, std::size_t times) {
  std::string all;
  all.reserve(once.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += once;
  return all;
}

std::string random_bytes(std::uint64_t seed, std::size_t size) {
  Random random(seed);
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random.next() >> 56);
  return bytes;
}

void expect_problem(const Answer& answer, const std::string& code) {
  ASSERT_EQ(statuses().count(code), 1U) << code;
  EXPECT_EQ(answer.status, statuses().at(code)) << shortened(answer.body);
  ASSERT_EQ(answer.headers.count("content-type"), 1U);
  EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
  const json problem = json::parse(answer.body, nullptr, false);  // refuses what is not UTF-8, too
  ASSERT_FALSE(problem.is_discarded()) << shortened(answer.body);
  EXPECT_EQ(problem["code"], code) << shortened(answer.body);
  EXPECT_EQ(problem["status"], answer.status);
  EXPECT_TRUE(problem["detail"].is_string() && !problem["detail"].get<std::string>().empty());
  EXPECT_LT(answer.body.size(), 4096U) << "a problem repeats too much of the request";
  ASSERT_EQ(answer.headers.count("x-request-id"), 1U);
  EXPECT_EQ(problem["request_id"], answer.headers.at("x-request-id"));
}

void expect_members(const Answer& answer, const json& expected) {
  const json found = json::parse(answer.body, nullptr, false);
  ASSERT_FALSE(found.is_discarded()) << shortened(answer.body);
  EXPECT_TRUE(holds(found, expected)) << "expected " << shortened(expected.dump()) << "\nfound "
                                      << shortened(answer.body);
}

void expect_good_service(Client& client) {
  const auto positive = client.ask(http::post("/predict", R"({"text":"好"})"));
  ASSERT_TRUE(positive) << "a good request got no answer";
  EXPECT_EQ(positive->status, 200) << positive->body;
  expect_members(*positive, {{"label", "positive"}, {"characters", 1}, {"invalid_bytes", 0}});
  const auto negative = client.ask(http::post("/v1/analyze", R"({"text":"bad food","aspects":true})"));
  ASSERT_TRUE(negative) << "a good request got no answer";
  EXPECT_EQ(negative->status, 200) << negative->body;
  expect_members(*negative, {{"label", "negative"}, {"aspects", {{{"name", "food"}, {"label", "negative"}}}}});
}

void expect_good_service(std::uint16_t port) {
  Client client(port);
  expect_good_service(client);
}

HttpCase rejects(std::string name, std::string path, Bytes body, std::string code) {
  return {std::move(name),
          [=](TenorServer& server) { expect_rejected(server, http::post(path, body()), code, false); }};
}

HttpCase rejects_wire(std::string name, Bytes wire, std::string code) {
  return {std::move(name), [=](TenorServer& server) { expect_rejected(server, wire(), code, false); }};
}

HttpCase rejects_cut_off(std::string name, Bytes wire, std::string code) {
  return {std::move(name), [=](TenorServer& server) { expect_rejected(server, wire(), code, true); }};
}

HttpCase answers(std::string name, std::string path, Bytes body, json expected) {
  return {std::move(name), [=](TenorServer& server) {
            Client client(server.port());
            client.send(http::post(path, body()));
            const auto answer = client.receive();
            ASSERT_TRUE(answer) << "no answer";
            EXPECT_EQ(answer->status, 200) << shortened(answer->body);
            expect_members(*answer, expected);
            expect_good_service(client);
          }};
}

HttpCase answers_wire(std::string name, Bytes wire, int status, json expected) {
  return {std::move(name), [=](TenorServer& server) {
            Client client(server.port());
            client.send(wire());
            const auto answer = client.receive();
            ASSERT_TRUE(answer) << "no answer";
            EXPECT_EQ(answer->status, status) << shortened(answer->body);
            if (!expected.is_null()) expect_members(*answer, expected);
          }};
}

}  // namespace tenor::hostile
