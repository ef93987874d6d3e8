#include "serving/cpu_executor.h"

#include <exception>
#include <new>
#include <utility>

namespace tenor::serving {

using Kind = DeviceFailure::Kind;

RunStatus CpuExecutor::run(const ExecutorWork& work) {
  DeviceFailure failure;
  try {
    session_->take_arm(work.arm);
    session_->classify_batch(work.texts, work.options, work.verdicts, work.statuses);
    return {};
  } catch (const std::bad_alloc& error) {
    failure = {Kind::out_of_memory, error.what()};
  } catch (const std::exception& error) {
    failure = {Kind::threw, error.what()};
  }
  renew();
  return tl::unexpected(std::move(failure));
}

void CpuExecutor::renew() {
  auto next = analyzer_.open_session();
  before_ = tokenize_seconds();
  session_ = std::move(next);
}

}  // namespace tenor::serving
