#include "apps/tenor/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace tenor::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kFlushBytes = 128u << 10;

tl::unexpected<Error> io_error(const std::string& what, const fs::path& path) {
  return fail(ErrorCode::io, what + " " + path.string() + ": " + std::strerror(errno));
}

fs::path temporary_name(const fs::path& target) {
  return target.parent_path() / ("." + target.filename().string() + "." + std::to_string(::getpid()) + ".tmp");
}

}  // namespace

Output::Output(int descriptor, fs::path target, fs::path temporary)
    : descriptor_(descriptor), target_(std::move(target)), temporary_(std::move(temporary)) {
  buffer_.reserve(kFlushBytes + kFlushBytes / 2);
}

Output::Output(Output&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      buffer_(std::move(other.buffer_)),
      closed_early_(other.closed_early_) {}

Output::~Output() {
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Output Output::standard() {
  return {STDOUT_FILENO, {}, {}};
}

Result<Output> Output::open(const fs::path& path) {
  if (path == "-") return standard();
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_directory(status)) {
    return fail(ErrorCode::invalid_argument, "cannot write to " + path.string() + ": it is a folder; name a file");
  }
  if (fs::exists(status) && !fs::is_regular_file(status)) {  // /dev/null, a named pipe
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return io_error("cannot write to", path);
    return Output(descriptor, {}, {});
  }
  // Through a symbolic link to the file behind it: replacing the link itself would surprise.
  fs::path target = fs::exists(status) ? fs::canonical(path, ignored) : fs::absolute(path, ignored);
  if (target.empty()) target = path;
  const mode_t mode = fs::exists(status) ? static_cast<mode_t>(status.permissions()) & 0777 : 0666;
  int descriptor = ::open(target.parent_path().c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
  fs::path temporary;
  if (descriptor < 0) {
    temporary = temporary_name(target);
    descriptor = ::open(temporary.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, mode);
    if (descriptor < 0) return io_error("cannot write to", path);
  }
  return Output(descriptor, std::move(target), std::move(temporary));
}

Status Output::write(const fs::path& path, std::string content) {
  auto file = open(path);
  if (!file) return tl::unexpected(std::move(file.error()));
  file->buffer_ = std::move(content);
  return file->commit();
}

Status Output::write_all(std::string_view bytes) {
  while (!bytes.empty() && !closed_early_) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      closed_early_ = true;
    } else if (errno != EINTR) {
      return io_error("cannot write to", target_.empty() ? fs::path("standard output") : target_);
    }
  }
  return {};
}

Status Output::flush() {
  Status status = write_all(buffer_);
  buffer_.clear();
  return status;
}

Status Output::flush_if_full() {
  return buffer_.size() >= kFlushBytes ? flush() : Status{};
}

Status Output::commit() {
  if (Status status = flush(); !status) return status;
  return target_.empty() ? Status{} : name_it();
}

Status Output::name_it() {
  if (::fsync(descriptor_) != 0) return io_error("cannot flush", target_);
  if (temporary_.empty()) {
    const fs::path name = temporary_name(target_);
    const std::string open_file = "/proc/self/fd/" + std::to_string(descriptor_);
    ::unlink(name.c_str());
    if (::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      return io_error("cannot give a name to", target_);
    }
    temporary_ = name;
  }
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) return io_error("cannot rename to", target_);
  temporary_.clear();
  return {};
}

}  // namespace tenor::cli
