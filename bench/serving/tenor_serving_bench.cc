// tenor_serving_bench: one scenario against a running server; see bench/serving/run.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <boost/asio/ip/address.hpp>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
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

// Of this process, in user and kernel mode.
double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
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
  app.add_option("--seed", settings.seed, "Of arrivals and texts")->capture_default_str();
  try {
    app.parse(argc, argv);
    Load load;
    const double before = processor_seconds();
    Outcomes out = run(settings, load);
    const double busy = processor_seconds() - before;
    const auto answered = static_cast<double>(out.answered_ms.size()),
               refused = static_cast<double>(out.refused_ms.size());
    const double all = answered + refused + static_cast<double>(out.failed);
    std::printf(
        "{\"scenario\":\"%s\",\"texts_per_second\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"requests\":%.0f,"
        "\"refused_share\":%.4f,\"refused_p99_ms\":%.3f,\"failed\":%zu,\"connections\":%zu,\"client_processors\":%.3f}"
        "\n",
        settings.scenario.c_str(), answered * static_cast<double>(load.texts_in_one) / out.seconds,
        quantile(out.answered_ms, 0.5), quantile(out.answered_ms, 0.99), all, all > 0 ? refused / all : 0,
        quantile(out.refused_ms, 0.99), out.failed, out.connections, busy / out.seconds);
  } catch (const CLI::Error& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::cerr << "tenor_serving_bench: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
