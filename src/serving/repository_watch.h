// Tells when a model repository changes.
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"

namespace tenor::serving {

// inotify over the root, its models and their versions. What changes is not told, only that something did: look again.
// Not for threads to share.
class RepositoryWatch {
 public:
  // Error `io`: no such folder, or the system's limit of watches is reached.
  static Result<RepositoryWatch> open(const std::filesystem::path& root);
  RepositoryWatch(RepositoryWatch&& other) noexcept
      : root_(std::move(other.root_)), fd_(std::exchange(other.fd_, -1)) {}
  RepositoryWatch& operator=(RepositoryWatch&&) = delete;
  ~RepositoryWatch();

  // Readable where take() would return true; for poll().
  int fd() const { return fd_; }
  // Whether anything has changed since the last call. Never waits. Folders that are new are watched from now on.
  bool take();

 private:
  RepositoryWatch(std::filesystem::path root, int fd) : root_(std::move(root)), fd_(fd) {}
  Status watch(const std::filesystem::path& folder);
  void watch_below();

  std::filesystem::path root_;
  int fd_ = -1;
};

}  // namespace tenor::serving
