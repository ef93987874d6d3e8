// A client that says exactly what it is told to, and reads what comes back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tenor::http {

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// Blocking, with a limit of ten seconds for everything. Not for threads to share.
class Client {
 public:
  explicit Client(std::uint16_t port);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // False where the server does not take it any more.
  bool send(std::string_view bytes);
  void finish_sending();
  // Gone, as a program that was killed with answers unread: the server hears of it at once.
  void reset();
  // The next answer; nothing where the connection ended before. `head_only` for answers to HEAD.
  std::optional<Answer> receive(bool head_only = false);
  // Everything until the server closes the connection.
  std::string read_all();
  // Whether the server has closed the connection, waiting for it to do so.
  bool closed_by_server();

  std::optional<Answer> ask(std::string_view bytes) { return send(bytes) ? receive() : std::nullopt; }

 private:
  bool fill();  // reads some more; false at the end

  int socket_ = -1;
  std::string received_;
};

// A GET with a Host, and a POST of JSON.
std::string get(std::string_view path, std::string_view extra_headers = {});
std::string post(std::string_view path, std::string_view json, std::string_view extra_headers = {});

}  // namespace tenor::http
