#include "apps/tenor/serve_command.h"

#include <spdlog/logger.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/tenor/cache_flag.h"
#include "apps/tenor/device_metrics.h"
#include "apps/tenor/drift_watch.h"
#include "apps/tenor/model_source.h"
#include "apps/tenor/serve_log.h"
#include "apps/tenor/serve_signals.h"
#include "apps/tenor/served_models.h"
#include "apps/tenor/server_security.h"
#include "devices/cpu_sampler.h"
#include "devices/monitor.h"
#include "devices/pinning.h"
#include "http/server.h"
#include "http/service.h"
#include "metrics/server_metrics.h"
#include "serving/analyzer.h"

namespace tenor::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kExamples = R"(Examples:
  tenor serve
  tenor serve --host 0.0.0.0 --port 80 --model /var/lib/tenor/zh
  tenor serve --repository /var/lib/tenor/models --admin
  tenor serve --host 0.0.0.0 --keys /etc/tenor/keys --tls-certificate cert.pem --tls-key key.pem
  tenor serve --config /etc/tenor/rollout.yaml
  curl -H 'Content-Type: application/json' -d '{"text":"味道很好"}' http://127.0.0.1:8080/predict
SIGHUP reads keys and certificates again and looks for new models in the repository. SIGTERM and Ctrl-C stop it once what is in flight is answered; a second signal stops it at once.)";

constexpr std::size_t kMostThreads = 1024;
constexpr std::size_t kQueueTokens = 2048;  // a worker: some 25 ms of a small encoder
constexpr std::size_t kMostQueueTokens = 1'000'000'000;

struct ServeOptions {
  std::vector<std::string> models;
  std::string repository;
  std::string config;
  ServedOptions served;
  http::ServerOptions server;
  SecurityOptions security;
  std::size_t queue_tokens = 0;
  std::string pinning = "auto";
  std::size_t cache_megabytes = kDefaultCacheMegabytes;
  double drain_seconds = 10;
  double slow_ms = 100;
  LogFormat log_format = LogFormat::text;
  bool access_log = false;
  bool quiet = false;
};

// Every connection is a file descriptor; the usual soft limit of 1024 would end long before --max-connections.
void raise_descriptor_limit(std::size_t connections) {
  constexpr std::size_t kOthers = 256;  // files, event queues, the listening socket
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= connections + kOthers) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, connections + kOthers);
  setrlimit(RLIMIT_NOFILE, &limit);
}

void say_ready(const http::Server& server, const serving::Analyzer& analyzer, Clock::time_point begin) {
  std::string models;
  const auto loaded = analyzer.models();
  for (const auto* model : loaded.infos) {
    models += (models.empty() ? "" : ", ") + model->name + " " + model->version + " " + model->precision;
    if (!model->isa.empty()) models += " " + model->isa;
  }
  const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  std::printf("tenor %s serving %s (models: %s) in %lld ms\n", TENOR_VERSION, server.url().c_str(), models.c_str(),
              static_cast<long long>(taken.count()));
  std::fflush(stdout);
}

// Returns once every connection is answered and closed, the time is over, or a second signal came.
int drain(http::Server& server, const Signals& signals, const ServeOptions& options, spdlog::logger& log) {
  if (!options.quiet) log.info("stopping: answering what is in flight, for at most {} s", options.drain_seconds);
  const auto end =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.drain_seconds));
  server.begin_drain();
  while (!server.drained()) {
    const int signal = signals.wait_for(std::chrono::milliseconds(20));
    if (signal != 0 && signal != SIGHUP) std::_Exit(128 + signal);
    if (Clock::now() < end) continue;
    log.warn("stopped with requests unanswered; raise --drain-seconds to give them more time");
    log.flush();
    std::_Exit(kOk);  // a worker may still be scoring, and nobody waits for its answer any more
  }
  return kOk;
}

// Keys and certificates are read again with SIGHUP, before models are looked for.
Happenings with_security(Happenings happenings, ServerSecurity& security, spdlog::logger& log) {
  happenings.on_hangup = [&security, &log, models = std::move(happenings.on_hangup)] {
    for (const auto& refused : security.reload()) log.error("{}; what was read before stays", refused);
    if (models) models();
  };
  return happenings;
}

