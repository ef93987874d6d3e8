#include "rollout/audit_log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/file_system.h"

namespace tenor::rollout {

namespace fs = std::filesystem;

namespace {

tl::unexpected<Error> refused(const std::string& what, const fs::path& path) {
  return fail(ErrorCode::io, "cannot " + what + " " + path.string() + ": " + std::strerror(errno));
}

void take(Line line, Restored& restored) {
  ++restored.lines;
  if (line.sequence <= restored.last_sequence) return;  // written again, because nobody knew that it had been
  restored.last_sequence = line.sequence;
  if (line.kind == LineKind::state) {
    restored.state = std::move(line.state);
    return;
  }
  // A decision after the last whole state: its stage, with counts of before only where the stage is the same.
  if (restored.state && restored.state->rollout == line.entry.rollout) {
    const CanaryState& after = line.entry.decision.after;
    if (restored.state->canary.stage != after.stage) {
      for (ArmCounts& arm : restored.state->arms) arm.stage = {};
      restored.state->stage_seconds = 0;
    }
    restored.state->canary = after;
  }
  restored.decisions.push_back(std::move(line.entry));
  if (restored.decisions.size() > kShownDecisions) restored.decisions.erase(restored.decisions.begin());
}

// Whether the file ends within a line.
Result<bool> read_lines(const fs::path& path, Restored& restored) {
  const auto content = read_file(path);
  if (!content) {
    if (content.error().code == ErrorCode::not_found) return false;
    return tl::unexpected(content.error());
  }
  std::string_view rest = *content;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.empty()) continue;
    if (auto line = parse_line(text)) {
      take(std::move(*line), restored);
    } else {
      ++restored.unreadable;
    }
  }
  return !content->empty() && content->back() != '\n';
}

fs::path numbered(const fs::path& path, int number) {
  return path.string() + "." + std::to_string(number);
}

}  // namespace

Result<AuditLog> AuditLog::open(const fs::path& path, const AuditLimits& limits, Restored& restored) {
  AuditLog log(path, limits);
  // First the lock, so that nobody writes while this reads.
  if (auto status = log.open_file(); !status) return tl::unexpected(status.error());
  if (auto older = read_lines(numbered(path, 1), restored); !older) return tl::unexpected(older.error());
  const auto torn = read_lines(path, restored);
  if (!torn) return tl::unexpected(torn.error());
  log.torn_ = *torn;
  log.sequence_ = restored.last_sequence;
  return log;
}

AuditLog::AuditLog(AuditLog&& other) noexcept
    : path_(std::move(other.path_)),
      limits_(other.limits_),
      fd_(std::exchange(other.fd_, -1)),
      size_(other.size_),
      sequence_(other.sequence_),
      failures_(other.failures_),
      lost_(other.lost_),
      torn_(other.torn_),
      waiting_(std::move(other.waiting_)) {}

AuditLog::~AuditLog() {
  if (fd_ >= 0) ::close(fd_);
}

Status AuditLog::open_file() {
  const int fd = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return refused("open", path_);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return fail(ErrorCode::limit,
                path_.string() + " is in use by another process; every server needs a log of its own");
  }
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(fd);
    return fail(ErrorCode::io, path_.string() + ": expected a file that can be written, found something else");
  }
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
  size_ = static_cast<std::uint64_t>(info.st_size);
  torn_ = false;
  return {};
}

Status AuditLog::write(const std::string& line) {
  const std::string text = torn_ ? "\n" + line : line;
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return refused("write", path_);
    rest.remove_prefix(static_cast<std::size_t>(n));
    size_ += static_cast<std::uint64_t>(n);
    torn_ = rest.empty() ? text.back() != '\n' : true;
  }
  if (::fsync(fd_) != 0) return refused("flush", path_);
  return {};
}

Status AuditLog::append(std::string line, Keep keep) {
  waiting_.push_back(std::move(line));
  if (waiting_.size() > limits_.max_waiting) {
    waiting_.pop_front();
    ++lost_;
  }
  while (!waiting_.empty()) {
    if (auto status = write(waiting_.front()); !status) {
      ++failures_;
      if (keep == Keep::no) waiting_.pop_back();
      return status;
    }
    waiting_.pop_front();
  }
  return {};
}

Status AuditLog::rotate() {
  std::error_code error;
  for (int number = limits_.keep - 1; number >= 1; --number) {
    if (!fs::exists(numbered(path_, number), error)) continue;
    fs::rename(numbered(path_, number), numbered(path_, number + 1), error);
    if (error) break;
  }
  if (!error) fs::rename(path_, numbered(path_, 1), error);
  if (error) {
    ++failures_;
    return fail(ErrorCode::io, "cannot rename " + path_.string() + ": " + error.message());
  }
  return open_file();
}

}  // namespace tenor::rollout
