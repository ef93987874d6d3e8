// A port where a load balancer asks how much it should send: HAProxy's agent-check.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "http/wire.h"

namespace tenor::http {

// Whoever connects gets one line and is let go. Belongs to the context's thread once it runs.
class AgentPort {
 public:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

  // `line` is called for each client.
  AgentPort(Acceptor listening, std::function<std::string()> line);

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  void accept();

  Acceptor acceptor_;
  const std::function<std::string()> line_;
};

}  // namespace tenor::http
