#include "serving/rollout_slot.h"

#include "serving/following_session.h"

namespace tenor::serving {

namespace {

class RolloutSession final : public FollowingSession {
 public:
  explicit RolloutSession(const RolloutSlot& slot) : slot_(slot) {}

  void take_arm(const Arm& arm) override { hold(arm.of ? arm.of : slot_.current()).take_arm(arm); }

 private:
  // An arm is taken before the calls it is for: those are answered by its rollout.
  Held follow(const Held& last) override { return last ? last : slot_.current(); }

  const RolloutSlot& slot_;
};

}  // namespace

std::unique_ptr<Session> RolloutSlot::open_session() const {
  return std::make_unique<RolloutSession>(*this);
}

}  // namespace tenor::serving
