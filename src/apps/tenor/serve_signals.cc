#include "apps/tenor/serve_signals.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>

namespace tenor::cli {

namespace {

// A model that is being copied is complete when nothing has come for so long.
constexpr int kRestMilliseconds = 500;

}  // namespace

Signals::Signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A file that may not grow is an error of writing, not the end of the server.
  std::signal(SIGXFSZ, SIG_IGN);
  fd_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

Signals::~Signals() {
  if (fd_ >= 0) ::close(fd_);
}

int Signals::wait_for(std::chrono::milliseconds time) const {
  pollfd waited{fd_, POLLIN, 0};
  return ::poll(&waited, 1, static_cast<int>(time.count())) > 0 ? take() : 0;
}

int Signals::take() const {
  signalfd_siginfo info{};
  if (::read(fd_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return 0;
  return static_cast<int>(info.ssi_signo);
}

void run_until_stopped(const Signals& signals, const Happenings& happenings) {
  bool changed = false;
  for (;;) {
    std::array<pollfd, 2> waited{{{signals.fd(), POLLIN, 0}, {happenings.watched, POLLIN, 0}}};
    const int ready = ::poll(waited.data(), waited.size(), changed ? kRestMilliseconds : -1);
    if (ready == 0 && changed) {
      changed = false;
      happenings.on_changed();
    }
    if (const int signal = signals.take(); signal == SIGHUP) {
      if (happenings.on_hangup) happenings.on_hangup();
    } else if (signal != 0) {
      return;
    }
    if (happenings.watched >= 0 && happenings.take()) changed = true;
  }
}

}  // namespace tenor::cli
