// Where a body ends: what request smuggling lives on. And bodies beyond the limit.
#include <gtest/gtest.h>

#include <thread>

#include "http_case.h"

namespace tenor::hostile {

namespace {

using namespace std::string_literals;
using http::Client;

const std::string kChunked = kHead + "Transfer-Encoding: chunked\r\n\r\n";

// A good body behind `fields`, and behind it what must never be taken for a request of its own.
std::string with(const std::string& fields) {
  return kHead + fields + "\r\n" + kGoodBody + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
}

void add_lengths(HttpCases& cases) {
  const std::pair<const char*, const char*> fields[] = {
      {"negative", "Content-Length: -1\r\n"},
      {"with a plus sign", "Content-Length: +14\r\n"},
      {"hexadecimal", "Content-Length: 0xe\r\n"},
      {"a fraction", "Content-Length: 14.0\r\n"},
      {"an exponent", "Content-Length: 1e1\r\n"},
      {"a word", "Content-Length: many\r\n"},
      {"empty", "Content-Length:\r\n"},
      {"in two parts", "Content-Length: 1 4\r\n"},
      {"beyond 64 bits", "Content-Length: 99999999999999999999999\r\n"},
      {"just beyond 64 bits", "Content-Length: 18446744073709551616\r\n"},
      {"twice, different", "Content-Length: 14\r\nContent-Length: 15\r\n"},
      {"twice, the other way", "Content-Length: 15\r\nContent-Length: 14\r\n"},
      {"a list of two", "Content-Length: 14, 15\r\n"},
      {"a list ending empty", "Content-Length: 14,\r\n"},
      {"in full-width digits", "Content-Length: １４\r\n"},
      {"with chunked", "Content-Length: 14\r\nTransfer-Encoding: chunked\r\n"},
      {"behind chunked", "Transfer-Encoding: chunked\r\nContent-Length: 14\r\n"},
      {"zero with chunked", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"},
  };
  for (const auto& [name, field] : fields) cases.push_back(rejects_wire("length "s + name, with(field), "bad_request"));
}

void add_encodings(HttpCases& cases) {
  const std::pair<const char*, const char*> fields[] = {
      {"gzip", "Transfer-Encoding: gzip\r\n"},
      {"identity", "Transfer-Encoding: identity\r\n"},
      {"chunked then gzip", "Transfer-Encoding: chunked, gzip\r\n"},
      {"a longer word", "Transfer-Encoding: xchunked\r\n"},
      {"a word before", "Transfer-Encoding: x chunked\r\n"},
      {"in quotes", "Transfer-Encoding: \"chunked\"\r\n"},
      {"with a vertical tab",
       "Transfer-Encoding: \x0b"
       "chunked\r\n"},
      {"with a space before the colon", "Transfer-Encoding : chunked\r\n"},
      {"beyond ASCII", "Transfer-Encoding: ch\xFCnked\r\n"},
      {"twice, different", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"},
      {"with a length and no sense", "Transfer-Encoding: cow\r\nContent-Length: 14\r\n"},
  };
  for (const auto& [name, field] : fields) cases.push_back(rejects_wire("coding "s + name, with(field), "bad_request"));
  // Empty Transfer-Encoding names no coding: no body, or an error, but never the bytes behind as a request.
  cases.push_back(rejects_wire("coding empty", with("Transfer-Encoding:\r\n"), "bad_request"));
}

void add_chunks(HttpCases& cases) {
  const std::pair<const char*, std::string> bodies[] = {
      {"size that is no number", "zz\r\nabc\r\n0\r\n\r\n"},
      {"size negative", "-1\r\nabc\r\n0\r\n\r\n"},
      {"size with a prefix", "0xe\r\n" + kGoodBody + "\r\n0\r\n\r\n"},
      {"size empty", "\r\nabc\r\n0\r\n\r\n"},
      {"size beyond 64 bits", "FFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n"},
      {"data longer than said", "2\r\nabcd\r\n0\r\n\r\n"},
      {"data without line end", "3\r\nabc0\r\n\r\n"},
      {"data with LF", "3\r\nabc\n0\r\n\r\n"},
      {"size with NUL", "3\0\r\nabc\r\n0\r\n\r\n"s},
      {"extension with a control character", "3;\x01\r\nabc\r\n0\r\n\r\n"},
      {"trailer without colon", "0\r\nno colon\r\n\r\n"},
      {"trailer with NUL", "0\r\nX: a\0b\r\n\r\n"s},
      {"JSON instead of chunks", kGoodBody + "\r\n\r\n"},
      {"HTTP instead of chunks", "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"},
  };
  for (const auto& [name, body] : bodies)
    cases.push_back(rejects_wire("chunk "s + name, kChunked + body, "bad_request"));
  cases.push_back(rejects_wire(
      "chunk extension of a megabyte", [] { return kChunked + "3;" + std::string(1'000'000, 'x'); }, "bad_request"));
  cases.push_back(rejects_wire(
      "chunk trailers of a megabyte", [] { return kChunked + "0\r\n" + repeated("X-A: b\r\n", 125'000); },
      "bad_request"));
  cases.push_back(rejects_cut_off("chunk cut off", kChunked + "e\r\n{\"te"));
  cases.push_back(rejects_cut_off("chunk without the last", kChunked + "e\r\n" + kGoodBody + "\r\n"));
  cases.push_back(rejects_cut_off("chunk trailers cut off", kChunked + "e\r\n" + kGoodBody + "\r\n0\r\nX: "));
  cases.push_back(answers_wire(
      "chunk of each byte",
      [] {
        std::string wire = kChunked;
        for (const char byte : kGoodBody) wire += "1\r\n"s + byte + "\r\n";
        return wire + "0\r\n\r\n";
      },
      200, kPositive));
  cases.push_back(answers_wire("chunk size with zeros before",
                               kChunked + "000000E\r\n" + kGoodBody + "\r\n0000\r\n\r\n", 200, kPositive));
  cases.push_back(
      answers_wire("chunk extensions", kChunked + "e;a=b;c=\"d\"\r\n" + kGoodBody + "\r\n0;x\r\n\r\n", 200, kPositive));
  // Trailers must not change how the request is read.
  cases.push_back(answers_wire("chunk trailers of another type",
                               kChunked + "e\r\n" + kGoodBody + "\r\n0\r\nContent-Type: text/html\r\nHost: b\r\n\r\n",
                               200, kPositive));
  cases.push_back(rejects_wire("chunk trailers with a length",
                               kChunked + "e\r\n" + kGoodBody + "\r\n0\r\nContent-Length: 3\r\n\r\n", "bad_request"));
  cases.push_back(rejects_wire("chunk trailers with a coding",
                               kChunked + "e\r\n" + kGoodBody + "\r\n0\r\nTransfer-Encoding: gzip\r\n\r\n",
                               "bad_request"));
  cases.push_back(rejects_wire("chunks of nothing", kChunked + "0\r\n\r\n", "broken_json"));
}

void add_wrong_lengths(HttpCases& cases) {
  cases.push_back({"length too short", [](TenorServer& server) {
                     Client client(server.port());
                     ASSERT_TRUE(client.send(kHead + "Content-Length: 10\r\n\r\n" + kGoodBody));
                     const auto first = client.receive();
                     ASSERT_TRUE(first);
                     expect_problem(*first, "broken_json");
                     client.finish_sending();
                     const auto second = client.receive();  // the rest of the body is no request
                     ASSERT_TRUE(second);
                     expect_problem(*second, "bad_request");
                     EXPECT_FALSE(client.receive());
                   }});
  cases.push_back(rejects_cut_off("length too long", kHead + "Content-Length: 15\r\n\r\n" + kGoodBody));
  cases.push_back(rejects_cut_off("length far too long", kHead + "Content-Length: 8000000\r\n\r\n" + kGoodBody));
  cases.push_back(rejects_wire("length zero", kHead + "Content-Length: 0\r\n\r\n", "broken_json"));
  cases.push_back(rejects_wire("length missing", kHead + "\r\n", "broken_json"));
}

// The connection goes on reading, so that the client hears its refusal, but keeps nothing.
void expect_refused_without_memory(TenorServer& server, const std::string& head, const std::string& piece, int pieces) {
  constexpr std::size_t kMost = 48'000'000;
  const Memory before = server.memory();
  Client client(server.port());
  std::thread sender([&] {
    bool taken = client.send(head);
    for (int i = 0; i < pieces && taken; ++i) taken = client.send(piece);
  });
  const auto answer = client.receive();
  expect_good_service(server.port());
  sender.join();
  ASSERT_TRUE(answer);
  expect_problem(*answer, "body_too_large");
  if (memory_tells()) {
    EXPECT_LT(server.memory().highest, before.highest + kMost);
  }
}

void add_beyond_the_limit(HttpCases& cases) {
  cases.push_back({"body of 100 MB", [](TenorServer& server) {
                     expect_refused_without_memory(server, kHead + "Content-Length: 100000000\r\n\r\n",
                                                   std::string(100'000, ' '), 1000);
                   }});
  cases.push_back({"body of 100 MB in chunks", [](TenorServer& server) {
                     expect_refused_without_memory(server, kChunked, "186a0\r\n" + std::string(100'000, ' ') + "\r\n",
                                                   1000);
                   }});
  cases.push_back({"body of 100 MB in one chunk", [](TenorServer& server) {
                     expect_refused_without_memory(server, kChunked + "5f5e100\r\n", std::string(100'000, ' '), 1000);
                   }});
  cases.push_back(
      rejects_wire("body announced of 100 MB", kHead + "Content-Length: 104857600\r\n\r\n", "body_too_large"));
  cases.push_back(
      rejects_wire("body announced of 2^63", kHead + "Content-Length: 9223372036854775808\r\n\r\n", "body_too_large"));
  cases.push_back(rejects_wire("body announced of 2^64-1", kHead + "Content-Length: 18446744073709551615\r\n\r\n",
                               "body_too_large"));
  cases.push_back(rejects_wire("chunk announced of 2^63", kChunked + "7FFFFFFFFFFFFFFF\r\n", "body_too_large"));
  cases.push_back(
      rejects_wire("body beyond the limit by a byte", kHead + "Content-Length: 8388609\r\n\r\n", "body_too_large"));
  cases.push_back(rejects_wire("body beyond the limit where none belongs",
                               "GET /info HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n", "body_too_large"));
  cases.push_back(answers_wire(
      "body of exactly the limit",
      [] { return http::post("/predict", kGoodBody + std::string(8'388'608 - kGoodBody.size(), ' ')); }, 200,
      kPositive));
}

}  // namespace

HttpCases framing_cases() {
  HttpCases cases;
  add_lengths(cases);
  add_encodings(cases);
  add_chunks(cases);
  add_wrong_lengths(cases);
  add_beyond_the_limit(cases);
  return cases;
}

}  // namespace tenor::hostile
