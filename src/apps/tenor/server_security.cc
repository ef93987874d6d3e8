#include "apps/tenor/server_security.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "http/cors.h"

namespace tenor::cli {

namespace {

std::string check_origin_flag(const std::string& origin) {
  const auto status = http::check_origin(origin);
  return status ? "" : status.error().message;
}

bool is_this_machine_only(const std::string& host) {
  return security::names_loopback(host.find(':') == std::string::npos ? host : "[" + host + "]");
}

}  // namespace

void add_security_flags(CLI::App& command, SecurityOptions& options) {
  command
      .add_option("--keys", options.keys,
                  "Ask for API keys: those of the file, see tenor keys --help; read again with SIGHUP")
      ->type_name("FILE");
  auto* certificate =
      command.add_option("--tls-certificate", options.certificate,
                         "Speak HTTPS with this certificate and its chain (PEM); read again with SIGHUP");
  auto* key = command.add_option("--tls-key", options.key, "The certificate's private key (PEM, no passphrase)");
  certificate->type_name("FILE")->needs(key);
  key->type_name("FILE")->needs(certificate);
  command
      .add_option("--cors-origin", options.cors_origins,
                  "Let pages of this origin read answers, may be repeated; *: of all; default: none")
      ->type_name("ORIGIN")
      ->check(CLI::Validator(check_origin_flag, ""));
}

Result<std::unique_ptr<ServerSecurity>> ServerSecurity::open(const SecurityOptions& options, const std::string& host,
                                                             bool admin) {
  std::unique_ptr<ServerSecurity> opened(new ServerSecurity(options, host, admin));
  if (auto status = opened->read_keys(); !status) return tl::unexpected(std::move(status.error()));
  if (auto status = opened->read_certificate(); !status) return tl::unexpected(std::move(status.error()));
  if (admin && options.keys.empty() && !is_this_machine_only(host)) {
    return fail(ErrorCode::invalid_argument,
                "--admin: expected --keys FILE, or --host 127.0.0.1 or another loopback address, found " + host +
                    " without keys; whoever reaches the port could change models and rollouts");
  }
  return opened;
}

Status ServerSecurity::read_keys() {
  if (options_.keys.empty()) return {};
  auto ring = security::read_keys(options_.keys);
  if (!ring) return fail(std::move(ring.error()), "--keys");
  if (admin_ && !ring->has_admin()) {
    return fail(ErrorCode::invalid_argument, "--keys: --admin needs an admin's key, and " + options_.keys +
                                                 " has none; tenor keys add FILE NAME --role admin makes one");
  }
  keys_.replace(std::make_shared<const security::KeyRing>(std::move(*ring)));
  return {};
}

Status ServerSecurity::read_certificate() {
  if (options_.certificate.empty()) return {};
  auto context = security::TlsContext::open(options_.certificate, options_.key);
  if (!context) return tl::unexpected(std::move(context.error()));
  tls_.replace(std::move(*context));
  return {};
}

std::vector<std::string> ServerSecurity::reload() {
  std::vector<std::string> refused;
  for (const auto& status : {read_keys(), read_certificate()}) {
    if (!status) refused.push_back(status.error().message);
  }
  return refused;
}

std::string ServerSecurity::advice() const {
  if (is_this_machine_only(host_)) return "";
  if (options_.keys.empty()) return "whoever reaches " + host_ + " may score texts; --keys FILE asks for API keys";
  if (options_.certificate.empty()) {
    return "keys and texts travel in clear text; --tls-certificate speaks HTTPS, or let a proxy do so";
  }
  return "";
}

void ServerSecurity::apply(http::ServerOptions& options) const {
  if (!options_.keys.empty()) options.keys = &keys_;
  if (!options_.certificate.empty()) options.tls = &tls_;
}

}  // namespace tenor::cli
