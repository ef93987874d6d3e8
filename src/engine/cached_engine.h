// An engine that remembers its answers.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/siphash.h"
#include "engine/engine.h"
#include "engine/verdict_cache.h"

namespace tenor::engine {

// Everything in `options` that an answer may depend on, as bytes: different options, different bytes.
std::string options_key(const Options& options);

// Answers as the engine does, member for member; Verdict::cache alone says where the answer came from. Immutable:
// threads share one and bring their own Scratch. Engine and cache must outlive it; several engines may share a cache.
//
// The key is a hash of the engine, the options and the text's original bytes, not of its normalised form: encoders have
// normalisers of their own, and evidence, characters and invalid bytes are places and counts in the original. So texts
// that differ in a space are two texts here; a repost is a copy. Errors are not kept: they cost nothing to find again.
class CachedEngine {
 public:
  // No cache: everything is asked of the engine.
  CachedEngine(const Engine& engine, VerdictCache* cache);

  // As Engine::classify.
  Status classify(std::string_view text, const Options& options, Scratch& scratch, Verdict& verdict,
                  StageTimes* times = nullptr) const;

  // classify()'s answer where it takes no more than looking it up; else false, and the look-up is not counted: whoever
  // asks classify() next looks again.
  bool recall(std::string_view text, const Options& options, Verdict& verdict) const;

  // As Engine::classify_batch; the engine is asked about those texts alone that were not asked about before, each once.
  void classify_batch(std::span<const std::string_view> texts, const Options& options, Scratch& scratch,
                      std::span<Verdict> verdicts, std::span<Status> statuses, StageTimes* times = nullptr) const;

 private:
  // Not where there is a deadline: who is asked then depends on the clock.
  bool remembers(const Options& options) const;

  const Engine& engine_;
  VerdictCache* const cache_;
  Hash128 scope_;
};

}  // namespace tenor::engine
