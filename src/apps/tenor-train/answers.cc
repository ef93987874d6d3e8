#include "apps/tenor-train/answers.h"

#include <vector>

#include "engine/engine.h"

namespace tenor::train_cli {

Status check_answers(const bundle::Bundle& bundle) {
  const std::vector<bundle::Bundle> bundles = {bundle};
  const auto engine = engine::Engine::open(bundles);
  if (!engine) return tl::unexpected(engine.error());
  engine::Options options;
  options.all_aspects = true;
  engine::Verdict verdict;
  return engine->classify("好 good", options, *engine->make_scratch(), verdict);
}

}  // namespace tenor::train_cli
