#include "engine/occlusion.h"

#include <algorithm>

#include "engine/occlusion_plan.h"

namespace tenor::engine {

namespace {

// Of a text that is read in windows: those that are compared, and the least passes left for the one that is chosen.
constexpr std::size_t kWindows = 4, kLeastPasses = 4;
// Clauses that a text is cut into before the strongest are looked at: enough to tell them apart, few enough to leave
// half of the passes for words.
constexpr std::size_t kLeastParts = 4, kMostParts = 6;

float margin(std::span<const float> logits, const ExplainedLabel& of) {
  float others = 0;
  for (std::size_t l = 0; l < of.labels; ++l) others += l == of.label ? 0 : logits[of.first + l];
  return logits[of.first + of.label] - (of.labels > 1 ? others / static_cast<float>(of.labels - 1) : 0);
}

// One look at one text.
class Look {
 public:
  Look(const experts::EncoderExpert& expert, std::string_view text, const ExplainedLabel& closer,
       experts::EncoderExpertScratch& scratch, Occlusion& out)
      : expert_(expert), text_(text), closer_(closer), scratch_(scratch), out_(out) {}

  void run(std::span<const float> whole, const OcclusionLimits& limits) {
    out_.parts.clear();
    out_.falls.clear();
    out_.tokens = 0;
    expert_.tokenize(text_, scratch_);
    const text::WindowPlan plan = expert_.plan(scratch_.tokens.size());
    if (plan.ranges.empty()) return;
    whole_.assign(whole.begin(), whole.end());
    std::span<const text::TokenRange> ranges = plan.ranges;
    if (expert_.reads_windows() && ranges.size() > 1) {
      const std::size_t affordable = limits.most_tokens / (ranges.front().size() + 2);
      if (affordable < 2) return;
      ranges = strongest_window(ranges, affordable);
    }
    words_ = read_words(text_, scratch_.tokens, ranges);
    std::size_t read = 2;
    for (const text::TokenRange& range : ranges) read += range.size();
    const std::size_t left = limits.most_tokens - std::min<std::size_t>(limits.most_tokens, out_.tokens);
    look(std::min(limits.passes, left / read));
    for (float& fall : out_.falls) fall /= windows_;
  }

 private:
  // Reads a few windows as they are; whole_ becomes the chosen one's logits.
  std::span<const text::TokenRange> strongest_window(std::span<const text::TokenRange> windows, std::size_t passes) {
    const std::size_t count =
        std::clamp<std::size_t>(passes - std::min(passes, kLeastPasses), 1, std::min(kWindows, windows.size()));
    scratch_.sequences.clear();
    for (std::size_t i = 0; i < count; ++i) {
      const text::TokenRange& window = windows[i * windows.size() / count];
      begin_sequence();
      append(window.begin, window.end);
      end_sequence();
    }
    const std::span<const float> logits = read_sequences();
    const std::size_t labels = expert_.labels();
    std::size_t best = 0;
    for (std::size_t i = 1; i < count; ++i) {
      if (margin(logits.subspan(i * labels), closer_) > margin(logits.subspan(best * labels), closer_)) best = i;
    }
    const std::span<const float> chosen = logits.subspan(best * labels, labels);
    whole_.assign(chosen.begin(), chosen.end());
    windows_ = static_cast<float>(windows.size());
    return windows.subspan(best * windows.size() / count, 1);
  }

  void look(std::size_t passes) {
    if (passes == 0) return;
    const bool short_text = words_.size() <= passes;
    const auto gaps = std::count_if(words_.begin(), words_.end() - 1, [](const ReadWord& w) { return w.before_gap; });
    const std::size_t most = std::min(kMostParts, passes - std::min<std::size_t>(passes - 1, gaps));
    const std::vector<Stretch> parts = short_text ? even_parts({0, static_cast<std::uint32_t>(words_.size())}, passes)
                                                  : coarse_parts(words_, std::min(kLeastParts, most), most);
    if (parts.size() > passes) return;  // a gap made one more than can be paid
    leave_out(parts, Occlusion::kNone);
    read_left_out(0);
    if (short_text || parts.size() + 2 > passes) return;
    std::vector<float> falls;
    for (std::size_t p = 0; p < parts.size(); ++p) {
      falls.push_back(margin(std::span(out_.falls).subspan(p * expert_.labels(), expert_.labels()), closer_));
    }
    const auto counts = refinements(parts, falls, passes - parts.size());
    for (std::size_t p = 0; p < parts.size(); ++p) {
      if (counts[p] > 0) leave_out(even_parts(parts[p], counts[p]), static_cast<std::uint32_t>(p));
    }
    read_left_out(parts.size());
  }

