// An answer that another thread computes.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "http/fault.h"
#include "http/message.h"
#include "serving/admission.h"

namespace tenor::http {

struct Workers;

// Made on an event loop; from submit() to on_finished() the thread that computes it owns it.
class Deferred {
 public:
  virtual ~Deferred() = default;

  // Whether the client is still there, and who gets the answer; called by the thread that computes it. To be set before
  // it is submitted.
  std::function<bool()> client_is_there;
  std::function<void(Deferred&)> on_finished;

  // In which its faults are told.
  virtual Dialect dialect() const { return Dialect::tenor; }

  // `self` is this. Where it is refused, neither function is called any more.
  virtual serving::Admission submit(const std::shared_ptr<Deferred>& self, Workers& workers) = 0;

  // The answer, once it is finished: a response, a fault, or nothing for a client that has gone.
  enum class Ending : std::uint8_t { response, fault, nothing };
  Ending ending() const { return ending_; }
  Response& response() { return response_; }
  const Fault& fault() const { return *fault_; }

 protected:
  std::optional<Fault> fault_;
  Response response_;
  Ending ending_ = Ending::response;
};

}  // namespace tenor::http
