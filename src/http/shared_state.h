// What all connections of a server have in common.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "http/server.h"
#include "http/service.h"
#include "serving/budget.h"
#include "serving/worker_pool.h"

namespace tenor::http {

// Thread-safe, but for `workspaces`: each belongs to the worker of its index.
struct SharedState {
  SharedState(const ServerOptions& options, const serving::Analyzer& analyzer, metrics::ServerMetrics& metrics)
      : service{analyzer, metrics, options.limits, options.version, options.append_metrics},
        on_request(options.on_request),
        queue(options.limits.max_queue),
        buffered(options.limits.max_buffered),
        workers(options.workers) {
    for (std::size_t i = 0; i < options.workers; ++i) workspaces.push_back(std::make_unique<Workspace>(analyzer));
  }

  Service service;
  const std::function<void(const AccessRecord&)> on_request;
  serving::Budget queue;     // of large requests, one each
  serving::Budget buffered;  // of bytes in large bodies and answers
  std::atomic<std::size_t> connections = 0;
  std::vector<std::unique_ptr<Workspace>> workspaces;
  serving::WorkerPool workers;
};

}  // namespace tenor::http
