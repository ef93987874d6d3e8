// The file in which a rollout writes down what it did, and from which it goes on after a restart.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rollout/record.h"

namespace tenor::rollout {

struct AuditLimits {
  std::uint64_t max_bytes = 16 << 20;  // of the file; then it becomes PATH.1, and PATH.1 becomes PATH.2 …
  int keep = 4;                        // such older files
  std::size_t max_waiting = 256;       // lines kept for the next attempt while the disk takes none
};

// What was found in the file of before.
struct Restored {
  std::optional<State> state;    // the last one written, with the decisions after it
  std::vector<Entry> decisions;  // of all rollouts, oldest first, the newest kShownDecisions
  std::uint64_t lines = 0;       // that were read
  std::uint64_t unreadable = 0;  // lines that were not: torn by a crash or a full disk, or damaged; passed over
  std::uint64_t last_sequence = 0;
  // Why the rollout begins, or goes on with another plan, where that is no restart: its first decision.
  std::string reason = {};
};
inline constexpr std::size_t kShownDecisions = 100;

// Lines of JSON, each flushed to the disk before append() returns. One process at a time. Not for threads to share.
class AuditLog {
 public:
  // Reads PATH.1 and PATH where they are there and opens PATH for what comes; its folder must exist. Errors: io; limit
  // where another process has it.
  static Result<AuditLog> open(const std::filesystem::path& path, const AuditLimits& limits, Restored& restored);

  AuditLog(AuditLog&& other) noexcept;
  AuditLog& operator=(AuditLog&&) = delete;
  ~AuditLog();

  // What becomes of a line that cannot be written now.
  enum class Keep : std::uint8_t { yes, no };

  // Writes `line` (with its line end) after the lines that wait. An error (io: a full disk) leaves it waiting if it is
  // to be kept; the oldest line is lost where too many wait.
  Status append(std::string line, Keep keep);

  // Whether the file is so large that a new one should begin; its first line is to be a whole state.
  bool is_full() const { return size_ >= limits_.max_bytes; }
  Status rotate();

  std::uint64_t next_sequence() { return ++sequence_; }
  std::uint64_t failures() const { return failures_; }  // attempts to write that failed
  std::uint64_t lost() const { return lost_; }          // lines given up
  std::size_t waiting() const { return waiting_.size(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  AuditLog(std::filesystem::path path, const AuditLimits& limits) : path_(std::move(path)), limits_(limits) {}
  Status open_file();
  Status write(const std::string& line);

  std::filesystem::path path_;
  AuditLimits limits_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t lost_ = 0;
  bool torn_ = false;  // the file does not end with a line end
  std::deque<std::string> waiting_;
};

}  // namespace tenor::rollout
