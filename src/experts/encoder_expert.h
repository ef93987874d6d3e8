// An encoder with its tokenizer: text in, one logit a label out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/thread_team.h"
#include "experts/encoder.h"
#include "experts/long_text.h"
#include "text/tokenizer.h"

namespace tenor::experts {

// Every buffer of an encoder expert. One per thread, reused from text to text.
struct EncoderExpertScratch {
  text::Tokenizer::Scratch tokenizer;
  text::TokenSequence tokens;
  Sequences sequences;
  std::vector<float> row_logits;        // [sequences, outputs]
  std::vector<EncoderScratch> encoder;  // one a thread of the team
  std::unique_ptr<ThreadTeam> team;     // several threads for one text; null: the caller alone
  double team_round_trip = 0;           // seconds
  double tokenize_seconds = 0;          // spent on tokenising, added up from text to text
};

// Immutable; threads may share it and bring their own scratch.
class EncoderExpert {
 public:
  // `labels` is the number of labels of all the expert's tasks together. Errors: those of Encoder::open, of the
  // tokenizer, and corrupt where head, labels, vocabulary and calibration do not fit together.
  static Result<EncoderExpert> open(const bundle::Bundle& bundle, const bundle::Expert& expert, std::size_t labels,
                                    const EncoderOptions& options);

  // logits[labels], calibrated: ready for a softmax a task. Over several windows the logits are averaged, so that a
  // text's length does not make an answer more certain.
  Coverage score(std::string_view text, EncoderExpertScratch& scratch, std::span<float> logits) const;

  // The same for many texts, whose tokens go through the encoder packed: logits[texts, labels], coverages[texts]; the
  // same bits as score() gives. Logits beyond the first `wanted` labels may be anything: what nobody asks is not worked
  // out where that saves something.
  void score_batch(std::span<const std::string_view> texts, EncoderExpertScratch& scratch, std::span<float> logits,
                   std::span<Coverage> coverages, std::size_t wanted = kAll) const;

  // What score() gives the encoder to read of a text: scratch.tokens and scratch.sequences.
  Coverage tokenize(std::string_view text, EncoderExpertScratch& scratch) const;

  // The ranges of that many tokens that score() reads: head and tail of one sequence, or a sequence each.
  text::WindowPlan plan(std::size_t tokens) const { return plan_sequences(tokens, long_text_, max_tokens_); }
  bool reads_windows() const { return long_text_.method == LongText::Method::windows; }
  const text::SpecialTokens& special() const { return tokenizer_.special(); }

  // logits[sequences, labels] of scratch.sequences, each calibrated as if it were a text of its own; the same bits as
  // score() gives for that text. A sequence holds at most as many tokens as those of tokenize().
  void score_sequences(EncoderExpertScratch& scratch, std::span<float> logits) const;

  const Encoder& encoder() const { return encoder_; }
  std::size_t labels() const { return label_rows_.size(); }
  // Added to the logarithms of the fused probabilities before a label is chosen; zeros where none were fitted.
  std::span<const float> offsets() const { return offsets_; }

 private:
  EncoderExpert(Encoder encoder, text::Tokenizer tokenizer)
      : encoder_(std::move(encoder)), tokenizer_(std::move(tokenizer)) {}
  Status read_labels(const bundle::JsonObject& settings, std::size_t labels);
  // The text's sequences, behind those that are there; scratch.tokens are the text's.
  Coverage append(std::string_view text, EncoderExpertScratch& scratch) const;
  // scratch.row_logits of scratch.sequences, comparable in sums.
  void run(EncoderExpertScratch& scratch, std::size_t wanted_rows) const;
  // Adds the logits of one sequence's rows.
  void add_labels(std::span<const float> rows, std::span<float> logits) const;
  void calibrate(std::size_t sequences, std::span<float> logits) const;

  Encoder encoder_;
  text::Tokenizer tokenizer_;
  LongText long_text_;
  std::size_t max_tokens_ = 0;
  bool multi_label_ = false;
  std::vector<std::size_t> label_rows_;  // rows of the head that each label sums
  std::vector<float> scale_, bias_;      // calibrated = scale * logit + bias
  std::vector<float> offsets_;
};

// Whether several threads gain on this many tokens: a pure estimate from the round trip of a team (seconds) and the
// multiply-adds of a token. Threads meet once a layer.
bool worth_sharing(const EncoderConfig& config, Precision precision, std::size_t tokens, double round_trip);

}  // namespace tenor::experts
