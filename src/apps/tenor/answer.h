// What one row was answered: a verdict, or the reason why there is none.
#pragma once

#include <string_view>

#include "engine/verdict.h"

namespace tenor::cli {

// Views and the verdict belong to whoever scored the row and live until the next one.
struct Answer {
  const engine::Verdict* verdict = nullptr;  // null: see the error
  std::string_view error_type;               // "empty_text", "bad_row"
  std::string_view error;                    // for people
};

}  // namespace tenor::cli
