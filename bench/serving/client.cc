#include "client.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <utility>

namespace tenor::bench {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kPiece = 16384;
constexpr std::string_view kLength = "Content-Length: ";

}  // namespace

Client::Client(asio::io_context& context, const asio::ip::tcp::endpoint& server)
    : socket_(context), server_(server), piece_(kPiece) {}

void Client::ask(const std::string& wire, Done done) {
  wire_ = &wire;
  done_ = std::move(done);
  reused_ = socket_.is_open();
  reused_ ? write() : connect();
}

void Client::connect() {
  socket_.async_connect(server_, [self = shared_from_this()](const error_code& error) {
    if (error) return self->finish(0);
    error_code ignored;
    self->socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    self->write();
  });
}

void Client::close() {
  error_code ignored;
  socket_.close(ignored);
}

void Client::write() {
  asio::async_write(socket_, asio::buffer(*wire_), [self = shared_from_this()](const error_code& error, std::size_t) {
    if (error) return self->broken();
    self->read();
  });
}

void Client::read() {
  socket_.async_read_some(asio::buffer(piece_),
                          [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                            if (error) return self->broken();
                            self->received_.append(self->piece_.data(), bytes);
                            const int status = self->take_answer();
                            if (status == 0) return self->read();
                            self->finish(status);
                          });
}

int Client::take_answer() {
  const auto head = received_.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  const auto at = received_.find(kLength);
  const std::size_t length = at < head ? std::strtoul(received_.c_str() + at + kLength.size(), nullptr, 10) : 0;
  if (received_.size() < head + 4 + length) return 0;
  const int status = std::atoi(received_.c_str() + 9);  // behind "HTTP/1.1 "
  received_.erase(0, head + 4 + length);
  return status;
}

// A server may close a connection that idles just as it is used again: nothing was answered, and clients ask once more.
void Client::broken() {
  if (!std::exchange(reused_, false) || !received_.empty()) return finish(0);
  close();
  connect();
}

void Client::finish(int status) {
  if (status == 0) {
    close();
    received_.clear();
  }
  std::exchange(done_, nullptr)(status);
}

std::string post(const std::string& path, const std::string& json) {
  return "POST " + path + " HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(json.size()) + "\r\n\r\n" + json;
}

}  // namespace tenor::bench
