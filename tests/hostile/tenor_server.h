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
  // `arguments` behind `tenor serve --port PORT`; 0: any free one. Check started().
  explicit TenorServer(const std::vector<std::string>& arguments, std::uint16_t port = 0);
  ~TenorServer();
  TenorServer(const TenorServer&) = delete;
  TenorServer& operator=(const TenorServer&) = delete;

  bool started() const { return port_ != 0; }
  bool alive();
  std::uint16_t port() const { return port_; }
  pid_t process() const { return process_; }  // -1 where it is over
  Memory memory() const;
  void hang_up();    // SIGHUP
  void terminate();  // SIGTERM, without waiting
  void kill();       // SIGKILL
  // From now on no file may grow beyond so many bytes, as on a full disk.
  bool limit_files(std::size_t bytes) const;
  // SIGTERM; the exit code, 128 + the signal's number where one ended it, -1 where it did not stop within 20 seconds.
  int stop();
  int wait();  // the same without SIGTERM

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
