#include "serving/batch_plan.h"

#include <algorithm>
#include <optional>

namespace tenor::serving {

namespace {

// How much longer than predicted scoring may take.
constexpr double kSafety = 2;
// Shorter texts are as good as equally long.
constexpr std::uint32_t kShortTokens = 32;

bool hurried(const Candidate& text) {
  return text.left_us < kSafety * text.cost_us;
}

bool alike(const Candidate& a, const Candidate& b, double ratio) {
  const double first = std::max(a.tokens, kShortTokens), second = std::max(b.tokens, kShortTokens);
  return first <= ratio * second && second <= ratio * first;
}

// The first, or the one of a near deadline that has the least time left to begin in.
std::optional<std::size_t> find_head(std::span<const Candidate> candidates, double batch_us) {
  std::optional<std::size_t> head, urgent;
  double least = kSafety * batch_us;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i].left_us <= 0) continue;
    if (!head) head = i;
    const double spare = candidates[i].left_us - candidates[i].cost_us;
    if (spare >= least) continue;
    least = spare;
    urgent = i;
  }
  return urgent ? urgent : head;
}

// What the head's worker may take, in tokens.
std::size_t token_budget(std::span<const Candidate> candidates, const BatchRules& rules, std::size_t idle_workers) {
  if (idle_workers <= 1) return rules.batch_tokens;
  std::size_t all = 0;
  for (const Candidate& text : candidates) all += text.tokens;
  return std::min(rules.batch_tokens, (all + idle_workers - 1) / idle_workers);
}

}  // namespace

BatchPlan plan_batch(std::span<const Candidate> candidates, const BatchRules& rules, std::size_t idle_workers) {
  BatchPlan plan;
  double batch_us = 0;
  std::size_t all_tokens = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i].left_us <= 0) plan.late.push_back(i);
    if (all_tokens < rules.batch_tokens) batch_us += candidates[i].cost_us;
    all_tokens += candidates[i].tokens;
  }
  const auto first = find_head(candidates, batch_us);
  if (!first) return plan;
  const Candidate& head = candidates[*first];
  plan.hurried = hurried(head);
  plan.taken.push_back(*first);
  if (plan.hurried || head.alone) return plan;

  const std::size_t budget = token_budget(candidates, rules, idle_workers);
  std::size_t tokens = head.tokens;
  double cost_us = head.cost_us, left_us = head.left_us;
  bool full = tokens >= budget;
  for (std::size_t i = 0; i < candidates.size() && !full; ++i) {
    const Candidate& text = candidates[i];
    if (i == *first || text.left_us <= 0 || text.alone || text.group != head.group) continue;
    if (hurried(text) || !alike(head, text, rules.length_ratio)) continue;
    if (tokens + text.tokens > budget) {
      full = true;  // those behind are not let past: shorter ones would always find a place
      break;
    }
    const double least = std::min(left_us, text.left_us);
    if (least < kSafety * (cost_us + text.cost_us)) continue;
    plan.taken.push_back(i);
    tokens += text.tokens;
    cost_us += text.cost_us;
    left_us = least;
  }
  const double patience = std::min(rules.max_wait_us - head.waited_us, left_us - kSafety * cost_us);
  if (!full && tokens < rules.batch_tokens && patience > 0) {
    plan.taken.clear();
    plan.wait_us = patience;
  }
  return plan;
}

Priority next_priority(bool interactive_waits, bool bulk_waits, const Turns& turns) {
  if (!bulk_waits) return Priority::interactive;
  return !interactive_waits || turns.bulk_credit > 0 ? Priority::bulk : Priority::interactive;
}

Turns after_batch(const Turns& turns, Priority taken, std::size_t tokens, bool other_waits, const BatchRules& rules) {
  if (!other_waits) return {};
  const auto spent = static_cast<double>(tokens);
  const double share = std::clamp(rules.bulk_share, 0.0, 0.99);
  const double earned = taken == Priority::bulk ? -spent : spent * share / (1 - share);
  return {turns.bulk_credit + earned};
}

}  // namespace tenor::serving
