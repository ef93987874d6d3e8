// The CPU as a device: the worker's own thread, and a session.
#pragma once

#include <memory>

#include "serving/analyzer.h"
#include "serving/executor.h"

namespace tenor::serving {

// Never lost. A session that threw is replaced by a new one: nobody knows in what state it was left.
class CpuExecutor final : public Executor {
 public:
  // The analyzer must outlive it.
  explicit CpuExecutor(const Analyzer& analyzer) : analyzer_(analyzer), session_(analyzer.open_session()) {}

  RunStatus run(const ExecutorWork& work) override;
  double tokenize_seconds() const override { return before_ + session_->tokenize_seconds(); }
  void rest() override { session_->rest(); }
  // A new session, without what the buffers of this one have grown to.
  void renew();

 private:
  const Analyzer& analyzer_;
  std::unique_ptr<Session> session_;
  double before_ = 0;  // tokenize_seconds() of the sessions before
};

}  // namespace tenor::serving
