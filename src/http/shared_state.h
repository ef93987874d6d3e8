// What all connections of a server have in common.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/chores.h"
#include "http/server.h"
#include "http/service.h"
#include "security/replaceable.h"
#include "serving/batcher.h"
#include "serving/budget.h"

namespace tenor::http {

// Thread-safe.
struct SharedState {
  SharedState(const ServerOptions& options, const serving::Analyzer& analyzer, metrics::ServerMetrics& metrics)
      : costs(has_encoders(analyzer)),
        slow(options.live.slow_seconds),
        service{analyzer,
                metrics,
                costs,
                options.limits,
                options.version,
                options.append_metrics,
                options.models,
                options.admin,
                options.armed,
                options.keys,
                &slow,
                options.batching.workers,
                options.batching.batch.batch_tokens,
                options.devices,
                options.reload,
                options.set_rollout},
        cors_origins(std::make_shared<const std::vector<std::string>>(options.live.cors_origins)),
        tls(options.tls),
        on_request(options.on_request),
        queue(options.limits.max_queue),
        buffered(options.limits.max_buffered),
        abort_on_close(options.abort_on_close),
        batcher(options.batching, analyzer, costs, metrics.queue()) {}

  void change(const LiveOptions& live) {
    slow.set_threshold(live.slow_seconds);
    cors_origins.replace(std::make_shared<const std::vector<std::string>>(live.cors_origins));
  }

  static bool has_encoders(const serving::Analyzer& analyzer) {
    const auto models = analyzer.models();
    return std::any_of(models.infos.begin(), models.infos.end(), [](const auto* model) { return !model->isa.empty(); });
  }

  serving::CostTable costs;
  SlowRequests slow;
  Service service;
  security::Replaceable<std::vector<std::string>> cors_origins;
  const security::SharedTls* const tls;
  const std::function<void(const AccessRecord&)> on_request;
  serving::Budget queue;     // of large requests, one each
  serving::Budget buffered;  // of bytes in large bodies and answers
  std::atomic<std::size_t> connections = 0;
  const bool abort_on_close;
  serving::Batcher batcher;
  Chores chores;
};

}  // namespace tenor::http
