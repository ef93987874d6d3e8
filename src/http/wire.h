// A connection's bytes: the socket and, where it is spoken, TLS.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "security/tls.h"

namespace tenor::http {

// A concrete executor: the type-erased one costs an indirection on every operation.
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

// Not for threads to share, but for client_is_there(). Handlers must keep the wire alive.
class Wire {
 public:
  using error_code = boost::system::error_code;
  enum class Written { all, some, failed };

  // `tls` is null for plain text.
  Wire(Socket socket, const security::TlsContext* tls);

  // Whether TLS, where it is spoken, has agreed on keys.
  bool established() const { return !tls_ || tls_->established(); }

  // Appends what comes next to `in`, about `wanted` bytes at most, and calls handler(error_code). Over TLS that may be
  // nothing; what TLS itself has to say then waits in unsent().
  template <class Handler>
  void async_read(std::size_t wanted, boost::beast::flat_buffer& in, Handler handler) {
    const auto place = tls_ ? room(wanted) : in.prepare(wanted);
    socket_.async_read_some(place, [this, &in, handler = std::move(handler)](error_code error, std::size_t bytes) {
      if (!error) error = take(in, bytes);
      handler(error);
    });
  }

  // Sends of `out` what the socket takes now, after what was sent of it before.
  Written write(std::string_view out);
  // After Written::some: sends the piece that was begun and calls handler(error_code); then write() goes on.
  template <class Handler>
  void async_write(std::string_view out, Handler handler) {
    const auto bytes = next(out);
    boost::asio::async_write(socket_, boost::asio::buffer(bytes),
                             [this, handler = std::move(handler)](const error_code& error, std::size_t sent) {
                               count(sent);
                               handler(error);
                             });
  }
  // All of `out` is written, and it begins anew.
  void rewind();
  bool unsent() const { return !wire_.empty(); }
  std::size_t taken() const { return taken_; }  // bytes of `out` that are on their way

  bool bytes_wait() const;  // in the kernel, unread
  void cancel();            // what is being read
  void end_sending();       // says over TLS that it is the end
  void close();
  // A reset connection has nobody behind it. One that only ended its side may have, unless `or_ended`. Any thread.
  bool client_is_there(bool or_ended);

 private:
  boost::asio::mutable_buffer room(std::size_t wanted);
  error_code take(boost::beast::flat_buffer& in, std::size_t bytes);
  error_code decrypt(boost::beast::flat_buffer& in, std::size_t bytes);
  std::string_view next(std::string_view out);
  void count(std::size_t sent) { (tls_ ? written_ : taken_) += sent; }
  void say_goodbye();

  Socket socket_;
  std::unique_ptr<security::TlsChannel> tls_;
  std::size_t taken_ = 0;    // of what is to be written
  std::size_t written_ = 0;  // of wire_
  std::string wire_;         // a piece of it, encrypted
  std::string cipher_, plain_;
};

}  // namespace tenor::http
