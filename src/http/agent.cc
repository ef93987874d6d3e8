#include "http/agent.h"

#include <boost/asio/buffer.hpp>
#include <utility>

namespace tenor::http {

AgentPort::AgentPort(Acceptor listening, std::function<std::string()> line)
    : acceptor_(std::move(listening)), line_(std::move(line)) {
  accept();
}

void AgentPort::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& error, Socket socket) {
    if (!acceptor_.is_open() || error == boost::asio::error::operation_aborted) return;
    if (!error) {
      // A new socket's buffer takes a line at once.
      boost::system::error_code ignored;
      socket.non_blocking(true, ignored);
      socket.write_some(boost::asio::buffer(line_()), ignored);
      socket.shutdown(Socket::shutdown_both, ignored);
    }
    accept();
  });
}

}  // namespace tenor::http
