// HTTP clients of the load generator: keep-alive connections of one thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tenor::bench {

// One connection, one request at a time.
class Client : public std::enable_shared_from_this<Client> {
 public:
  // The status; 0 where the connection failed. The client is free again when this is called.
  using Done = std::function<void(int status)>;

  Client(boost::asio::io_context& context, const boost::asio::ip::tcp::endpoint& server);

  // `wire` must live until `done` is called. Connects where necessary, and anew where the connection of before turns
  // out to be closed.
  void ask(const std::string& wire, Done done);
  void close();

 private:
  void connect();
  void write();
  void read();
  // The status of a whole answer in received_, which it takes away; 0: not whole yet.
  int take_answer();
  void broken();
  void finish(int status);

  boost::asio::ip::tcp::socket socket_;
  const boost::asio::ip::tcp::endpoint server_;
  std::string received_;
  std::vector<char> piece_;
  const std::string* wire_ = nullptr;
  Done done_;
  bool reused_ = false;
};

// A POST of JSON as it goes over the wire.
std::string post(const std::string& path, const std::string& json);

}  // namespace tenor::bench
