// Clients that take their time, against a server that gives a second for a head, a body, and an answer to be taken, and
// has room for 150 connections.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "http_case.h"

namespace tenor::hostile {

namespace {

using http::Client;
using http::post;
using std::chrono::milliseconds;

// Sends `piece` again and again, from another thread, until it is destroyed.
class Drip {
 public:
  Drip(Client& client, std::string piece) {
    thread_ = std::thread([this, &client, piece = std::move(piece)] {
      while (!done_ && client.send(piece)) std::this_thread::sleep_for(milliseconds(20));
    });
  }
  ~Drip() {
    done_ = true;
    thread_.join();
  }
  Drip(const Drip&) = delete;
  Drip& operator=(const Drip&) = delete;

 private:
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

// `begin` at once, then `drip` for ever: others are served meanwhile, and in the end the time is over.
HttpCase dripping(std::string name, std::string begin, std::string drip) {
  return {std::move(name), [=](TenorServer& server) {
            Client client(server.port());
            ASSERT_TRUE(client.send(begin));
            const Drip drops(client, drip);
            expect_good_service(server.port());
            const auto answer = client.receive();
            ASSERT_TRUE(answer) << "no answer";
            expect_problem(*answer, "timeout");
            EXPECT_FALSE(client.receive());
          }};
}

// `begin`, then nothing.
HttpCase stalling(std::string name, std::string begin) {
  return {std::move(name), [=](TenorServer& server) {
            Client client(server.port());
            ASSERT_TRUE(client.send(begin));
            expect_good_service(server.port());
            const auto answer = client.receive();
            ASSERT_TRUE(answer) << "no answer";
            expect_problem(*answer, "timeout");
            EXPECT_FALSE(client.receive());
          }};
}

// Requests whose answers are never read.
HttpCase deaf(std::string name, Bytes request) {
  return {std::move(name), [=](TenorServer& server) {
            Client client(server.port());
            const std::string wire = request();
            std::thread sender([&] {
              for (int i = 0; i < 100'000 && client.send(wire); ++i) {
              }
            });
            expect_good_service(server.port());
            sender.join();  // the server has closed the connection; else the client's own limit of ten seconds fails
            while (client.receive()) {
            }
            EXPECT_TRUE(client.closed_by_server());
          }};
}

void add_slow_crowds(HttpCases& cases) {
  cases.push_back({"100 slow clients at once", [](TenorServer& server) {
                     std::vector<std::unique_ptr<Client>> slow;
                     for (int i = 0; i < 100; ++i) {
                       slow.push_back(std::make_unique<Client>(server.port()));
                       slow.back()->send(i % 2 ? "GET / HTTP/1.1\r\nHost: a\r\n"
                                               : kHead + "Content-Length: 99\r\n\r\n{");
                     }
                     expect_good_service(server.port());
                     for (auto& client : slow) {
                       const auto answer = client->receive();
                       ASSERT_TRUE(answer);
                       expect_problem(*answer, "timeout");
                     }
                   }});
  cases.push_back({"more connections than there is room for", [](TenorServer& server) {
                     std::vector<std::unique_ptr<Client>> crowd;
                     for (int i = 0; i < 200; ++i) crowd.push_back(std::make_unique<Client>(server.port()));
                     const auto answer = crowd.back()->receive();
                     ASSERT_TRUE(answer);
                     expect_problem(*answer, "too_busy");
                     EXPECT_EQ(answer->headers.count("retry-after"), 1U);
                     crowd.clear();
                     std::this_thread::sleep_for(milliseconds(300));  // the server hears of the closed ones
                   }});
}

}  // namespace

HttpCases slow_cases() {
  HttpCases cases;
  cases.push_back(dripping("drip of a request line", "G", "E"));
  cases.push_back(dripping("drip of a field", "GET / HTTP/1.1\r\nHost: a\r\nX: ", "y"));
  cases.push_back(dripping("drip of fields", "GET / HTTP/1.1\r\nHost: a\r\n", "X-A: b\r\n"));
  cases.push_back(dripping("drip of a body", kHead + "Content-Length: 100000\r\n\r\n{", " "));
  cases.push_back(dripping("drip of chunks", kHead + "Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"));
  cases.push_back(dripping("drip of a chunk", kHead + "Transfer-Encoding: chunked\r\n\r\nfffff\r\n", " "));
  cases.push_back(dripping("drip of a chunk size", kHead + "Transfer-Encoding: chunked\r\n\r\n", "0"));
  cases.push_back(dripping("drip of a chunk extension", kHead + "Transfer-Encoding: chunked\r\n\r\n1;", "x"));
  cases.push_back(dripping("drip of trailers", kHead + "Transfer-Encoding: chunked\r\n\r\n0\r\n", "X-A: b\r\n"));
  cases.push_back(stalling("stall in the request line", "GET /"));
  cases.push_back(stalling("stall in the head", "GET / HTTP/1.1\r\nHost: a\r\n"));
  cases.push_back(stalling("stall before the body", kHead + "Content-Length: 100\r\n\r\n"));
  cases.push_back(stalling("stall in the body", kHead + "Content-Length: 100\r\n\r\n{"));
  cases.push_back(stalling("stall behind a good body", kHead + "Content-Length: 100\r\n\r\n{\"text\":\"好\"}"));
  cases.push_back({"stall behind 100 Continue", [](TenorServer& server) {
                     Client client(server.port());
                     const auto go_on = client.ask(kHead + "Expect: 100-continue\r\nContent-Length: 9\r\n\r\n");
                     ASSERT_TRUE(go_on);
                     EXPECT_EQ(go_on->status, 100);
                     const auto answer = client.receive();
                     ASSERT_TRUE(answer);
                     expect_problem(*answer, "timeout");
                   }});
  cases.push_back({"silence", [](TenorServer& server) {
                     Client client(server.port());
                     EXPECT_FALSE(client.receive()) << "closed without an answer";
                     EXPECT_TRUE(client.closed_by_server());
                   }});
  cases.push_back({"silence behind an answer", [](TenorServer& server) {
                     Client client(server.port());
                     expect_good_service(client);
                     EXPECT_FALSE(client.receive());
                     EXPECT_TRUE(client.closed_by_server());
                   }});
  cases.push_back({"line ends for ever", [](TenorServer& server) {
                     Client client(server.port());
                     const Drip drops(client, "\r\n");
                     EXPECT_FALSE(client.receive()) << "closed without an answer";
                   }});
  cases.push_back(deaf("answers that nobody reads", repeated(http::get("/openapi.json"), 100)));
  cases.push_back(deaf("large answers that nobody reads",
                       [] { return post("/predict_batch", "{\"texts\":[\"好\"" + repeated(",\"好\"", 999) + "]}"); }));
  cases.push_back(deaf("problems that nobody reads", repeated(post("/predict", "{"), 100)));
  add_slow_crowds(cases);
  return cases;
}

}  // namespace tenor::hostile
