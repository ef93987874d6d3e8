// Keys and certificates of a running server, and the flags that name them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/server.h"
#include "security/access.h"
#include "security/tls.h"

namespace CLI {
class App;
}

namespace tenor::cli {

struct SecurityOptions {
  std::string keys;         // file; empty: no keys are asked for
  std::string certificate;  // and key: PEM files, both or none
  std::string key;
  std::vector<std::string> cors_origins;
};

void add_security_flags(CLI::App& command, SecurityOptions& options);

// Thread-safe but for reload().
class ServerSecurity {
 public:
  // Refuses files that do not fit, and an open door: `admin` where strangers reach the host, without an admin's key.
  static Result<std::unique_ptr<ServerSecurity>> open(const SecurityOptions& options, const std::string& host,
                                                      bool admin);

  // Reads the files again. Whatever is wrong with one, the keys and certificates before stay.
  std::vector<std::string> reload();

  // What is not as safe as it could be; empty: nothing.
  std::string advice() const;
  void apply(http::ServerOptions& options) const;

 private:
  ServerSecurity(SecurityOptions options, std::string host, bool admin)
      : options_(std::move(options)), host_(std::move(host)), admin_(admin) {}
  Status read_keys();
  Status read_certificate();

  const SecurityOptions options_;
  const std::string host_;
  const bool admin_;
  security::SharedKeys keys_;
  security::SharedTls tls_;
};

}  // namespace tenor::cli
