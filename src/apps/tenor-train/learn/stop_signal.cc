#include "apps/tenor-train/learn/stop_signal.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace tenor::train_cli {

// The signals are blocked and read from a descriptor: no handler, no global. Threads started later inherit the mask.
struct StopSignal::Descriptor {
  int fd = -1;
  sigset_t old{};
  bool seen = false;
};

StopSignal::StopSignal() : descriptor_(std::make_unique<Descriptor>()) {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &wanted, &descriptor_->old);
  descriptor_->fd = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

StopSignal::~StopSignal() {
  if (descriptor_->fd >= 0) close(descriptor_->fd);
  pthread_sigmask(SIG_SETMASK, &descriptor_->old, nullptr);
}

bool StopSignal::asked() const {
  if (descriptor_->seen) return true;
  signalfd_siginfo info;
  descriptor_->seen = read(descriptor_->fd, &info, sizeof info) == static_cast<ssize_t>(sizeof info);
  if (descriptor_->seen) pthread_sigmask(SIG_SETMASK, &descriptor_->old, nullptr);  // the next one ends the program
  return descriptor_->seen;
}

}  // namespace tenor::train_cli
