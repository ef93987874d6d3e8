// MLPerf's inference scenarios (Reddi et al. 2020: "MLPerf inference benchmark") against an HTTP server.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "pace.h"

namespace tenor::bench {

struct Load {
  boost::asio::ip::tcp::endpoint server;
  std::vector<std::string> wires;  // requests, each of `texts_in_one` texts; drawn at random
  std::size_t texts_in_one = 1;
  double seconds = 10;
  std::uint64_t seed = 1;
};

struct Latency {
  Clock::time_point due;  // when the request arrived, whether or not it could be sent at once
  double ms = 0;          // from then to its answer
};

struct Outcomes {
  Clock::time_point begin, end;   // the first arrival and the last answer
  std::vector<Latency> answered;  // status 200
  std::vector<Latency> refused;   // status 429
  std::size_t failed = 0;         // others, and connections that broke
  std::size_t connections = 0;    // most at once
};

// One connection after the other's answer: what a single client sees with one in flight ("single stream"), and with
// many what the server can do at most ("offline").
Outcomes run_closed(const Load& load, std::size_t in_flight);

// Requests arrive at random (Poisson) whether or not earlier ones are answered, each on an idle connection or a new
// one: the "server" scenario. A slow server cannot slow the clients down, so its queue is not hidden.
Outcomes run_open(const Load& load, double requests_per_second);

// Of requests that were due outside of `disturbances`. 0 <= share <= 1; 0 where there are none.
double quantile_ms(const std::vector<Latency>& latencies, double share, const Disturbances& disturbances = {});

}  // namespace tenor::bench
