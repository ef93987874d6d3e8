#include "serving/model_slot.h"

#include "serving/following_session.h"

namespace tenor::serving {

namespace {

class ModelSession final : public FollowingSession {
 public:
  explicit ModelSession(const ModelSlot& slot) : slot_(slot) {}

 private:
  Held follow(const Held& /*last*/) override { return slot_.current(); }

  const ModelSlot& slot_;
};

}  // namespace

std::unique_ptr<Session> ModelSlot::open_session() const {
  return std::make_unique<ModelSession>(*this);
}

}  // namespace tenor::serving
