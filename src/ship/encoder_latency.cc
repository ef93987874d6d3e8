#include "ship/encoder_latency.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "experts/encoder_config.h"
#include "experts/encoder_expert.h"

namespace tenor::ship {

namespace {

constexpr std::size_t kTexts = 33;
constexpr int kPasses = 7;

std::size_t characters_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Texts of about one length.
struct LengthGroup {
  double quantile = 0;
  std::size_t characters = 0;
  std::vector<const std::string*> texts;
};

LengthGroup texts_at(double quantile, const data::Dataset& dataset) {
  std::vector<std::pair<std::size_t, const std::string*>> all;
  for (const data::Row& row : dataset.rows) all.emplace_back(characters_of(row.text), &row.text);
  const auto by_length = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::stable_sort(all.begin(), all.end(), by_length);
  LengthGroup out{quantile, 0, {}};
  out.characters = all[static_cast<std::size_t>(quantile * static_cast<double>(all.size()))].first;
  const auto distance = [&](const auto& text) {
    return text.first > out.characters ? text.first - out.characters : out.characters - text.first;
  };
  std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
  all.resize(std::min(all.size(), kTexts));
  for (const auto& text : all) out.texts.push_back(text.second);
  return out;
}

template <class T>
T median(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

EncoderLatency time_encoder(const experts::EncoderExpert& encoder, const LengthGroup& group) {
  using Clock = std::chrono::steady_clock;
  experts::EncoderExpertScratch scratch;
  std::vector<float> logits(encoder.labels());
  std::vector<double> fastest(group.texts.size(), std::numeric_limits<double>::infinity());
  std::vector<std::size_t> tokens;
  for (int pass = 0; pass < kPasses; ++pass) {
    for (std::size_t i = 0; i < group.texts.size(); ++i) {
      const Clock::time_point begin = Clock::now();
      encoder.score(*group.texts[i], scratch, logits);
      fastest[i] = std::min(fastest[i], std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
      if (pass == 0) tokens.push_back(scratch.sequences.ids.size());
    }
  }
  return {
      "", group.quantile, group.texts.size(), group.characters, median(std::move(tokens)), median(std::move(fastest))};
}

}  // namespace

Result<std::vector<EncoderLatency>> time_encoders(const bundle::Bundle& bundle, const data::Dataset& rows) {
  if (rows.rows.empty()) return fail(ErrorCode::invalid_argument, "there are no texts to time encoders on");
  const std::vector<LengthGroup> groups = {texts_at(0.5, rows), texts_at(0.9, rows)};
  std::vector<EncoderLatency> out;
  for (const bundle::Expert& expert : bundle.manifest().experts) {
    if (expert.kind != experts::kEncoderKind) continue;
    std::size_t labels = 0;
    for (const std::string& task : expert.tasks) labels += bundle.manifest().find_task(task)->labels.size();
    const auto encoder = experts::EncoderExpert::open(bundle, expert, labels, {});
    if (!encoder) return fail(encoder.error(), "expert " + expert.name);
    for (const LengthGroup& group : groups) {
      out.push_back(time_encoder(*encoder, group));
      out.back().expert = expert.name;
    }
  }
  return out;
}

}  // namespace tenor::ship
