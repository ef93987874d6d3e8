#include "serving/repository_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace tenor::serving {

namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t kEvents =
    IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE | IN_ATTRIB | IN_ONLYDIR;

}  // namespace

Result<RepositoryWatch> RepositoryWatch::open(const fs::path& root) {
  const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) return fail(ErrorCode::io, "inotify: " + std::generic_category().message(errno));
  RepositoryWatch watch(root, fd);
  if (auto status = watch.watch(root); !status) return tl::unexpected(std::move(status.error()));
  watch.watch_below();
  return watch;
}

RepositoryWatch::~RepositoryWatch() {
  if (fd_ >= 0) ::close(fd_);
}

Status RepositoryWatch::watch(const fs::path& folder) {
  if (::inotify_add_watch(fd_, folder.c_str(), kEvents) >= 0) return {};
  return fail(ErrorCode::io, folder.string() + ": " + std::generic_category().message(errno));
}

// A folder that cannot be watched is found by the next look at all. Adding one again changes nothing.
void RepositoryWatch::watch_below() {
  std::error_code error;
  fs::recursive_directory_iterator entry(root_, fs::directory_options::skip_permission_denied, error);
  for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
    std::error_code unknown;
    if (entry.depth() < 2 && entry->is_directory(unknown)) {
      (void)watch(entry->path());
    } else {
      entry.disable_recursion_pending();
    }
  }
}

bool RepositoryWatch::take() {
  alignas(inotify_event) std::array<char, 4096> buffer;
  bool changed = false;
  while (::read(fd_, buffer.data(), buffer.size()) > 0) changed = true;
  if (changed) watch_below();
  return changed;
}

}  // namespace tenor::serving
