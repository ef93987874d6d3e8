// A text's sentences, each answered by itself. Inside engine/ only.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "engine/model.h"

namespace tenor::engine {

// Fills verdict.sentences where options ask for them and clears them where not; nothing else of the verdict changes. A
// sentence's answer is that of Engine::classify() for it alone with its language forced: its own, by script, or the
// text's where it holds no words, and by the model that options name; no sentence depends on another. They are a batch
// as classify_batch()'s: encoders read packed together those that are worth asking them about. What a deadline leaves
// is the sentences' after the text's. Without evidence. The scratch's buffers are the last sentence's afterwards.
void judge_sentences(std::span<const std::unique_ptr<Model>> models, std::string_view text, const Options& options,
                     Scratch& scratch, Verdict& verdict);

}  // namespace tenor::engine
