// The windows of `tenor drift`, and how they are told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "drift/monitor.h"
#include "drift/profile.h"
#include "drift/psi.h"

namespace tenor::cli {

// So many texts of one model, in the order of the file.
struct DriftWindow {
  std::string model;
  std::uint64_t number = 0;     // of the model's windows, from 1
  std::uint64_t first_row = 0;  // of the file, from 1
  std::uint64_t last_row = 0;
  drift::Profile seen = drift::Profile();
  drift::Drift compared = {};

  // Too few texts to judge.
  bool few() const;
  drift::Level level() const { return drift::level_of(compared.greatest()); }
};

// Cuts what is scored into windows of `size` texts, each model for itself. Not for threads to share.
class DriftWindows {
 public:
  DriftWindows(std::vector<drift::WatchedModel> models, std::uint64_t size);

  // False where the verdict's model has no reference.
  bool add(std::uint64_t row, const engine::Verdict& verdict);
  // Closes the windows that are not full.
  void finish();

  const std::vector<DriftWindow>& windows() const { return windows_; }

 private:
  struct Open {
    drift::WatchedModel model;
    DriftWindow window;
  };
  void close(Open& open);

  std::uint64_t size_;
  std::vector<Open> open_;
  std::vector<DriftWindow> windows_;
};

struct DriftReport {
  std::string source;
  std::vector<DriftWindow> windows;
  std::uint64_t rows = 0;
  std::uint64_t bad_rows = 0;
  std::uint64_t unwatched = 0;       // texts of models without a reference
  std::optional<double> fail_above;  // --fail-above

  // Whether a window with enough texts is above it.
  bool failed() const;
};

void append_text(std::string& out, const DriftReport& report);
void append_json(std::string& out, const DriftReport& report);

}  // namespace tenor::cli
