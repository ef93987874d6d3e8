#include "apps/tenor/serve_command.h"

#include <spdlog/logger.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "apps/tenor/cache_flag.h"
#include "apps/tenor/device_metrics.h"
#include "apps/tenor/drift_watch.h"
#include "apps/tenor/model_source.h"
#include "apps/tenor/serve_log.h"
#include "apps/tenor/serve_options.h"
#include "apps/tenor/serve_reload.h"
#include "apps/tenor/serve_settings.h"
#include "apps/tenor/serve_signals.h"
#include "apps/tenor/server_security.h"
#include "devices/monitor.h"
#include "devices/pinning.h"
#include "http/server.h"
#include "http/service.h"
#include "metrics/server_metrics.h"
#include "serving/analyzer.h"

namespace tenor::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kServeExamples = R"(Examples:
  tenor serve
  tenor serve --host 0.0.0.0 --port 80 --model /var/lib/tenor/zh
  tenor serve --repository /var/lib/tenor/models --admin
  tenor serve --host 0.0.0.0 --keys /etc/tenor/keys --tls-certificate cert.pem --tls-key key.pem
  tenor serve --config /etc/tenor/rollout.yaml
  curl -H 'Content-Type: application/json' -d '{"text":"味道很好"}' http://127.0.0.1:8080/predict
SIGHUP reads keys, certificates and the file of --config again and looks for new models in the repository. SIGTERM and Ctrl-C stop it once what is in flight is answered; a second signal stops it at once.)";

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

Result<std::shared_ptr<const ServeSettings>> settings_of(const ServeOptions& options, const Flags& given) {
  if (!options.config.empty()) return load_settings(options.config, given);
  auto settings = std::make_shared<ServeSettings>();
  settings->options = options;
  return settings;
}

Result<ModelSource> open_models(const ServeSettings& settings, engine::VerdictCache* cache, spdlog::logger& log) {
  const auto& options = settings.options;
  return options.config.empty() ? ModelSource::open(options.models, options.repository, options.served, cache, log)
                                : ModelSource::open_config(settings.file, options.served, cache, log);
}

int serve(const ServeOptions& asked, const Flags& given) {
  const auto settings = settings_of(asked, given);
  if (!settings) return report(settings.error());
  ServeOptions options = (*settings)->options;
  const auto security = ServerSecurity::open(options.security, options.server.host, options.server.admin);
  if (!security) return report_usage(security.error().message);
  const auto begin = Clock::now();
  const Signals signals;
  raise_descriptor_limit(options.server.limits.max_connections);
  const auto lines = make_serve_log(options.log_format);
  const auto& log = lines.events;
  set_level(*log, options.log_level);
  if (const auto advice = (*security)->advice(); !options.quiet && !advice.empty()) log->warn("{}", advice);

  const auto cache = make_cache(options.cache_megabytes);
  const auto source = open_models(**settings, cache.get(), *log);
  if (!source) return report(source.error());
  const auto& analyzer = source->analyzer();
  const auto unwatched = source->current()->unwatched();
  if (!options.quiet && !unwatched.empty()) log->info("{}", unwatched);
  if (source->rollout() != nullptr) options.server.armed = &source->rollout()->slot();
  metrics::ServerMetrics metrics(http::metric_labels(analyzer, options.server.armed), TENOR_VERSION);
  ServeReload reload(*settings, given, {**security, *source, metrics, *log});

  auto& batching = options.server.batching;
  batching.admission.queue_tokens[0] = queue_tokens(options);
  batching.admission.standing.target_us = options.queue_target_ms * 1000;
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
    if (source->rollout() != nullptr) append_rollout_metrics(out, source->rollout()->current()->report());
  };
  options.server.on_request = [&reload, tell = lines.on_request](const http::AccessRecord& record) {
    if (reload.logs_access()) tell(record);
  };
  options.server.live = live_options(options);
  options.server.reload = [&reload] { return reload.reload(); };
  options.server.set_rollout = [&reload](const rollout::PlanOrder& order, const std::string& reason) {
    return reload.set_rollout(order, reason);
  };
  (*security)->apply(options.server);
  auto server = http::Server::start(options.server, analyzer, metrics);
  if (!server) return report(server.error());
  reload.attach(**server);
  if (!options.quiet) say_ready(**server, analyzer, begin);
  Happenings happenings = source->happenings();
  happenings.on_hangup = [&reload] { (void)reload.reload(); };
  run_until_stopped(signals, happenings);
  options.drain_seconds = reload.drain_seconds();
  return drain(**server, signals, options, *log);
}

}  // namespace

void add_serve_command(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("serve", "Serve the page and the API over HTTP");
  auto options = std::make_shared<ServeOptions>();
  add_serve_flags(*command, *options);
  command->footer(kServeExamples);
  command->callback(
      [options, command, &run] { run = [options, given = given_flags(*command)] { return serve(*options, given); }; });
}

}  // namespace tenor::cli
