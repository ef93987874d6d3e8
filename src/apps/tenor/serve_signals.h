// What a running server waits for.
#pragma once

#include <chrono>
#include <csignal>
#include <functional>

namespace tenor::cli {

// SIGTERM, SIGINT and SIGHUP as something to wait for; SIGXFSZ is ignored. To be made before any thread is: threads
// inherit the mask.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // The first one that comes, or 0 where none came in time.
  int wait_for(std::chrono::milliseconds time) const;
  int fd() const { return fd_; }
  // 0 where none is there.
  int take() const;

 private:
  int fd_ = -1;
};

// What may happen while a server runs.
struct Happenings {
  std::function<void()> on_hangup;   // SIGHUP
  int watched = -1;                  // a file descriptor that becomes readable where files change; -1: none
  std::function<bool()> take;        // reads it: whether anything changed
  std::function<void()> on_changed;  // once changes have come to rest
};

// Returns with SIGTERM or SIGINT.
void run_until_stopped(const Signals& signals, const Happenings& happenings);

}  // namespace tenor::cli
