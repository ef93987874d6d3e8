// Request lines, header fields, media types, methods.
#include <gtest/gtest.h>

#include "http_case.h"

namespace tenor::hostile {

namespace {

using namespace std::string_literals;
using http::Client;

// A GET of /health/live with `fields` behind Host.
std::string live(const std::string& fields) {
  return "GET /health/live HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

// A POST of a good body with `fields` in place of the usual Content-Type.
std::string typed(const std::string& fields) {
  return "POST /predict HTTP/1.1\r\nHost: a\r\n" + fields + "Content-Length: " + std::to_string(kGoodBody.size()) +
         "\r\n\r\n" + kGoodBody;
}

void add_request_lines(HttpCases& cases) {
  const std::pair<const char*, const char*> lines[] = {
      {"without version", "GET /info"},
      {"without target", "GET HTTP/1.1"},
      {"with only a method", "GET"},
      {"with two spaces", "GET  /info HTTP/1.1"},
      {"with a tab", "GET\t/info\tHTTP/1.1"},
      {"with a space in the target", "GET /in fo HTTP/1.1"},
      {"with a space behind", "GET /info HTTP/1.1 "},
      {"with a space before", " GET /info HTTP/1.1"},
      {"of HTTP 2.0", "GET /info HTTP/2.0"},
      {"of HTTP 1.2", "GET /info HTTP/1.2"},
      {"of HTTP 9.9", "GET /info HTTP/9.9"},
      {"of HTTP 1.10", "GET /info HTTP/1.10"},
      {"of http in small letters", "GET /info http/1.1"},
      {"of HTTP/1", "GET /info HTTP/1"},
      {"of FTP", "GET /info FTP/1.1"},
      {"of minus version", "GET /info HTTP/-1.1"},
      {"with a comma", "GET, /info HTTP/1.1"},
      {"with a bracket in the method", "G(T /info HTTP/1.1"},
      {"with a control character in the target", "GET /\x01 HTTP/1.1"},
      {"with DEL in the target", "GET /\x7f HTTP/1.1"},
      {"with an escape sequence", "\x1b[31mGET /info HTTP/1.1"},
      {"with a byte order mark", "\xEF\xBB\xBFGET /info HTTP/1.1"},
  };
  for (const auto& [name, line] : lines) {
    cases.push_back(rejects_wire("request line "s + name, line + "\r\nHost: a\r\n\r\n"s, "bad_request"));
  }
  cases.push_back(rejects_wire("request line with NUL", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s, "bad_request"));
  cases.push_back(
      rejects_wire("request line with CR inside", "GET /in\rfo HTTP/1.1\r\nHost: a\r\n\r\n", "bad_request"));
  cases.push_back(rejects_wire("lines that end with LF", "GET /info HTTP/1.1\nHost: a\n\n", "bad_request"));
  cases.push_back(rejects_wire("lines that end with CR", "GET /info HTTP/1.1\rHost: a\r\r", "bad_request"));
  cases.push_back(rejects_wire("HTTP 0.9", "GET /\r\n\r\n", "bad_request"));
  cases.push_back(answers_wire("empty lines before a request", "\r\n\r\n\r\n" + live(""), 200, {{"status", "live"}}));
}

void add_fields(HttpCases& cases) {
  const std::pair<const char*, std::string> fields[] = {
      {"without colon", "no colon\r\n"},
      {"without name", ": value\r\n"},
      {"with a space before the colon", "X-A : b\r\n"},
      {"with a space in the name", "X A: b\r\n"},
      {"with a control character in the name", "X\x01: b\r\n"},
      {"with NUL in the name", "X\0: b\r\n"s},
      {"with NUL in the value", "X: a\0b\r\n"s},
      {"with a control character in the value", "X: a\x01\r\n"},
      {"with DEL in the value", "X: a\x7f\r\n"},
      {"with CR in the value", "X: a\rb\r\n"},
      {"with LF in the value", "X: a\nY: b\r\n"},
      {"with a bracket in the name", "X(a): b\r\n"},
      {"with a name beyond ASCII", "名: b\r\n"},
      {"of a second Host", "Host: b\r\n"},
  };
  for (const auto& [name, field] : fields) cases.push_back(rejects_wire("field "s + name, live(field), "bad_request"));
  cases.push_back(rejects_wire("field missing Host", "GET /info HTTP/1.1\r\nX: a\r\n\r\n", "bad_request"));
  cases.push_back(
      rejects_wire("field folded before the first", "GET /info HTTP/1.1\r\n Host: a\r\n\r\n", "bad_request"));
  cases.push_back(answers_wire("field without value", live("X:\r\n"), 200, {{"status", "live"}}));
  cases.push_back(answers_wire("field with Latin-1", live("X: caf\xE9\r\n"), 200, {{"status", "live"}}));
  cases.push_back(answers_wire("field with UTF-8", live("X: 好\r\n"), 200, {{"status", "live"}}));
  cases.push_back(
      answers_wire("field with a thousand commas", live("Accept: " + std::string(1000, ',') + "\r\n"), 200));
  cases.push_back(
      answers_wire("field Range beyond reason", live("Range: bytes=0-,0-,0-,5-1\r\n"), 200, {{"status", "live"}}));
  cases.push_back(answers_wire("field If-None-Match of everything", live("If-None-Match: *\r\n"), 200));
  cases.push_back(answers_wire("field of a method override", live("X-HTTP-Method-Override: DELETE\r\n"), 200));
  cases.push_back(answers_wire("field Upgrade to websocket",
                               live("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"), 200,
                               {{"status", "live"}}));
  cases.push_back(
      answers_wire("field Upgrade to h2c",
                   live("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"), 200,
                   {{"status", "live"}}));
}

void add_large_heads(HttpCases& cases) {
  const auto too_large = [&](std::string name, Bytes wire) {
    cases.push_back(rejects_wire("head " + name, std::move(wire), "header_too_large"));
  };
  too_large("of one long line", [] { return live("X: " + std::string(100'000, 'y') + "\r\n"); });
  too_large("of ten megabytes", [] { return live("X: " + std::string(10'000'000, 'y') + "\r\n"); });
  too_large("of 10000 fields", [] { return live(repeated("X-A: b\r\n", 10'000)); });
  too_large("of a long name", [] { return live(std::string(100'000, 'X') + ": y\r\n"); });
  too_large("without end", [] { return "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(1'000'000, 'y'); });
  too_large("of a long target", [] { return "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n"; });
  too_large("of a long method", [] { return std::string(20'000, 'A') + " / HTTP/1.1\r\nHost: a\r\n\r\n"; });
  too_large("of a long query", [] { return "GET /info?" + std::string(20'000, '&') + " HTTP/1.1\r\nHost: a\r\n\r\n"; });
  cases.push_back(
      answers_wire("head of 15 kB", live("X: " + std::string(15'000, 'y') + "\r\n"), 200, {{"status", "live"}}));
  cases.push_back(answers_wire("head of 2000 fields", live(repeated("A: b\r\n", 2000)), 200, {{"status", "live"}}));
}

void add_methods(HttpCases& cases) {
  for (const std::string method : {"PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "BREW", "get", "post", "GETT",
                                   "CONNECT", "X-1!", "PRI", "GET"}) {
    cases.push_back({"method " + method, [method](TenorServer& server) {
                       Client client(server.port());
                       const auto answer = client.ask(method + " /predict HTTP/1.1\r\nHost: a\r\n\r\n");
                       ASSERT_TRUE(answer);
                       expect_problem(*answer, "method_not_allowed");
                       EXPECT_EQ(answer->headers.at("allow"), "POST, OPTIONS");
                       expect_good_service(client);
                     }});
  }
  cases.push_back(rejects("method POST where GET belongs", "/info", kGoodBody, "method_not_allowed"));
  cases.push_back(rejects_wire("method PUT with a body",
                               "PUT /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
                               "method_not_allowed"));
  cases.push_back(rejects_wire("method of 1000 letters",
                               std::string(1000, 'A') + " /predict HTTP/1.1\r\nHost: a\r\n\r\n", "method_not_allowed"));
  cases.push_back({"method HEAD where POST belongs", [](TenorServer& server) {
                     Client client(server.port());
                     ASSERT_TRUE(client.send("HEAD /predict HTTP/1.1\r\nHost: a\r\n\r\n"));
                     const auto answer = client.receive(true);
                     ASSERT_TRUE(answer);
                     EXPECT_EQ(answer->status, 405);
                     expect_good_service(client);  // had a body followed, this would not be read
                   }});
  cases.push_back({"method GET with a body", [](TenorServer& server) {
                     Client client(server.port());
                     const auto answer = client.ask(live("Content-Length: 27\r\n") + "GET /predict HTTP/1.1\r\n\r\nab");
                     ASSERT_TRUE(answer);
                     EXPECT_EQ(answer->status, 200);
                     expect_good_service(client);  // the body is no request
                   }});
}

void add_media_types(HttpCases& cases) {
  const std::pair<const char*, const char*> refused[] = {
      {"none", ""},
      {"empty", "Content-Type:\r\n"},
      {"plain text", "Content-Type: text/plain\r\n"},
      {"a form", "Content-Type: application/x-www-form-urlencoded\r\n"},
      {"multipart", "Content-Type: multipart/form-data; boundary=x\r\n"},
      {"XML", "Content-Type: application/xml\r\n"},
      {"a longer name", "Content-Type: application/jsonx\r\n"},
      {"a suffix", "Content-Type: application/json-patch+json\r\n"},
      {"a wildcard", "Content-Type: */*\r\n"},
      {"two types", "Content-Type: application/json, text/html\r\n"},
      {"only a semicolon", "Content-Type: ;\r\n"},
      {"the end of the name", "Content-Type: json\r\n"},
      {"charset GBK", "Content-Type: application/json; charset=gbk\r\n"},
      {"charset UTF-16", "Content-Type: application/json; charset=utf-16\r\n"},
      {"charset empty", "Content-Type: application/json; charset=\r\n"},
      {"charset open quote", "Content-Type: application/json; charset=\"utf-8\r\n"},
      {"beyond ASCII", "Content-Type: application/json\xE5\xA5\xBD\r\n"},
      {"encoding gzip", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"},
      {"encoding br", "Content-Type: application/json\r\nContent-Encoding: br\r\n"},
      {"encoding deflate twice", "Content-Type: application/json\r\nContent-Encoding: deflate, deflate\r\n"},
      {"encoding unheard of", "Content-Type: application/json\r\nContent-Encoding: x-\xFF\r\n"},
  };
  for (const auto& [name, fields] : refused) {
    cases.push_back(rejects_wire("media type "s + name, typed(fields), "unsupported_media_type"));
  }
  cases.push_back(rejects_wire("media type of 10 kB", typed("Content-Type: text/" + std::string(10'000, 'x') + "\r\n"),
                               "unsupported_media_type"));
  const std::pair<const char*, const char*> taken[] = {
      {"charset UTF-8", "Content-Type: application/json; charset=\"UTF-8\"\r\n"},
      {"strange spaces", "Content-Type: \t APPLICATION/JSON  ; ;; x=y;\r\n"},
      {"encoding identity", "Content-Type: application/json\r\nContent-Encoding: identity\r\n"},
  };
  for (const auto& [name, fields] : taken) {
    cases.push_back(answers_wire("media type "s + name, typed(fields), 200, kPositive));
  }
}

void add_request_ids(HttpCases& cases) {
  const auto add = [&](const std::string& name, const std::string& id, bool kept) {
    cases.push_back({"request id " + name, [id, kept](TenorServer& server) {
                       Client client(server.port());
                       const auto answer = client.ask(http::post("/predict", "{", "X-Request-Id: " + id + "\r\n"));
                       ASSERT_TRUE(answer);
                       expect_problem(*answer, "broken_json");
                       EXPECT_EQ(answer->headers.at("x-request-id") == id, kept);
                       EXPECT_FALSE(answer->headers.at("x-request-id").empty());
                     }});
  };
  add("plain", "abc-1", true);
  add("of quotes and brackets", "\"}<>'&\\", true);
  add("of 128 letters", std::string(128, 'i'), true);
  add("of 129 letters", std::string(129, 'i'), false);
  add("of 10 kB", std::string(10'000, 'i'), false);
  add("with a space", "a b", false);
  add("with a tab", "a\tb", false);
  add("beyond ASCII", "好", false);
  add("of nothing", "", false);
  cases.push_back(
      rejects_wire("request id with an escape sequence", live("X-Request-Id: a\x1b[31m\r\n"), "bad_request"));
  cases.push_back(rejects_wire("request id with NUL", live("X-Request-Id: a\0b\r\n"s), "bad_request"));
}

void add_expectations(HttpCases& cases) {
  const std::string type = "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
  cases.push_back(rejects_wire("expectation of a body beyond the limit",
                               type + "Expect: 100-continue\r\nContent-Length: 104857600\r\n\r\n", "body_too_large"));
  cases.push_back(answers_wire("expectation in HTTP 1.0",
                               "POST /predict HTTP/1.0\r\nContent-Type: application/json\r\nExpect: "
                               "100-continue\r\nContent-Length: " +
                                   std::to_string(kGoodBody.size()) + "\r\n\r\n" + kGoodBody,
                               200, kPositive));
  cases.push_back(
      answers_wire("expectation without a body", live("Expect: 100-continue\r\n"), 200, {{"status", "live"}}));
  cases.push_back({"expectation of a page that is not there", [](TenorServer& server) {
                     Client client(server.port());
                     const auto answer = client.ask(
                         "POST /nothing HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
                     ASSERT_TRUE(answer);
                     expect_problem(*answer, "not_found");
                     EXPECT_FALSE(client.receive()) << "the body may or may not follow: the connection has to end";
                   }});
  cases.push_back({"expectation, then no JSON", [type](TenorServer& server) {
                     Client client(server.port());
                     EXPECT_EQ(client.ask(type + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")->status, 100);
                     const auto answer = client.ask("abc");
                     ASSERT_TRUE(answer);
                     expect_problem(*answer, "broken_json");
                     expect_good_service(client);
                   }});
}

}  // namespace

HttpCases head_cases() {
  HttpCases cases;
  add_request_lines(cases);
  add_fields(cases);
  add_large_heads(cases);
  add_methods(cases);
  add_media_types(cases);
  add_request_ids(cases);
  add_expectations(cases);
  return cases;
}

}  // namespace tenor::hostile
