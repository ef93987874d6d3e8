#include "http/chores.h"

#include <boost/asio/post.hpp>
#include <exception>
#include <string>
#include <utility>

namespace tenor::http {

bool Chores::submit(std::function<void()> chore) {
  if (waiting_.fetch_add(1) >= kMost) {
    --waiting_;
    return false;
  }
  boost::asio::post(pool_, [this, chore = std::move(chore)] {
    chore();
    --waiting_;
  });
  return true;
}

void Chores::stop() {
  pool_.stop();
  pool_.join();
}

serving::Admission Chore::submit(const std::shared_ptr<Deferred>& self, Workers& workers) {
  serving::Admission admission;
  if (!workers.chores.submit([self] { static_cast<Chore&>(*self).run(); })) {
    admission.answer = serving::Admission::Answer::queue_full;
  }
  return admission;
}

void Chore::run() {
  try {
    fault_ = answer_(response_);
  } catch (const std::exception& error) {
    fault_ = Fault{FaultCode::internal_error, std::string("the request could not be answered: ") + error.what()};
  }
  if (fault_) ending_ = Ending::fault;
  on_finished(*this);
}

}  // namespace tenor::http
