// What the engine answers for one text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gate/features.h"
#include "gate/method.h"
#include "text/language.h"
#include "text/sentences.h"

namespace tenor::engine {

inline constexpr std::size_t kMaxLabels = 4;
inline constexpr std::size_t kMaxSentences = 1000;  // of a text that are answered one by one

struct TaskInfo {
  std::string name;                 // "overall", or an aspect's name
  bool aspect = false;              // false for the overall task
  std::vector<std::string> labels;  // at most kMaxLabels, in the order of every probability array
};

struct ModelInfo {
  std::string name;
  std::string version;
  std::string digest;  // SHA-256 of the manifest, hexadecimal: the identity of the model
  std::string
      precision;    // "int8" or "float32": how linear weights are stored; with an encoder, what its products run in
  std::string isa;  // instruction set of the encoders' products; empty where there are none
  std::uint64_t encoder_bytes = 0;          // what encoders hold beside the bundle's mapped file
  std::uint64_t encoder_scratch_bytes = 0;  // most that a thread's encoder buffers grow to, whatever it is asked
  std::vector<text::Language> languages;
  std::vector<TaskInfo> tasks;        // the overall task first
  std::vector<std::string> experts;   // "logistic_regression", "linear_svm"
  std::vector<gate::Method> methods;  // those that a request may name; the first is the model's own
  std::string gate;                   // a JSON object for /info: stages, budgets, curves, how good it is (gate_info.h)
};

// A stretch of the original text that spoke for (weight > 0) or against (weight < 0) the task's label.
struct Evidence {
  std::uint32_t byte_begin = 0;
  std::uint32_t byte_end = 0;
  std::uint32_t character_begin = 0;  // in code points of the original
  std::uint32_t character_end = 0;
  // Share of the label's margin over the mean of the others, in logits: the exact share of linear experts' n-grams, and
  // what encoders' margins lose without these words, each counting as much as in the answer.
  float weight = 0;
};

// One feature's exact share in the linear experts' margin: value x weight, averaged over them as the answer does.
struct Contribution {
  std::string term;         // the n-gram as it was seen after normalisation
  std::uint32_t count = 0;  // occurrences in the text
  float weight = 0;         // for the task's label against the mean of the others, in logits
};

// One expert's calibrated answer to a task.
struct ExpertAnswer {
  std::string_view expert;  // owned by the engine
  std::array<float, kMaxLabels> probabilities{};
};

struct TaskVerdict {
  const TaskInfo* task = nullptr;  // owned by the engine
  std::uint8_t label = 0;          // index into task->labels
  bool uncertain = false;          // below what the bundle's stated precision needs; false where that was not fitted
  // Calibrated probabilities in the order of task->labels; they sum to 1. For aspects with decision offsets the label
  // need not be the most probable one (docs/bundle-format.md, "decision offsets").
  std::array<float, kMaxLabels> probabilities{};
  std::vector<Evidence> evidence;           // strongest first; only where asked for
  std::vector<Contribution> contributions;  // strongest first; only where asked for
  std::vector<ExpertAnswer> experts;        // of an aspect, in the manifest's order; only where asked for

  float score() const { return probabilities[label]; }
  std::string_view label_name() const { return task->labels[label]; }
};

// What an encoder read of the text.
struct Reading {
  std::string_view expert;           // owned by the engine
  std::uint32_t tokens = 0;          // of the whole text
  std::uint32_t windows = 0;         // sequences that the encoder read
  float coverage = 1;                // share of the tokens that were read
  bool truncated = false;            // coverage is below 1
  std::uint32_t unknown_tokens = 0;  // [UNK] among the tokens
};

// Where an answer came from.
enum class CacheUse : std::uint8_t {
  none,  // there is no cache
  miss,
  hit,  // of the same bytes before
};

// How evidence was found, and what that cost.
struct Explanation {
  std::string_view method;           // "contributions" of n-grams, "occlusion" of encoders, "contributions+occlusion"
  std::uint32_t units = 0;           // parts of the text that encoders read it without
  std::uint32_t encoder_tokens = 0;  // that encoders read for it, special ones included
  std::uint64_t microseconds = 0;    // of evidence and contributions together
};

// A sentence of the text and what it says by itself.
struct SentenceVerdict {
  text::Sentence place;                          // in the original
  const ModelInfo* model = nullptr;              // owned by the engine
  text::Language language = text::Language::zh;  // the sentence's own, or the text's where it holds no words
  bool gated = false;                            // its model has a fitted gate: `uncertain` means something
  TaskVerdict overall;
  std::vector<TaskVerdict> aspects;  // those asked for that its model knows
};

struct Verdict {
  const ModelInfo* model = nullptr;  // owned by the engine
  text::Language language = text::Language::zh;
  bool language_supported = true;  // false: no loaded model knows the language; the first one answered
  TaskVerdict overall;
  std::vector<ExpertAnswer> experts;    // their answers on the overall task, in the manifest's order
  std::vector<TaskVerdict> aspects;     // in the model's order; only where asked for
  std::vector<Reading> readings;        // an encoder each that was asked
  bool explained = false;               // evidence and contributions were asked for
  Explanation explanation;              // where they were
  bool gated = false;                   // the model has a fitted gate: `estimated_us` and `uncertain` mean something
  std::vector<std::string_view> asked;  // experts, in the manifest's order; the engine's
  gate::Method method = gate::Method::average;  // that made one answer of theirs
  gate::TextFacts facts;                        // only where asked for
  double estimated_us = 0;                      // what asking them takes by the gate's measure; 0: not known
  bool by_sentence = false;                     // sentences were asked for
  std::vector<SentenceVerdict> sentences;       // in order; only where asked for
  std::uint32_t sentences_left_out = 0;         // behind the first kMaxSentences: not answered
  std::uint32_t characters = 0;                 // code points of the original
  std::uint32_t invalid_bytes = 0;              // bytes that were not UTF-8 and were read as U+FFFD
  // What the text is made of as the model sees it, and how much of that it has never seen: occurrences of n-grams and
  // those without a feature in the overall task's dictionary (up to collisions of fingerprints); where no linear expert
  // with a dictionary scores that task, tokens of the first encoder that read the text, and [UNK] among them; else 0.
  std::uint64_t pieces = 0;
  std::uint64_t unknown_pieces = 0;
  CacheUse cache = CacheUse::none;  // set by CachedEngine
};

}  // namespace tenor::engine
