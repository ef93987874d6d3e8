#include "serving/following_session.h"

#include <utility>

namespace tenor::serving {

void FollowingSession::rest() {
  if (held_) session_->rest();
  held_.reset();
}

Session& FollowingSession::hold(Held next) {
  // By owner and not by address: another analyzer may lie where one was that is gone.
  const bool same = session_ && !opened_.owner_before(next) && !next.owner_before(opened_);
  if (!same) {
    before_ = tokenize_seconds();
    session_ = next->open_session();
    opened_ = next;
  }
  held_ = std::move(next);
  return *session_;
}

}  // namespace tenor::serving
