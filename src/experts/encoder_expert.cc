#include "experts/encoder_expert.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "experts/tokenizer_settings.h"

namespace tenor::experts {

namespace {

// A list of numbers of `size`, or as many `fallback`s where the settings lack it.
Result<std::vector<float>> read_numbers(const bundle::JsonObject& settings, const char* key, std::size_t size,
                                        float fallback) {
  if (!settings.has(key)) return std::vector<float>(size, fallback);
  const auto numbers = settings.numbers(key);
  if (!numbers) return tl::unexpected(numbers.error());
  if (numbers->size() != size ||
      !std::all_of(numbers->begin(), numbers->end(), [](double x) { return std::isfinite(x); })) {
    return fail(ErrorCode::corrupt, std::string(key) + " must hold " + std::to_string(size) + " finite numbers");
  }
  return std::vector<float>(numbers->begin(), numbers->end());
}

// Tokens after which texts of a batch go through the encoder: memory stays bounded, and its chunks are much smaller.
constexpr std::size_t kPackedTokens = 8192;

// log(sum(exp(rows))): the logit of a label that several rows mean.
float merged(std::span<const float> rows) {
  if (rows.size() == 1) return rows[0];
  const float peak = *std::max_element(rows.begin(), rows.end());
  float sum = 0;
  for (const float row : rows) sum += std::exp(row - peak);
  return peak + std::log(sum);
}

}  // namespace

Result<EncoderExpert> EncoderExpert::open(const bundle::Bundle& bundle, const bundle::Expert& expert,
                                          std::size_t labels, const EncoderOptions& options) {
  const std::string where = "expert " + expert.name;
  const auto kind = expert.settings.text("task_kind", "single_label");
  if (!kind) return fail(kind.error(), where);
  if (*kind != "single_label" && *kind != "multi_label") {
    return fail(ErrorCode::unsupported, where + ": task_kind '" + *kind + "' is not one this program answers");
  }
  const auto json = expert.settings.object("tokenizer");
  if (!json) return fail(json.error(), where);
  const auto settings = read_tokenizer_settings(*json);
  if (!settings) return fail(settings.error(), where);
  auto tokenizer = open_tokenizer(bundle, *settings);
  if (!tokenizer) return fail(tokenizer.error(), where);
  auto encoder = Encoder::open(bundle, expert, options);
  if (!encoder) return tl::unexpected(encoder.error());
  EncoderExpert out(std::move(*encoder), std::move(*tokenizer));
  const EncoderConfig& config = out.encoder_.config();
  if (out.tokenizer_.size() > config.vocabulary) {
    return fail(ErrorCode::corrupt, where + ": the vocabulary has " + std::to_string(out.tokenizer_.size()) +
                                        " tokens, the word table " + std::to_string(config.vocabulary) + " rows");
  }
  out.max_tokens_ = std::min(settings->max_tokens, config.max_tokens());
  if (out.max_tokens_ < 3) return fail(ErrorCode::corrupt, where + ": max_tokens must be at least 3");
  const auto long_text = read_long_text(expert.settings);
  if (!long_text) return fail(long_text.error(), where);
  out.long_text_ = *long_text;
  out.multi_label_ = *kind == "multi_label";
  if (auto status = out.read_labels(expert.settings, labels); !status) return fail(status.error(), where);
  return out;
}

Status EncoderExpert::read_labels(const bundle::JsonObject& settings, std::size_t labels) {
  std::vector<double> rows(labels, 1);
  if (settings.has("label_rows")) {
    const auto numbers = settings.numbers("label_rows");
    if (!numbers) return tl::unexpected(numbers.error());
    rows = *numbers;
  }
  const double total = std::accumulate(rows.begin(), rows.end(), 0.0);
  if (rows.size() != labels || total != static_cast<double>(encoder_.config().outputs) ||
      std::any_of(rows.begin(), rows.end(), [](double n) { return n < 1 || n != std::floor(n); })) {
    return fail(ErrorCode::corrupt, "the head has " + std::to_string(encoder_.config().outputs) +
                                        " rows, which do not fit the " + std::to_string(labels) +
                                        " labels of its tasks");
  }
  label_rows_.assign(rows.begin(), rows.end());
  for (const auto& [key, fallback, target] : {std::tuple{"calibration_scale", 1.0f, &scale_},
                                              {"calibration_bias", 0.0f, &bias_},
                                              {"offsets", 0.0f, &offsets_}}) {
    auto numbers = read_numbers(settings, key, labels, fallback);
    if (!numbers) return tl::unexpected(numbers.error());
    *target = std::move(*numbers);
  }
  return {};
}

Coverage EncoderExpert::append(std::string_view text, EncoderExpertScratch& scratch) const {
  const auto begin = std::chrono::steady_clock::now();
  tokenizer_.encode(text, scratch.tokenizer, scratch.tokens);
  scratch.tokenize_seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const auto& ids = scratch.tokens.ids;
  Coverage read = append_sequences(ids, tokenizer_.special(), long_text_, max_tokens_, scratch.sequences);
  read.unknown = static_cast<std::uint32_t>(std::count(ids.begin(), ids.end(), tokenizer_.special().unk));
  return read;
}

Coverage EncoderExpert::tokenize(std::string_view text, EncoderExpertScratch& scratch) const {
  scratch.sequences.clear();
  return append(text, scratch);
}

Coverage EncoderExpert::score(std::string_view text, EncoderExpertScratch& scratch, std::span<float> logits) const {
  Coverage coverage;
  score_batch({&text, 1}, scratch, logits, {&coverage, 1});
  return coverage;
}

void EncoderExpert::score_batch(std::span<const std::string_view> texts, EncoderExpertScratch& scratch,
                                std::span<float> logits, std::span<Coverage> coverages, std::size_t wanted) const {
  const std::size_t outputs = encoder_.config().outputs;
  const auto first = label_rows_.begin();
  const auto count = static_cast<std::ptrdiff_t>(std::min(wanted, labels()));
  const std::size_t wanted_rows = std::accumulate(first, first + count, std::size_t{0});
  for (std::size_t begin = 0; begin < texts.size();) {
    scratch.sequences.clear();
    std::size_t end = begin;
    while (end < texts.size() && scratch.sequences.ids.size() < kPackedTokens) {
      coverages[end] = append(texts[end], scratch);
      ++end;
    }
    run(scratch, wanted_rows);
    std::size_t sequence = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const std::span<float> own = logits.subspan(i * labels(), labels());
      std::fill(own.begin(), own.end(), 0.0f);
      for (std::size_t s = 0; s < coverages[i].windows; ++s, ++sequence) {
        add_labels(std::span(scratch.row_logits).subspan(sequence * outputs, outputs), own);
      }
      calibrate(coverages[i].windows, own);
    }
    begin = end;
  }
}

