// What every request may use: shared things in Service, one thread's own in Workspace.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "devices/monitor.h"
#include "engine/verdict.h"
#include "http/limits.h"
#include "http/message.h"
#include "http/reloaded.h"
#include "http/route.h"
#include "http/slow_requests.h"
#include "http/text_request.h"
#include "metrics/server_metrics.h"
#include "rollout/plan_order.h"
#include "security/access.h"
#include "serving/analyzer.h"
#include "serving/model_keeper.h"
#include "serving/rollout_slot.h"
#include "serving/text_cost.h"

namespace tenor::http {

class Deferred;

// Threads share it.
struct Service {
  const serving::Analyzer& analyzer;
  metrics::ServerMetrics& metrics;
  serving::CostTable& costs;
  Limits limits;
  std::string version;
  std::function<void(std::string&)> append_metrics = {};  // ServerOptions::append_metrics
  serving::ModelKeeper* models = nullptr;                 // ServerOptions::models
  bool admin = false;
  const serving::RolloutSlot* armed = nullptr;  // ServerOptions::armed
  const security::SharedKeys* keys = nullptr;   // ServerOptions::keys
  const SlowRequests* slow = nullptr;
  std::size_t workers = 1;                    // of ServerOptions::batching, for /info
  std::size_t batch_tokens = 0;               // the same
  const devices::Monitor* devices = nullptr;  // ServerOptions::devices
  std::function<Reloaded()> reload = {};      // ServerOptions::reload
  std::function<Status(const rollout::PlanOrder&, const std::string&)> set_rollout = {};  // the same
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  std::atomic<bool> stopping = false;
};

// The buffers of one thread, reused from request to request.
struct Workspace {
  explicit Workspace(const serving::Analyzer& shared) : analyzer(shared), session(shared.open_session()) {}

  // Gives back what a large request needed.
  void trim();

  const serving::Analyzer& analyzer;
  std::unique_ptr<serving::Session> session;
  TextRequestParser parser;
  TextRequest request;
  engine::Verdict verdict;
  // Of a batch: its texts, and what became of each.
  std::vector<std::string_view> texts;
  std::vector<engine::Verdict> verdicts;
  std::vector<Status> statuses;
  Response response;
};

// The label sets of the metrics of a server with these models.
// `armed` is null where there is no rollout.
metrics::LabelSets metric_labels(const serving::Analyzer& analyzer, const serving::RolloutSlot* armed = nullptr);

// A request that is whole.
struct Asked {
  const RequestHead& head;
  Route route;                  // of head.path
  std::string_view request_id;  // that the answer will carry
  std::string_view body;
};

// Fills workspace.response where that is quick. Texts are scored
// here where the answer is in the cache or takes no longer than handing it over. Otherwise nothing is filled, and what
// this returns is to be submitted; it may refer to the body. Never throws.
std::shared_ptr<Deferred> answer_or_defer(const Service& service, Workspace& workspace, const Asked& asked);

}  // namespace tenor::http
