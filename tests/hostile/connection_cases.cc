// Connections that are opened, filled, shared and left in every wrong way.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "http_case.h"

namespace tenor::hostile {

namespace {

using http::Client;
using http::post;

const std::string kGoodRequest = post("/predict", R"({"text":"好"})");
const std::string kNegative = post("/predict", R"({"text":"差"})");

// Sends what the sockets take at once and resets the connection.
void send_and_reset(std::uint16_t port, const std::string& bytes) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    if (!bytes.empty()) ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    const linger now{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  ::close(socket);
}

void expect_label(Client& client, const char* label) {
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  expect_members(*answer, {{"label", label}});
}

// More than may wait is refused at once; what was let in is answered.
void expect_labels_or_refusals(const std::vector<std::unique_ptr<Client>>& clients, const char* label) {
  std::size_t refused = 0;
  for (const auto& client : clients) {
    const auto answer = client->receive();
    ASSERT_TRUE(answer);
    if (answer->status == 429) {
      ++refused;
      expect_problem(*answer, "too_busy");
      EXPECT_TRUE(answer->headers.contains("retry-after"));
    } else {
      EXPECT_EQ(answer->status, 200);
      expect_members(*answer, {{"label", label}});
    }
  }
  EXPECT_LT(refused, clients.size());
}

void expect_next_problem(Client& client, const char* code) {
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  expect_problem(*answer, code);
}

void add_pipelines(HttpCases& cases) {
  cases.push_back({"pipeline good, bad JSON, good", [](TenorServer& server) {
                     Client client(server.port());
                     ASSERT_TRUE(
                         client.send(kGoodRequest + post("/predict", "{") + post("/predict", "{}") + kNegative));
                     expect_label(client, "positive");
                     expect_next_problem(client, "broken_json");
                     expect_next_problem(client, "missing_field");
                     expect_label(client, "negative");
                   }});
  cases.push_back({"pipeline good, no HTTP, good", [](TenorServer& server) {
                     Client client(server.port());
                     ASSERT_TRUE(client.send(kGoodRequest + "broken\r\n\r\n" + kNegative));
                     expect_label(client, "positive");
                     expect_next_problem(client, "bad_request");
                     EXPECT_FALSE(client.receive());
                   }});
  cases.push_back({"pipeline good, large and bad, good", [](TenorServer& server) {
                     Client client(server.port());
                     const auto large = post("/predict_batch", "{\"texts\":[" + repeated("\"好\",", 5'000));
                     ASSERT_TRUE(client.send(kGoodRequest + large + kNegative + large + kGoodRequest));
                     expect_label(client, "positive");
                     expect_next_problem(client, "broken_json");
                     expect_label(client, "negative");
                     expect_next_problem(client, "broken_json");
                     expect_label(client, "positive");
                   }});
  cases.push_back({"pipeline of 2000 bad requests", [](TenorServer& server) {
                     Client client(server.port());
                     std::thread sender([&] { client.send(repeated(post("/predict", "{"), 2'000) + kGoodRequest); });
                     for (int i = 0; i < 2'000; ++i) expect_next_problem(client, "broken_json");
                     expect_label(client, "positive");
                     sender.join();
                   }});
  cases.push_back({"pipeline behind Connection: close", [](TenorServer& server) {
                     Client client(server.port());
                     const auto last = post("/predict", R"({"text":"好"})", "Connection: close\r\n");
                     ASSERT_TRUE(client.send(last + kNegative));
                     expect_label(client, "positive");
                     EXPECT_FALSE(client.receive());
                   }});
  cases.push_back({"pipeline byte by byte with a bad end", [](TenorServer& server) {
                     Client client(server.port());
                     for (const char byte : kGoodRequest + "X\x01") client.send({&byte, 1});
                     expect_label(client, "positive");
                     expect_next_problem(client, "bad_request");
                   }});
}

void add_ends(HttpCases& cases) {
  cases.push_back(rejects_cut_off("end in the request line", "GET /in"));
  cases.push_back(rejects_cut_off("end in the head", "GET /info HTTP/1.1\r\nHost: a\r\n"));
  cases.push_back(
      rejects_cut_off("end in the body", "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"));
  cases.push_back({"end before anything", [](TenorServer& server) {
                     Client client(server.port());
                     client.finish_sending();
                     EXPECT_FALSE(client.receive());
                   }});
  cases.push_back({"end of sending behind a request", [](TenorServer& server) {
                     Client client(server.port());
                     ASSERT_TRUE(client.send(kGoodRequest));
                     client.finish_sending();
                     expect_label(client, "positive");
                     EXPECT_FALSE(client.receive());
                   }});
  cases.push_back({"1000 connections opened and closed", [](TenorServer& server) {
                     for (int i = 0; i < 1'000; ++i) Client client(server.port());
                   }});
  cases.push_back({"1000 connections reset", [](TenorServer& server) {
                     for (int i = 0; i < 1'000; ++i) send_and_reset(server.port(), "");
                   }});
  cases.push_back({"500 resets inside the head", [](TenorServer& server) {
                     for (int i = 0; i < 500; ++i) send_and_reset(server.port(), "POST /predict HTTP/1.1\r\nHost:");
                   }});
  cases.push_back({"500 resets before the answer", [](TenorServer& server) {
                     for (int i = 0; i < 500; ++i) send_and_reset(server.port(), kGoodRequest);
                   }});
  cases.push_back({"20 resets while a worker scores", [](TenorServer& server) {
                     const auto large = post("/predict", "{\"text\":\"" + repeated("好", 300'000) + "\"}");
                     for (int i = 0; i < 20; ++i) send_and_reset(server.port(), large);
                   }});
  cases.push_back({"20 clients gone before a large answer", [](TenorServer& server) {
                     const auto large = post("/predict_batch", "{\"texts\":[\"好\"" + repeated(",\"好\"", 999) + "]}");
                     for (int i = 0; i < 20; ++i) Client(server.port()).send(large);
                   }});
}

void add_crowds(HttpCases& cases) {
  cases.push_back({"500 silent connections", [](TenorServer& server) {
                     std::vector<std::unique_ptr<Client>> silent;
                     for (int i = 0; i < 500; ++i) silent.push_back(std::make_unique<Client>(server.port()));
                     expect_good_service(server.port());
                     expect_good_service(*silent.back());
                   }});
  cases.push_back({"300 connections with half a request", [](TenorServer& server) {
                     std::vector<std::unique_ptr<Client>> half;
                     for (int i = 0; i < 300; ++i) {
                       half.push_back(std::make_unique<Client>(server.port()));
                       half.back()->send(kGoodRequest.substr(0, kGoodRequest.size() / 2));
                     }
                     expect_good_service(server.port());
                     for (auto& client : half) {
                       client->send(kGoodRequest.substr(kGoodRequest.size() / 2));
                       expect_label(*client, "positive");
                     }
                   }});
  cases.push_back({"large requests of many at once", [](TenorServer& server) {
                     const auto large = post("/predict", "{\"text\":\"" + repeated("好", 100'000) + "\"}");
                     std::vector<std::unique_ptr<Client>> clients;
                     for (int i = 0; i < 30; ++i) {
                       clients.push_back(std::make_unique<Client>(server.port()));
                       ASSERT_TRUE(clients.back()->send(large));
                     }
                     expect_good_service(server.port());
                     expect_labels_or_refusals(clients, "positive");
                   }});
}

}  // namespace

HttpCases connection_cases() {
  HttpCases cases;
  add_pipelines(cases);
  add_ends(cases);
  add_crowds(cases);
  return cases;
}

}  // namespace tenor::hostile
