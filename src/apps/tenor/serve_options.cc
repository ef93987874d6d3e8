#include "apps/tenor/serve_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

#include "devices/cpu_sampler.h"
#include "devices/pinning.h"

namespace tenor::cli {

namespace {

constexpr std::size_t kMostThreads = 1024;
constexpr std::size_t kQueueTokens = 2048;  // a worker: some 25 ms of a small encoder
constexpr std::size_t kMostQueueTokens = 1'000'000'000;

void add_seconds(CLI::App& command, const std::string& flag, std::chrono::milliseconds& value,
                 const std::string& description) {
  command
      .add_option_function<double>(
          flag, [&value](double seconds) { value = std::chrono::milliseconds(static_cast<long>(seconds * 1000)); },
          description)
      ->check(CLI::Range(0.001, 86400.0).description(""))
      ->type_name("SECONDS")
      ->default_str(std::to_string(value.count() / 1000));
}

void add_bytes(CLI::App& command, const std::string& flag, std::size_t& value, const std::string& description) {
  command.add_option(flag, value, description)
      ->transform(CLI::AsSizeValue(false).description(""))
      ->check(CLI::Range(std::size_t{256}, std::size_t{1} << 31).description(""))
      ->type_name("SIZE")
      ->default_str(std::to_string(value >> 10) + "KiB");
}

void add_count(CLI::App& command, const std::string& flag, std::size_t& value, const std::string& description,
               std::size_t most = 1'000'000'000) {
  command.add_option(flag, value, description)
      ->check(CLI::Range(std::size_t{1}, most).description(""))
      ->type_name("N")
      ->capture_default_str();
}

void add_batching(CLI::App& command, ServeOptions& options) {
  auto& batching = options.server.batching;
  add_count(command, "--workers", batching.workers, "Threads for all other texts", kMostThreads);
  command
      .add_option("--pin-workers", options.pinning,
                  "Where they stay: cores, nodes (NUMA), off, or auto: nodes if there are several")
      ->check(CLI::IsMember({"auto", "off", "nodes", "cores"}).description(""))
      ->type_name("HOW")
      ->capture_default_str();
  add_count(command, "--batch-tokens", batching.batch.batch_tokens,
            "Texts that wait are scored together up to so many");
  command
      .add_option("--max-wait-us", batching.batch.max_wait_us,
                  "A text may wait so long for company while a worker is idle")
      ->check(CLI::Range(0.0, 1e6).description(""))
      ->type_name("MICROSECONDS")
      ->capture_default_str();
  command
      .add_option("--queue-tokens", options.queue_tokens,
                  "Of texts that wait, more are refused with 429; 0: " + std::to_string(kQueueTokens) + " a worker")
      ->check(CLI::Range(std::size_t{0}, kMostQueueTokens).description(""))
      ->type_name("N")
      ->capture_default_str();
  add_count(command, "--bulk-queue-tokens", batching.admission.queue_tokens[1], "The same for bulk requests",
            kMostQueueTokens);
  command
      .add_option("--queue-target-ms", options.queue_target_ms,
                  "Where requests wait longer for five times as long, bulk is refused with 429; then who would wait "
                  "longer; 0: off")
      ->check(CLI::Range(0.0, 3'600'000.0).description(""))
      ->type_name("MILLISECONDS")
      ->capture_default_str();
  command.add_flag("--abort-on-close", options.server.abort_on_close,
                   "Drop waiting requests of clients that have closed their side of the connection");
}

void add_limits(CLI::App& command, http::Limits& limits) {
  add_bytes(command, "--max-body", limits.max_body, "Largest body of a request");
  add_bytes(command, "--max-header", limits.max_header, "Largest head of a request");
  add_bytes(command, "--max-answer", limits.max_answer, "Largest body of an answer");
  add_bytes(command, "--max-buffered", limits.max_buffered, "Large bodies and answers of all clients together");
  add_bytes(command, "--max-text", limits.max_text, "Largest text");
  add_count(command, "--max-texts", limits.max_texts, "Texts in a request");
  add_count(command, "--max-connections", limits.max_connections, "Clients at once");
  add_count(command, "--max-queue", limits.max_queue, "Large requests worked on or waiting");
  add_seconds(command, "--header-timeout", limits.header_timeout, "For a request's head to arrive");
  add_seconds(command, "--body-timeout", limits.body_timeout, "For a request's body to arrive");
  add_seconds(command, "--idle-timeout", limits.idle_timeout, "Between requests of a client");
  add_seconds(command, "--write-timeout", limits.write_timeout, "For a client to take an answer");
}

// A container's quota may be far less than the machine.
std::size_t usable_processors() {
  const auto allowed = static_cast<double>(devices::allowed_cpus().size());
  const double limit = devices::read_group_limits({}).cpus.value_or(allowed);
  return static_cast<std::size_t>(std::max(1.0, std::ceil(std::min(allowed, limit))));
}

}  // namespace

http::LiveOptions live_options(const ServeOptions& options) {
  return {options.security.cors_origins, options.slow_ms / 1000};
}

std::size_t queue_tokens(const ServeOptions& options) {
  return options.queue_tokens > 0 ? options.queue_tokens : kQueueTokens * options.server.batching.workers;
}

void add_serve_flags(CLI::App& command, ServeOptions& options) {
  auto& server = options.server;
  server.threads = server.batching.workers = usable_processors();
  command
      .add_option("-m,--model", options.models,
                  "Bundle folder (repeatable), or zh, en, zh-open; default: zh and en, which are built in")
      ->type_name("DIR");
  command
      .add_option("--repository", options.repository,
                  "Serve the newest versions of all models in DIR/NAME/VERSION, and take new ones as they come")
      ->type_name("DIR")
      ->excludes("--model");
  command
      .add_option("--config", options.config,
                  "Serve the models and the rollout of a file; tenor check-config --help has its fields")
      ->type_name("FILE")
      ->excludes("--model")
      ->excludes("--repository");
  command.add_flag("--admin", server.admin,
                   "Let requests load and unload models of the repository, and steer a rollout");
  add_encoder_flags(command, options.served.encoder);
  add_cache_flag(command, options.cache_megabytes);
  command.add_option("--host", server.host, "Address to listen at; 0.0.0.0: all networks")->capture_default_str();
  command.add_option("-p,--port", server.port, "Port to listen at; 0: any free one")->capture_default_str();
  command
      .add_option("--agent-port", server.agent_port,
                  "Answer HAProxy's agent-check at this port; 0: any free one; default: not at all")
      ->type_name("PORT");
  add_count(command, "-t,--threads", server.threads, "Threads for connections and texts of microseconds", kMostThreads);
  add_batching(command, options);
  add_limits(command, server.limits);
  add_security_flags(command, options.security);
  command
      .add_option("--drift-window", options.served.drift_window_seconds,
                  "Texts of so many seconds are compared with the model's drift reference")
      ->check(CLI::Range(std::int64_t{60}, std::int64_t{30} * 86400).description(""))
      ->type_name("SECONDS")
      ->capture_default_str();
  command.add_option("--drain-seconds", options.drain_seconds, "Time to answer what is in flight when stopped")
      ->check(CLI::Range(0.0, 3600.0).description(""))
      ->type_name("SECONDS")
      ->capture_default_str();
  command.add_option("--slow-ms", options.slow_ms, "Requests that take so long are remembered for GET /debug/slow")
      ->check(CLI::Range(0.0, 86'400'000.0).description(""))
      ->type_name("MILLISECONDS")
      ->capture_default_str();
  command.add_option("--log-format", options.log_format, "Of what is written to standard error")
      ->transform(CLI::CheckedTransformer(
                      std::map<std::string, LogFormat>{{"text", LogFormat::text}, {"json", LogFormat::json}})
                      .description(""))
      ->type_name("text|json")
      ->default_str("text");
  command.add_option("--log-level", options.log_level, "Of the server's own lines on standard error")
      ->transform(CLI::CheckedTransformer(std::map<std::string, LogLevel>{{"info", LogLevel::info},
                                                                          {"warning", LogLevel::warning},
                                                                          {"error", LogLevel::error}})
                      .description(""))
      ->type_name("info|warning|error")
      ->default_str("info");
  command.add_flag("--access-log", options.access_log, "Log every request on standard error (never its text)");
  command.add_flag("-q,--quiet", options.quiet, "Say nothing but errors");
}

}  // namespace tenor::cli