int serve(ServeOptions options) {
  const auto security = ServerSecurity::open(options.security, options.server.host, options.server.admin);
  if (!security) return report_usage(security.error().message);
  const auto begin = Clock::now();
  const Signals signals;
  raise_descriptor_limit(options.server.limits.max_connections);
  const auto lines = make_serve_log(options.log_format);
  const auto& log = lines.events;
  if (const auto advice = (*security)->advice(); !options.quiet && !advice.empty()) log->warn("{}", advice);

  const auto cache = make_cache(options.cache_megabytes);
  const auto source = options.config.empty()
                          ? ModelSource::open(options.models, options.repository, options.served, cache.get(), *log)
                          : ModelSource::open_config(options.config, options.served, cache.get(), *log);
  if (!source) return report(source.error());
  const auto& analyzer = source->analyzer();
  const auto unwatched = source->current()->unwatched();
  if (!options.quiet && !unwatched.empty()) log->info("{}", unwatched);
  if (source->rollout() != nullptr) options.server.armed = &source->rollout()->analyzer();
  metrics::ServerMetrics metrics(http::metric_labels(analyzer, options.server.armed), TENOR_VERSION);

  auto& batching = options.server.batching;
  batching.admission.queue_tokens[0] =
      options.queue_tokens > 0 ? options.queue_tokens : kQueueTokens * batching.workers;

  const devices::Monitor monitor(devices::MonitorOptions::from_environment());
  options.server.devices = &monitor;
  batching.snapshot = [&monitor] { return monitor.snapshot(); };
  const auto pinning = devices::parse_pinning(options.pinning).value_or(devices::Pinning::automatic);
  batching.pins = devices::plan_pins(monitor.snapshot()->cpu.nodes, batching.workers, pinning);
  options.server.version = TENOR_VERSION;
  options.server.models = source->keeper();
  options.server.append_metrics = [&cache, &source, &monitor](std::string& out) {
    append_device_metrics(out, *monitor.snapshot());
    if (cache) append_cache_metrics(out, *cache);
    append_drift_metrics(out, source->current()->drift());
    if (source->rollout() != nullptr) append_rollout_metrics(out, source->rollout()->report());
  };
  if (options.access_log) options.server.on_request = lines.on_request;
  options.server.slow_seconds = options.slow_ms / 1000;
  (*security)->apply(options.server);
  auto server = http::Server::start(options.server, analyzer, metrics);
  if (!server) return report(server.error());
  if (!options.quiet) say_ready(**server, analyzer, begin);
  run_until_stopped(signals, with_security(source->happenings(), **security, *log));
  return drain(**server, signals, options, *log);
}

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

void add_serve_command(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("serve", "Serve the page and the API over HTTP");
  auto options = std::make_shared<ServeOptions>();
  auto& server = options->server;
  server.threads = server.batching.workers = usable_processors();
  command->add_option("-m,--model", options->models, "Bundle folder, may be repeated; default: the built-in models")
      ->type_name("DIR");
  command
      ->add_option("--repository", options->repository,
                   "Serve the newest versions of all models in DIR/NAME/VERSION, and take new ones as they come")
      ->type_name("DIR")
      ->excludes("--model");
  command
      ->add_option("--config", options->config,
                   "Serve the models and the rollout of a file; tenor check-config --help has its fields")
      ->type_name("FILE")
      ->excludes("--model")
      ->excludes("--repository");
  command->add_flag("--admin", server.admin,
                    "Let requests load and unload models of the repository, and steer a rollout");
  add_encoder_flags(*command, options->served.encoder);
  add_cache_flag(*command, options->cache_megabytes);
  command->add_option("--host", server.host, "Address to listen at; 0.0.0.0: all networks")->capture_default_str();
  command->add_option("-p,--port", server.port, "Port to listen at; 0: any free one")->capture_default_str();
  command
      ->add_option("--agent-port", server.agent_port,
                   "Answer HAProxy's agent-check at this port; 0: any free one; default: not at all")
      ->type_name("PORT");
  add_count(*command, "-t,--threads", server.threads, "Threads for connections and texts of microseconds",
            kMostThreads);
  add_batching(*command, *options);
  add_limits(*command, server.limits);
  add_security_flags(*command, options->security);
  command
      ->add_option("--drift-window", options->served.drift_window_seconds,
                   "Texts of so many seconds are compared with the model's drift reference")
      ->check(CLI::Range(std::int64_t{60}, std::int64_t{30} * 86400).description(""))
      ->type_name("SECONDS")
      ->capture_default_str();
  command->add_option("--drain-seconds", options->drain_seconds, "Time to answer what is in flight when stopped")
      ->check(CLI::Range(0.0, 3600.0).description(""))
      ->type_name("SECONDS")
      ->capture_default_str();
  command->add_option("--slow-ms", options->slow_ms, "Requests that take so long are remembered for GET /debug/slow")
      ->check(CLI::Range(0.0, 86'400'000.0).description(""))
      ->type_name("MILLISECONDS")
      ->capture_default_str();
  command->add_option("--log-format", options->log_format, "Of what is written to standard error")
      ->transform(CLI::CheckedTransformer(
                      std::map<std::string, LogFormat>{{"text", LogFormat::text}, {"json", LogFormat::json}})
                      .description(""))
      ->type_name("text|json")
      ->default_str("text");
  command->add_flag("--access-log", options->access_log, "Log every request on standard error (never its text)");
  command->add_flag("-q,--quiet", options->quiet, "Say nothing but errors");
  command->footer(kExamples);
  command->callback([options, &run] { run = [options] { return serve(*options); }; });
}

}  // namespace tenor::cli
