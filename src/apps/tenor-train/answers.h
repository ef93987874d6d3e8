// The proof that a bundle is whole.
#pragma once

#include "base/result.h"
#include "bundle/bundle.h"

namespace tenor::train_cli {

// A bundle is shipped only if the engine that will serve it opens it and answers.
Status check_answers(const bundle::Bundle& bundle);

}  // namespace tenor::train_cli
