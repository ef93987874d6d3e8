// What an encoder's answer hangs on: parts of the text are left out in turn, and the logits' fall is seen (occlusion,
// Zeiler and Fergus 2014; of words, Li, Monroe, Jurafsky 2016, arXiv:1612.08220). Inside engine/ only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "experts/encoder_expert.h"

namespace tenor::engine {

// What a look may cost.
struct OcclusionLimits {
  // Readings of the text without a part, all packed into two batches: clauses first, then words of the strongest ones.
  // Each is shorter than the text, so that an explanation costs less than so many plain passes.
  std::size_t passes = 11;
  // Tokens, special ones included, that all encoders together read at most, whatever the text: fewer passes for more.
  // 11 passes of 384 tokens, what tenor's own encoders read, are half of it.
  std::size_t most_tokens = 8192;
};

// A task among an encoder's labels, and the label that is to be explained.
struct ExplainedLabel {
  std::size_t first = 0;
  std::size_t labels = 0;
  std::size_t label = 0;
};

struct Occlusion {
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  // Bytes of the original that were left out together.
  struct Part {
    std::uint32_t byte_begin = 0;
    std::uint32_t byte_end = 0;
    std::uint32_t words = 0;
    std::uint32_t inside = kNone;  // the part that this one is a part of
    bool divided = false;          // others are parts of this one
  };
  std::vector<Part> parts;
  std::vector<float> falls;  // [parts, labels of the encoder]: logit of the whole text - logit without the part
  std::uint32_t tokens = 0;  // that the encoder read for it, special ones included

  // The fall of the label's margin over the mean of the task's other labels, one number a part, 0 for those that are
  // divided: what is inside a part adds up to its fall.
  std::vector<float> weights(const ExplainedLabel& of) const;
};

// Fills `out`. `whole` are the logits that `expert` gave the text; clauses on which `closer` hangs most are looked at
// word by word. Of a text that is read in several windows the window that speaks most for `closer` among a few evenly
// spaced ones is looked at, its falls divided by the number of windows. The scratch's tokens and sequences are
// overwritten. Texts without tokens have no parts. Deterministic; the same for any number of threads.
void occlude(const experts::EncoderExpert& expert, std::string_view text, std::span<const float> whole,
             const ExplainedLabel& closer, const OcclusionLimits& limits, experts::EncoderExpertScratch& scratch,
             Occlusion& out);

}  // namespace tenor::engine
