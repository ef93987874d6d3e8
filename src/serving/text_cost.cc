#include "serving/text_cost.h"

#include <algorithm>

namespace tenor::serving {

namespace {

constexpr std::uint32_t kReadAtOnce = 512;  // tokens that encoders read of a text, about
constexpr std::uint32_t kLinearShare = 64;  // an encoder's cost of a token in those of linear experts
constexpr std::size_t kAsciiBytes = 4;      // of a token, about
constexpr std::size_t kUnknownBytes = 3;    // of a token where the script is not known
constexpr float kEncoderTokenUs = 10;       // of a small encoder
constexpr float kLinearTokenUs = 0.3F;
constexpr float kExplainedTokens = 12;  // an explanation reads the text so often
constexpr float kWeight = 0.05F;        // of a measurement
constexpr float kMostChange = 4;        // at which a measurement is an outlier
constexpr double kHandingOverUs = 100;  // waking a worker, and the loop again

std::uint32_t shorten(std::size_t tokens) {
  if (tokens <= kReadAtOnce) return std::max<std::uint32_t>(1, static_cast<std::uint32_t>(tokens));
  return static_cast<std::uint32_t>(std::min<std::size_t>(kReadAtOnce + (tokens - kReadAtOnce) / kLinearShare, ~0U));
}

// 0: the server's; fast, balanced, best; 4: microseconds.
unsigned budget_of(const engine::Options& options) {
  if (options.budget) return 1 + static_cast<unsigned>(*options.budget);
  return options.budget_us ? 4 : 0;
}

constexpr unsigned kFast = 1 + static_cast<unsigned>(engine::Budget::fast);

}  // namespace

std::uint32_t estimate_tokens(std::string_view text) {
  std::size_t ascii = 0, leads = 0;  // of characters of three bytes and more: in Chinese nearly a token each
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    ascii += byte < 0x80;
    leads += byte >= 0xE0;
  }
  const std::size_t letters = (text.size() - ascii - 3 * std::min(leads, (text.size() - ascii) / 3)) / 2;
  return shorten(2 + leads + (ascii + letters) / kAsciiBytes);
}

std::uint32_t estimate_tokens(std::size_t bytes) {
  return static_cast<std::uint32_t>(std::clamp<std::size_t>(bytes / kUnknownBytes, 1, ~0U));
}

WorkKind kind_of(const engine::Options& options) {
  const bool aspects = options.all_aspects || !options.aspects.empty();
  const bool sentences = options.granularity == engine::Granularity::sentence;
  return static_cast<WorkKind>(budget_of(options) * 8 + (options.explain ? 4U : 0U) + (aspects ? 2U : 0U) +
                               (sentences ? 1U : 0U));
}

float next_token_us(float current, double measured_us, std::size_t tokens) {
  if (tokens == 0 || !(measured_us >= 0)) return current;
  const auto measured = static_cast<float>(measured_us / static_cast<double>(tokens));
  return current + kWeight * (std::clamp(measured, current / kMostChange, current * kMostChange) - current);
}

bool worth_scoring_here(double predicted_us) {
  return predicted_us <= kHandingOverUs;
}

CostTable::CostTable(bool encoders) {
  for (unsigned kind = 0; kind < kWorkKinds; ++kind) {
    const bool asks = encoders && kind / 8 != kFast;
    const bool explains = asks && (kind & 4U) != 0;
    token_us_[kind] = (asks ? kEncoderTokenUs : kLinearTokenUs) * (explains ? kExplainedTokens : 1);
  }
}

void CostTable::add(WorkKind kind, double measured_us, std::size_t tokens) {
  auto& value = token_us_[kind];
  value.store(next_token_us(value.load(std::memory_order_relaxed), measured_us, tokens), std::memory_order_relaxed);
}

}  // namespace tenor::serving
