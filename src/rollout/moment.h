// What the clocks say; everything else in this folder takes the time as an argument.
#pragma once

#include "rollout/rollout.h"

namespace tenor::rollout {

Now now();

}  // namespace tenor::rollout
