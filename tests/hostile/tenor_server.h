// A `tenor serve` process on a free port of 127.0.0.1.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tenor::hostile {

struct Memory {
  std::size_t resident = 0;  // bytes now
  std::size_t highest = 0;   // bytes at most so far
};

// Killed by the destructor where stop() was not called. Not for threads to share.
class TenorServer {
 public:
  // `arguments` behind `tenor serve --port 0`. Check started().
  explicit TenorServer(const std::vector<std::string>& arguments);
  ~TenorServer();
  TenorServer(const TenorServer&) = delete;
  TenorServer& operator=(const TenorServer&) = delete;

  bool started() const { return port_ != 0; }
  bool alive();
  std::uint16_t port() const { return port_; }
  Memory memory() const;
  void hang_up();  // SIGHUP
  // SIGTERM; the exit code, 128 + the signal's number where one ended it, -1 where it did not stop within 20 seconds.
  int stop();

 private:
  bool reap(bool wait);

  pid_t process_ = -1;
  int output_ = -1;
  std::uint16_t port_ = 0;
  int exit_code_ = -1;
};

// With AddressSanitizer freed memory is kept for a while: no measure of what the program takes.
bool memory_tells();

}  // namespace tenor::hostile
