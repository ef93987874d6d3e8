#include "http/wire.h"

#include <poll.h>

#include <algorithm>
#include <new>

#include "http/buffers.h"

namespace tenor::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kEncryptBytes = 65536;   // of an answer at a time
constexpr std::size_t kKeptWireBytes = 65536;  // of buffers kept between requests

}  // namespace

Wire::Wire(Socket socket, const security::TlsContext* tls) : socket_(std::move(socket)) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (tls == nullptr) return;
  tls_ = security::TlsChannel::accept(*tls);
  if (!tls_) throw std::bad_alloc();
}

asio::mutable_buffer Wire::room(std::size_t wanted) {
  cipher_.resize(wanted);
  return asio::buffer(cipher_);
}

Wire::error_code Wire::take(boost::beast::flat_buffer& in, std::size_t bytes) {
  if (tls_) return decrypt(in, bytes);
  in.commit(bytes);
  return {};
}

Wire::error_code Wire::decrypt(boost::beast::flat_buffer& in, std::size_t bytes) {
  const auto state = tls_->receive({cipher_.data(), bytes}, plain_);
  tls_->take_wire(wire_);
  if (state == security::TlsChannel::State::failed) {
    error_code ignored;
    socket_.write_some(asio::buffer(wire_), ignored);  // an alert says why
    return asio::error::connection_aborted;
  }
  const auto space = in.prepare(plain_.size());
  std::copy(plain_.begin(), plain_.end(), static_cast<char*>(space.data()));
  in.commit(plain_.size());
  release(plain_, kKeptWireBytes);
  return state == security::TlsChannel::State::ended ? error_code(asio::error::eof) : error_code();
}

// What is to go over the wire next; nothing once all of `out` has gone.
std::string_view Wire::next(std::string_view out) {
  if (!tls_) return out.substr(taken_);
  if (written_ == wire_.size()) {
    release(wire_, kKeptWireBytes);
    written_ = 0;
    const auto piece = out.substr(taken_, kEncryptBytes);
    if (piece.empty() || !tls_->send(piece)) return {};
    tls_->take_wire(wire_);
    taken_ += piece.size();
  }
  return std::string_view(wire_).substr(written_);
}

Wire::Written Wire::write(std::string_view out) {
  for (auto bytes = next(out); !bytes.empty(); bytes = next(out)) {
    error_code error;
    const auto sent = socket_.write_some(asio::buffer(bytes), error);
    if (error && error != asio::error::would_block && error != asio::error::try_again) return Written::failed;
    count(sent);
    if (sent < bytes.size()) return Written::some;
  }
  return taken_ == out.size() ? Written::all : Written::failed;
}

void Wire::rewind() {
  release(wire_, kKeptWireBytes);
  taken_ = written_ = 0;
}

bool Wire::bytes_wait() const {
  error_code ignored;
  return socket_.available(ignored) > 0;
}

void Wire::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

// An end that nobody announces may be an attacker's.
void Wire::say_goodbye() {
  if (!tls_ || !socket_.is_open()) return;
  tls_->close();
  tls_->take_wire(wire_);
  error_code ignored;
  socket_.write_some(asio::buffer(std::string_view(wire_).substr(std::min(written_, wire_.size()))), ignored);
  rewind();
}

void Wire::end_sending() {
  say_goodbye();
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Wire::close() {
  error_code ignored;
  socket_.close(ignored);
}

bool Wire::client_is_there(bool or_ended) {
  pollfd state{socket_.native_handle(), static_cast<short>(or_ended ? POLLRDHUP : 0), 0};
  return ::poll(&state, 1, 0) <= 0 || (state.revents & (POLLHUP | POLLERR | POLLRDHUP)) == 0;
}

}  // namespace tenor::http
