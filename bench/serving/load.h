// MLPerf's inference scenarios (Reddi et al. 2020: "MLPerf inference benchmark") against an HTTP server.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace tenor::bench {

struct Load {
  boost::asio::ip::tcp::endpoint server;
  std::vector<std::string> wires;  // requests, each of `texts_in_one` texts; drawn at random
  std::size_t texts_in_one = 1;
  double seconds = 10;
  std::uint64_t seed = 1;
};

struct Outcomes {
  double seconds = 0;               // from the first arrival to the last answer
  std::vector<double> answered_ms;  // latencies of answers of status 200, from the moment the request was due
  std::vector<double> refused_ms;   // of status 429
  std::size_t failed = 0;           // others, and connections that broke
  std::size_t connections = 0;      // most at once
};

// One connection after the other's answer: what a single client sees with one in flight ("single stream"), and with
// many what the server can do at most ("offline").
Outcomes run_closed(const Load& load, std::size_t in_flight);

// Requests arrive at random (Poisson) whether or not earlier ones are answered, each on an idle connection or a new
// one: the "server" scenario. A slow server cannot slow the clients down, so its queue is not hidden.
Outcomes run_open(const Load& load, double requests_per_second);

// 0 <= share <= 1; 0 where there are none. Sorts.
double quantile(std::vector<double>& values, double share);

}  // namespace tenor::bench