void EncoderExpert::score_sequences(EncoderExpertScratch& scratch, std::span<float> logits) const {
  run(scratch, kAll);
  const std::size_t outputs = encoder_.config().outputs, sequences = scratch.sequences.begins.size() - 1;
  std::fill(logits.begin(), logits.end(), 0.0f);
  for (std::size_t s = 0; s < sequences; ++s) {
    const std::span<float> own = logits.subspan(s * labels(), labels());
    add_labels(std::span(scratch.row_logits).subspan(s * outputs, outputs), own);
    calibrate(1, own);
  }
}

void EncoderExpert::add_labels(std::span<const float> rows, std::span<float> logits) const {
  std::size_t row = 0;
  for (std::size_t l = 0; l < logits.size(); ++l) {
    logits[l] += merged(rows.subspan(row, label_rows_[l]));
    row += label_rows_[l];
  }
}

void EncoderExpert::calibrate(std::size_t sequences, std::span<float> logits) const {
  for (std::size_t l = 0; l < logits.size(); ++l) {
    logits[l] = scale_[l] * (logits[l] / static_cast<float>(sequences)) + bias_[l];
  }
}

void EncoderExpert::run(EncoderExpertScratch& scratch, std::size_t wanted_rows) const {
  const TokenBatch batch{scratch.sequences.ids, scratch.sequences.begins};
  scratch.row_logits.resize(batch.texts() * encoder_.config().outputs);
  const bool share = scratch.team != nullptr &&
                     worth_sharing(encoder_.config(), encoder_.precision(), batch.tokens(), scratch.team_round_trip);
  const std::size_t threads = share ? scratch.team->size() : 1;
  if (scratch.encoder.size() < threads) scratch.encoder.resize(threads);
  if (share) {
    encoder_.forward(batch, *scratch.team, scratch.encoder, scratch.row_logits, wanted_rows);
  } else {
    encoder_.forward(batch, scratch.encoder.front(), scratch.row_logits, wanted_rows);
  }
  if (multi_label_) {  // a yes/no question a row: probabilities are its sigmoids' shares of a task
    for (float& row : scratch.row_logits) row = -std::log1p(std::exp(-row));
  }
}

bool worth_sharing(const EncoderConfig& config, Precision precision, std::size_t tokens, double round_trip) {
  // Slow enough a rate that sharing pays where this says so, on any processor from AVX2 on.
  const double multiply_adds_a_second = precision == Precision::int8   ? 400e9
                                        : precision == Precision::bf16 ? 200e9
                                                                       : 100e9;
  const auto hidden = static_cast<double>(config.hidden), ffn = static_cast<double>(config.ffn);
  const double layer = static_cast<double>(tokens) * (4 * hidden * hidden + 2 * hidden * ffn) / multiply_adds_a_second;
  const auto layers = static_cast<double>(config.layers);
  // Half of the work is gained; a layer costs a meeting, the whole a start and an end.
  return layers * layer / 2 > 2 * round_trip * (layers + 1);
}

}  // namespace tenor::experts
