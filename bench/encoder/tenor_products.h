// tenor's products alone, beside oneDNN's.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace tenor::bench {

// PRECISION M N K MS -> {"gmacs"}: 10^9 multiply-adds a second of one thread.
Result<std::string> product(const std::vector<std::string>& words);

}  // namespace tenor::bench