  void leave_out(std::span<const Stretch> parts, std::uint32_t inside) {
    if (inside != Occlusion::kNone) out_.parts[inside].divided = true;
    for (const Stretch& part : parts) {
      const text::TokenSequence& tokens = scratch_.tokens;
      const std::uint32_t first = words_[part.begin].tokens.begin, last = words_[part.end - 1].tokens.end - 1;
      out_.parts.push_back({tokens.byte_begin[first], tokens.byte_end[last], part.size(), inside});
      left_out_.push_back(part);
    }
  }

  // The text without each part from `first` on, in one batch.
  void read_left_out(std::size_t first) {
    scratch_.sequences.clear();
    for (std::size_t p = first; p < left_out_.size(); ++p) {
      begin_sequence();
      for (std::uint32_t w = 0; w < words_.size(); ++w) {
        if (w < left_out_[p].begin || w >= left_out_[p].end) append(words_[w].tokens.begin, words_[w].tokens.end);
      }
      end_sequence();
    }
    const std::span<const float> logits = read_sequences();
    for (std::size_t i = 0; i < logits.size(); ++i) out_.falls.push_back(whole_[i % whole_.size()] - logits[i]);
  }

  std::span<const float> read_sequences() {
    out_.tokens += static_cast<std::uint32_t>(scratch_.sequences.ids.size());
    logits_.resize((scratch_.sequences.begins.size() - 1) * expert_.labels());
    if (!logits_.empty()) expert_.score_sequences(scratch_, logits_);
    return logits_;
  }

  void begin_sequence() { scratch_.sequences.ids.push_back(expert_.special().cls); }
  void append(std::size_t begin, std::size_t end) {
    const auto ids = scratch_.tokens.ids.begin();
    scratch_.sequences.ids.insert(scratch_.sequences.ids.end(), ids + static_cast<std::ptrdiff_t>(begin),
                                  ids + static_cast<std::ptrdiff_t>(end));
  }
  void end_sequence() {
    scratch_.sequences.ids.push_back(expert_.special().sep);
    scratch_.sequences.begins.push_back(static_cast<std::uint32_t>(scratch_.sequences.ids.size()));
  }

  const experts::EncoderExpert& expert_;
  const std::string_view text_;
  const ExplainedLabel& closer_;
  experts::EncoderExpertScratch& scratch_;
  Occlusion& out_;
  float windows_ = 1;
  std::vector<float> whole_, logits_;
  std::vector<ReadWord> words_;
  std::vector<Stretch> left_out_;  // in words_, one a part
};

}  // namespace

std::vector<float> Occlusion::weights(const ExplainedLabel& of) const {
  std::vector<float> out(parts.size());
  const std::size_t labels = parts.empty() ? 0 : falls.size() / parts.size();
  for (std::size_t p = 0; p < parts.size(); ++p) out[p] = margin(std::span(falls).subspan(p * labels, labels), of);
  std::vector<Stretch> inside;
  for (std::size_t begin = 0, end = 0; begin < parts.size(); begin = end) {
    const std::uint32_t parent = parts[begin].inside;
    for (end = begin; end < parts.size() && parts[end].inside == parent; ++end) {
    }
    if (parent == kNone) continue;
    inside.clear();
    for (std::size_t p = begin; p < end; ++p) inside.push_back({0, parts[p].words});
    share_fall(out[parent], inside, std::span(out).subspan(begin, end - begin));
  }
  for (std::size_t p = 0; p < parts.size(); ++p) {
    if (parts[p].divided) out[p] = 0;
  }
  return out;
}

void occlude(const experts::EncoderExpert& expert, std::string_view text, std::span<const float> whole,
             const ExplainedLabel& closer, const OcclusionLimits& limits, experts::EncoderExpertScratch& scratch,
             Occlusion& out) {
  Look(expert, text, closer, scratch, out).run(whole, limits);
}

}  // namespace tenor::engine
