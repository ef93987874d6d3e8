#include "load.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cmath>
#include <memory>

#include "base/random.h"
#include "base/this_thread.h"
#include "client.h"

namespace tenor::bench {

namespace {

double milliseconds(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

// What both kinds of load share: the clients, and what became of their requests.
class Runner {
 public:
  explicit Runner(const Load& load) : load_(load), random_(load.seed) {
    end_ = begin_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(load.seconds));
  }

  Outcomes closed(std::size_t in_flight) {
    for (std::size_t i = 0; i < in_flight; ++i) again(make_client());
    return run();
  }

  Outcomes open(double rate) {
    rate_ = rate;
    due_ = begin_;
    wait_for_arrival();
    return run();
  }

 private:
  using ClientPtr = std::shared_ptr<Client>;

  Outcomes run() {
    take_short_slices();
    context_.run();
    out_.begin = begin_;
    out_.end = last_;
    return std::move(out_);
  }

  ClientPtr make_client() {
    ++out_.connections;
    return std::make_shared<Client>(context_, load_.server);
  }

  const std::string& draw() { return load_.wires[random_.below(load_.wires.size())]; }

  void count(int status, Clock::time_point due) {
    last_ = Clock::now();
    if (status == 200) {
      out_.answered.push_back({due, milliseconds(last_ - due)});
    } else if (status == 429) {
      out_.refused.push_back({due, milliseconds(last_ - due)});
    } else {
      ++out_.failed;
    }
  }

  void again(const ClientPtr& client) {
    const auto now = Clock::now();
    if (now >= end_) return;
    client->ask(draw(), [this, client, now](int status) {
      count(status, now);
      again(client);
    });
  }

  void wait_for_arrival() {
    due_ += std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(-std::log(1 - random_.uniform()) / rate_));
    if (due_ >= end_) {
      idle_.clear();
      return;
    }
    timer_.expires_at(due_);
    timer_.async_wait([this](const boost::system::error_code&) {
      arrive();
      wait_for_arrival();
    });
  }

  void arrive() {
    ClientPtr client;
    if (idle_.empty()) {
      client = make_client();
    } else {
      client = std::move(idle_.back());
      idle_.pop_back();
    }
    Client& asked = *client;
    asked.ask(draw(), [this, client = std::move(client), due = due_](int status) {
      count(status, due);
      idle_.push_back(client);
    });
  }

  const Load& load_;
  Random random_;
  boost::asio::io_context context_{1};
  boost::asio::steady_timer timer_{context_};
  std::vector<ClientPtr> idle_;
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point end_, due_, last_ = begin_;
  double rate_ = 0;
  Outcomes out_;
};

}  // namespace

Outcomes run_closed(const Load& load, std::size_t in_flight) {
  return Runner(load).closed(in_flight);
}

Outcomes run_open(const Load& load, double requests_per_second) {
  return Runner(load).open(requests_per_second);
}

double quantile_ms(const std::vector<Latency>& latencies, double share, const Disturbances& disturbances) {
  std::vector<double> values;
  for (const auto& [due, ms] : latencies)
    if (!disturbances.at(due)) values.push_back(ms);
  if (values.empty()) return 0;
  const auto place = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::min(place, values.size()) - (place > 0 ? 1 : 0));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace tenor::bench
