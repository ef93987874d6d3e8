// The HTTP server: sockets, threads, and a stop that leaves nobody without an answer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "devices/monitor.h"
#include "http/limits.h"
#include "http/reloaded.h"
#include "metrics/server_metrics.h"
#include "rollout/plan_order.h"
#include "security/access.h"
#include "security/tls.h"
#include "serving/analyzer.h"
#include "serving/batcher.h"
#include "serving/model_keeper.h"
#include "serving/rollout_slot.h"

namespace tenor::http {

// One answered request. The views end with the call.
struct AccessRecord {
  std::string_view request_id;
  std::string_view method;  // as it was sent; empty where the request was broken
  std::string_view route;   // "predict"; "other" for unknown paths
  int status = 0;
  double seconds = 0;                             // from the complete request to the finished answer
  std::size_t bytes = 0;                          // of the answer, head included
  std::string_view key;                           // the API key's name; empty: none was shown
  std::string_view trace_id, span_id, parent_id;  // of traceparent; empty: none was sent
};

// What may change while the server runs.
struct LiveOptions {
  std::vector<std::string> cors_origins = {};  // check_origin() approves of each
  double slow_seconds = 0.1;                   // from which on a request is remembered for /debug/slow
};

struct ServerOptions {
  std::string host = "127.0.0.1";           // an address, or a name that resolves to one
  std::uint16_t port = 8080;                // 0: any free one
  std::optional<std::uint16_t> agent_port;  // where HAProxy's agent-check asks; 0: any free one
  std::size_t threads = 1;                  // event loops
  serving::BatcherOptions batching;         // workers, and what they score together
  bool abort_on_close = false;              // clients that end their side of the connection want no answer any more
  Limits limits;
  std::string version;
  // Called for every answer, from several threads at once; must not block. May be empty.
  std::function<void(const AccessRecord&)> on_request;
  // Where models come from a repository; it must outlive the server. Null: they are those of the analyzer for good.
  serving::ModelKeeper* models = nullptr;
  // Requests must show one of these keys; it must outlive the server. Null: they need none.
  const security::SharedKeys* keys = nullptr;
  // What new connections are to speak TLS with; it must outlive the server. Null: plain HTTP.
  const security::SharedTls* tls = nullptr;
  LiveOptions live;
  bool admin = false;  // whether requests may load and unload models, steer a rollout, and have files read again
  // Sets the rollout, as POST /v1/rollout asks for, with what is to be written down as its reason. Errors: not_found (a
  // model), invalid_argument, and those of opening models. May be empty where there is no rollout.
  std::function<Status(const rollout::PlanOrder&, const std::string&)> set_rollout;
  // Reads files again, as POST /v1/reload asks for; called by one thread at a time. May be empty.
  std::function<Reloaded()> reload;
  // Where there is a rollout: the analyzer itself, or the one behind it. Null: all texts go to one arm.
  const serving::RolloutSlot* armed = nullptr;
  // What /v1/devices shows; it must outlive the server. Null: there is no such path.
  const devices::Monitor* devices = nullptr;
  // Appends further families to /metrics, in its text format; called from several threads at once. May be empty.
  std::function<void(std::string&)> append_metrics;
};

// Connections are spread over event loops, one thread each, and texts that take microseconds are scored there at once;
// the others go to the batcher's workers. All public functions may be called from any thread.
class Server {
 public:
  // Listens and answers when it returns. The analyzer and the metrics must outlive the server.
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options, const serving::Analyzer& analyzer,
                                               metrics::ServerMetrics& metrics);
  // Stops at once; requests that are being answered are cut off.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  std::string url() const;                          // "http://127.0.0.1:8080"
  std::optional<std::uint16_t> agent_port() const;  // nothing where none was asked for

  // Of requests that come from now on.
  void change(const LiveOptions& live);

  // Takes no further connections, closes those that are idle, and the others as soon as they are answered.
  void begin_drain();
  // True once a drain has begun and the last connection is gone.
  bool drained() const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tenor::http
