// What a text looks like from outside, in one cheap sweep: hints at how hard it is for models to read.
#pragma once

#include <cstdint>
#include <span>

namespace tenor::text {

struct TextCues {
  std::uint32_t characters = 0;
  float han = 0;                   // share of characters that are Han; 0 for an empty text
  float latin = 0;                 // and Latin letters
  std::uint32_t negations = 0;     // 不 没 无 别 非 未; not, no, never, n't, ...
  std::uint32_t contrasts = 0;     // 但 却 虽 然而 不过 可是 尽管; but, however, although, ...
  std::uint32_t exclamations = 0;  // marks
  std::uint32_t questions = 0;     // marks
  std::uint32_t emoji = 0;         // symbols from U+2600 on that stand for pictures
};

// `chars` are those of a NormalizedText. Some two nanoseconds a character; thread-safe.
TextCues find_cues(std::span<const char32_t> chars);

}  // namespace tenor::text
