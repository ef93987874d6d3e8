// tenor_serving_bench: one scenario against a running server; see bench/serving/run.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cmath>
#include <exception>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "client.h"
#include "load.h"

namespace {

using namespace tenor::bench;

struct Settings {
  std::uint16_t port = 8080;
  std::string bodies;
  std::string scenario = "server";
  std::string path = "/predict";
  std::size_t in_flight = 16;
  std::size_t texts = 64;
  double rate = 100;
  double seconds = 10;
  double limit_ms = 25;
  std::uint64_t seed = 1;
};

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  if (lines.empty()) throw CLI::FileError("expected lines of {\"text\": ...} in " + path + ", found none");
  return lines;
}

// {"text": "…"} -> "…"
std::string text_of(const std::string& body) {
  const auto begin = body.find(':'), end = body.rfind('}');
  if (begin == std::string::npos || end == std::string::npos)
    throw CLI::FileError("expected {\"text\": ...}, found " + body);
  return body.substr(begin + 1, end - begin - 1);
}

std::vector<std::string> batches(const std::vector<std::string>& bodies, std::size_t texts) {
  std::vector<std::string> wires;
  for (std::size_t i = 0; i + texts <= bodies.size(); i += texts) {
    std::string json = "{\"texts\":[";
    for (std::size_t t = 0; t < texts; ++t) json += (t > 0 ? "," : "") + text_of(bodies[i + t]);
    wires.push_back(post("/predict_batch", json + "]}"));
  }
  if (wires.empty()) throw CLI::FileError("expected at least " + std::to_string(texts) + " lines");
  return wires;
}

Outcomes run(const Settings& settings, Load& load) {
  load.server = {boost::asio::ip::make_address("127.0.0.1"), settings.port};
  load.seconds = settings.seconds;
  load.seed = settings.seed;
  const auto bodies = read_lines(settings.bodies);
  if (settings.scenario == "offline") {
    load.texts_in_one = settings.texts;
    load.wires = batches(bodies, settings.texts);
    return run_closed(load, settings.in_flight);
  }
  for (const auto& body : bodies) load.wires.push_back(post(settings.path, body));
  return settings.scenario == "single"   ? run_closed(load, 1)
         : settings.scenario == "closed" ? run_closed(load, settings.in_flight)
                                         : run_open(load, settings.rate);
}

// What is undisturbed is the machine's own time; the rest is told as well.
void print(const Settings& settings, const Outcomes& out, const Pace& pace, std::size_t texts_in_one) {
  const auto& disturbed = pace.disturbances;
  const auto undisturbed = [&](const std::vector<Latency>& latencies) {
    return static_cast<double>(std::count_if(latencies.begin(), latencies.end(),
                                             [&](const Latency& latency) { return !disturbed.at(latency.due); }));
  };
  const auto share = [](double part, double rest) { return part > 0 ? part / (part + rest) : 0; };
  // No exponents, which the scripts do not read.
  const auto short_number = [](double value) { return std::round(value * 1e4) / 1e4; };
  const auto answered = static_cast<double>(out.answered.size()), refused = static_cast<double>(out.refused.size()),
             steady_answered = undisturbed(out.answered), steady_refused = undisturbed(out.refused),
             in_time = static_cast<double>(std::count_if(
                 out.answered.begin(), out.answered.end(),
                 [&](const Latency&latency) { return !disturbed.at(latency.due) && latency.ms <= settings.limit_ms; })),
             texts = static_cast<double>(texts_in_one),
             seconds = std::chrono::duration<double>(out.end - out.begin).count(),
             disturbed_share = disturbed.share(out.begin, out.end), steady_seconds = seconds * (1 - disturbed_share);
  const nlohmann::ordered_json line = {
      {"scenario", settings.scenario},
      {"requests", out.answered.size() + out.refused.size() + out.failed},
      {"failed", out.failed},
      {"connections", out.connections},
      {"disturbed_share", short_number(disturbed_share)},
      {"all_texts_per_second", short_number(answered * texts / seconds)},
      {"all_p50_ms", short_number(quantile_ms(out.answered, 0.5))},
      {"all_p99_ms", short_number(quantile_ms(out.answered, 0.99))},
      {"all_refused_share", short_number(share(refused, answered))},
      {"all_refused_p99_ms", short_number(quantile_ms(out.refused, 0.99))},
      {"texts_per_second", short_number(steady_seconds > 0 ? steady_answered * texts / steady_seconds : 0)},
      {"p50_ms", short_number(quantile_ms(out.answered, 0.5, disturbed))},
      {"p99_ms", short_number(quantile_ms(out.answered, 0.99, disturbed))},
      {"refused_share", short_number(share(steady_refused, steady_answered))},
      {"refused_p99_ms", short_number(quantile_ms(out.refused, 0.99, disturbed))},
      {"late_share", short_number(share(steady_answered + steady_refused - in_time, in_time))},
      {"client_processors", short_number(pace.processors_used)}};
  std::cout << line.dump() << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("One scenario of load against a tenor server on this machine; a line of JSON out");
  Settings settings;
  app.add_option("--port", settings.port, "Of the server")->required();
  app.add_option("--bodies", settings.bodies, "File of {\"text\": ...} lines")->required();
  app.add_option("--scenario", settings.scenario,
                 "single: one request in flight; closed: --in-flight of them; "
                 "offline: batches of --texts; server: Poisson arrivals at --rate")
      ->check(CLI::IsMember({"single", "closed", "offline", "server"}));
  app.add_option("--path", settings.path, "To which bodies are posted; offline: always /predict_batch")
      ->capture_default_str();
  app.add_option("--in-flight", settings.in_flight, "Requests at once, closed and offline")->capture_default_str();
  app.add_option("--texts", settings.texts, "In a request, offline")->capture_default_str();
  app.add_option("--rate", settings.rate, "Requests a second, server")->capture_default_str();
  app.add_option("--seconds", settings.seconds, "Of the load")->capture_default_str();
  app.add_option("--limit-ms", settings.limit_ms, "Answers that take longer, and refusals, are counted as late")
      ->capture_default_str();
  app.add_option("--seed", settings.seed, "Of arrivals and texts")->capture_default_str();
  try {
    app.parse(argc, argv);
    Load load;
    PaceProbe pace;
    const Outcomes out = run(settings, load);
    print(settings, out, pace.stop(), load.texts_in_one);
  } catch (const CLI::Error& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::cerr << "tenor_serving_bench: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
