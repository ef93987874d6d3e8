// What `tenor serve` can be told, by flags or by the file of --config.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/tenor/cache_flag.h"
#include "apps/tenor/serve_log.h"
#include "apps/tenor/served_models.h"
#include "apps/tenor/server_security.h"
#include "http/server.h"

namespace CLI {
class App;
}

namespace tenor::cli {

struct ServeOptions {
  std::vector<std::string> models;
  std::string repository;
  std::string config;
  ServedOptions served;
  http::ServerOptions server;
  SecurityOptions security;
  std::size_t queue_tokens = 0;
  double queue_target_ms = 12;
  std::string pinning = "auto";
  std::size_t cache_megabytes = kDefaultCacheMegabytes;
  double drain_seconds = 10;
  double slow_ms = 100;
  LogFormat log_format = LogFormat::text;
  LogLevel log_level = LogLevel::info;
  bool access_log = false;
  bool quiet = false;
};

// The one list of the flags. Their defaults are those of this machine; `options` must stay where it is.
void add_serve_flags(CLI::App& command, ServeOptions& options);

// What of them may change while the server runs.
http::LiveOptions live_options(const ServeOptions& options);

// Tokens that may wait: as asked for, else by the workers.
std::size_t queue_tokens(const ServeOptions& options);

}  // namespace tenor::cli
