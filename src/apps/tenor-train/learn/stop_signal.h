// SIGINT and SIGTERM as a question: has anybody asked to stop?
#pragma once

#include <memory>

namespace tenor::train_cli {

// While it lives, the two signals no longer end the program but are remembered; a second one of a kind ends it as
// usual. One at a time in a program.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  bool asked() const;

 private:
  struct Descriptor;
  std::unique_ptr<Descriptor> descriptor_;
};

}  // namespace tenor::train_cli
