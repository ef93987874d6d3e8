#include "http/request_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tenor::http {
namespace {

using Progress = RequestReader::Progress;

Limits small_limits() {
  Limits limits;
  limits.max_body = 100;
  limits.max_header = 400;
  return limits;
}

struct Reading {
  Progress last = Progress::need_more;
  std::string rest;  // what was not consumed
  std::vector<std::string> bodies;
};

// Feeds `wire` in pieces of `piece` bytes until a request fails or the bytes end.
Reading feed(RequestReader& reader, const std::string& wire, std::size_t piece = 1u << 20) {
  Reading result;
  for (std::size_t begin = 0; begin < wire.size(); begin += piece) {
    result.rest += wire.substr(begin, piece);
    for (bool more = true; more;) {
      std::size_t consumed = 0;
      result.last = reader.read(result.rest, consumed);
      result.rest.erase(0, consumed);
      if (result.last == Progress::failed) return result;
      if (result.last == Progress::complete) {
        result.bodies.emplace_back(reader.head().path + ":" + std::string(reader.body()));
        reader.reset();
      }
      more = result.last != Progress::need_more;
    }
  }
  return result;
}

const std::string kPost = "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
const std::string kChunked =
    "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nContent-Type: "
    "text/evil\r\n\r\n";

const std::string kEmptyChunked = "POST /e HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";

TEST(RequestReader, ReadsRequestsInAnyPieces) {
  const auto wire = kPost + "\r\n\r\nGET /x?q=1 HTTP/1.1\r\nHost: a\r\n\r\n" + kChunked + kPost + kEmptyChunked;
  for (std::size_t piece = 1; piece < 40; ++piece) {
    RequestReader reader(small_limits());
    const auto result = feed(reader, wire, piece);
    EXPECT_EQ(result.last, Progress::need_more);
    EXPECT_EQ(result.rest, "");
    EXPECT_THAT(result.bodies, testing::ElementsAre("/predict:hello", "/x:", "/c:hello", "/predict:hello", "/e:"))
        << piece;
  }
}

TEST(RequestReader, KeepsWhatMattersOfTheHead) {
  RequestReader reader(small_limits());
  std::size_t consumed = 0;
  const std::string wire =
      "POST /p HTTP/1.1\r\nhost: a\r\nCONTENT-TYPE: application/json\r\nx-request-id: abc-1\r\nExpect: "
      "100-Continue\r\nConnection: close\r\nContent-Length: 3\r\n\r\n";
  EXPECT_EQ(reader.read(wire, consumed), Progress::head);
  EXPECT_EQ(consumed, wire.size());
  EXPECT_TRUE(reader.head_done());
  const auto& head = reader.head();
  EXPECT_EQ(head.method, Method::post);
  EXPECT_EQ(head.content_type, "application/json");
  EXPECT_EQ(head.content_encoding, std::nullopt);
  EXPECT_EQ(head.request_id, "abc-1");
  EXPECT_TRUE(head.expect_continue);
  EXPECT_FALSE(head.keep_alive);
  EXPECT_FALSE(head.http_1_0);
}

TEST(RequestReader, TrailersDoNotChangeTheHead) {
  RequestReader reader(small_limits());
  std::size_t consumed = 0;
  std::string rest = kChunked;
  Progress progress = Progress::need_more;
  do {
    progress = reader.read(rest, consumed);
    rest.erase(0, consumed);
  } while (progress == Progress::head);
  EXPECT_EQ(progress, Progress::complete);
  EXPECT_EQ(reader.head().content_type, std::nullopt);
}

TEST(RequestReader, VersionsDecideOnKeepAlive) {
  const auto keeps = [](const std::string& wire) {
    RequestReader reader(small_limits());
    std::size_t consumed = 0;
    EXPECT_EQ(reader.read(wire, consumed), Progress::complete) << wire;
    return reader.head().keep_alive;
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(RequestReader, PathsLoseQueryAndAuthority) {
  const auto path = [](const std::string& target) {
    RequestReader reader(small_limits());
    std::size_t consumed = 0;
    EXPECT_EQ(reader.read("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n", consumed), Progress::complete);
    return reader.head().path;
  };
  EXPECT_EQ(path("/info?x=/y"), "/info");
  EXPECT_EQ(path("http://host:80/info?x"), "/info");
  EXPECT_EQ(path("http://host"), "/");
  EXPECT_EQ(path("/a://b"), "/a://b");
  EXPECT_EQ(path("*"), "*");
}

FaultCode failure(const std::string& wire, std::size_t piece = 1u << 20) {
  RequestReader reader(small_limits());
  const auto result = feed(reader, wire, piece);
  EXPECT_EQ(result.last, Progress::failed) << wire.substr(0, 100);
  return result.last == Progress::failed ? reader.fault().code : FaultCode::internal_error;
}

TEST(RequestReader, BrokenRequestsAreBadRequests) {
  const std::string get = "GET / HTTP/1.1\r\n";
  for (const std::string& wire : {std::string("\x16\x03\x01\x02 tls hello\r\n\r\n"),
                                  std::string("GET /\r\n\r\n"),
                                  std::string("GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
                                  std::string("GET / HTTP/1.1\nHost: a\n\n"),
                                  std::string("GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n"),
                                  get + "Host a\r\n\r\n",
                                  get + "Host : a\r\n\r\n",
                                  get + "Ho\x01st: a\r\n\r\n",
                                  get + "\r\n",
                                  get + "Host: a\r\nHost: b\r\n\r\n",
                                  get + "Host: a\r\nContent-Length: -1\r\n\r\n",
                                  get + "Host: a\r\nContent-Length: x\r\n\r\n",
                                  get + "Host: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                                  get + "Host: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
                                  get + "Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
                                  get + "Host: a\r\nTransfer-Encoding: gzip\r\n\r\n",
                                  get + "Host: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
                                  get + "Host: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                                  get + "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcde\r\n",
                                  get + std::string("X: a\0b\r\n\r\n", 10)}) {
    EXPECT_EQ(failure(wire), FaultCode::bad_request) << wire;
  }
}

TEST(RequestReader, LimitsHoldHoweverTheBytesCome) {
  const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n";
  std::string many;
  for (int i = 0; i < 100; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
    EXPECT_EQ(failure(get + "X: " + std::string(1000, 'y') + "\r\n\r\n", piece), FaultCode::header_too_large);
    EXPECT_EQ(failure(get + many + "\r\n", piece), FaultCode::header_too_large);
    EXPECT_EQ(failure("GET /" + std::string(1000, 'y'), piece), FaultCode::header_too_large);
    EXPECT_EQ(failure("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", piece), FaultCode::body_too_large);
    EXPECT_EQ(failure("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000000\r\n\r\n", piece),
              FaultCode::body_too_large);
    std::string chunks = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 11; ++i) chunks += "a\r\n0123456789\r\n";
    EXPECT_EQ(failure(chunks, piece), FaultCode::body_too_large);
    EXPECT_EQ(
        failure("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(2000, 'x'), piece),
        FaultCode::bad_request);
  }
}

TEST(RequestReader, AHeadOfExactlyTheLimitPasses) {
  std::string wire = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  wire += std::string(400 - wire.size() - 4, 'y') + "\r\n\r\n";
  ASSERT_EQ(wire.size(), 400u);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{400}}) {
    RequestReader reader(small_limits());
    EXPECT_EQ(feed(reader, wire, piece).bodies.size(), 1u);
  }
  wire.insert(wire.size() - 4, "y");
  EXPECT_EQ(failure(wire), FaultCode::header_too_large);
}

}  // namespace
}  // namespace tenor::http
