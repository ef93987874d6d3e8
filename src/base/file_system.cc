#include "base/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

namespace tenor {

namespace fs = std::filesystem;

namespace {

std::string system_error(const std::string& what, const fs::path& path) {
  return what + " " + path.string() + ": " + std::strerror(errno);
}

Status write_and_sync(int fd, std::string_view content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(ErrorCode::io, system_error("cannot write", path));
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  if (::fsync(fd) != 0) return fail(ErrorCode::io, system_error("cannot flush", path));
  return {};
}

}  // namespace

bool is_file(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::io;
    return fail(code, system_error("cannot open", path));
  }
  std::string content{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) return fail(ErrorCode::io, system_error("cannot read", path));
  return content;
}

Status write_file_atomic(const fs::path& path, std::string_view content, unsigned mode) {
  std::string name = path.string() + ".XXXXXX";
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) return fail(ErrorCode::io, system_error("cannot create a temporary file beside", path));
  Status status = write_and_sync(fd, content, path);
  ::fchmod(fd, static_cast<mode_t>(mode));
  ::close(fd);
  if (status && ::rename(name.c_str(), path.c_str()) != 0) {
    status = fail(ErrorCode::io, system_error("cannot rename to", path));
  }
  if (!status) ::unlink(name.c_str());
  return status;
}

PendingFolder::PendingFolder(fs::path target, fs::path temporary)
    : target_(std::move(target)), temporary_(std::move(temporary)) {}

PendingFolder::PendingFolder(PendingFolder&& other) noexcept
    : target_(std::move(other.target_)), temporary_(std::exchange(other.temporary_, fs::path())) {}

PendingFolder::~PendingFolder() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

Result<PendingFolder> PendingFolder::create(const fs::path& target) {
  std::string plain = target.string();
  while (plain.size() > 1 && plain.back() == '/') plain.pop_back();
  std::string name = plain + ".tmp-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) {
    return fail(ErrorCode::io, system_error("cannot create a temporary folder beside", plain));
  }
  fs::permissions(name, fs::perms(0755));
  return PendingFolder(plain, name);
}

Status PendingFolder::publish() {
  std::error_code error;
  fs::path old;
  if (fs::exists(target_, error)) {
    old = temporary_.string() + ".old";
    fs::rename(target_, old, error);
    if (error) return fail(ErrorCode::io, "cannot move aside " + target_.string() + ": " + error.message());
  }
  fs::rename(temporary_, target_, error);
  if (error) {
    const std::string message = "cannot rename to " + target_.string() + ": " + error.message();
    if (!old.empty()) fs::rename(old, target_, error);
    return fail(ErrorCode::io, message);
  }
  temporary_.clear();
  if (!old.empty()) fs::remove_all(old, error);
  return {};
}

}  // namespace tenor
