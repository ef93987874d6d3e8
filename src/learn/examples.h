// Labelled rows -> what fine-tuning reads: token ids, labels of every task, weights.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "experts/long_text.h"
#include "text/tokenizer.h"
#include "train/training_rows.h"

namespace tenor::learn {

struct TaskInfo {
  std::string name;
  bool aspect = false;
  std::vector<std::string> labels;  // tenor's names, in tenor's order
  std::size_t first_output = 0;     // row of the head
};

struct Example {
  std::string text;
  std::vector<std::uint16_t> ids;   // [CLS] ... [SEP]
  std::vector<std::int8_t> labels;  // [tasks]: place among the task's labels, -1: not told
  float weight = 1;                 // of this row's loss
  bool two_class = false;           // its source knows no neutral: that label is left out of the softmax
  std::uint32_t space = 0;          // which group of files it came from
};

struct ExampleSet {
  std::vector<TaskInfo> tasks;
  std::vector<Example> train;
  std::vector<Example> dev;
  std::string fingerprint;  // of the rows that were trained on
  std::size_t outputs() const;
};

// One group of files that share tasks: the overall task, or all aspects.
struct ExampleSpace {
  train::SpaceConfig rows;  // of it: name, aspects, train, dev, two_class_*, source_balance, source_weights, balance
  double weight = 1;        // of each row
  std::size_t repeat = 1;   // times that each training row is read an epoch
};

struct Reading {
  std::size_t max_tokens = 128;
  experts::LongText long_text;
};

// Rows of several spaces with the same text become one example with the labels of all. Errors: those of
// train::load_training_rows.
Result<ExampleSet> load_examples(std::span<const ExampleSpace> spaces, const train::RowSource& source,
                                 const text::Tokenizer& tokenizer, const Reading& reading);

// What an encoder reads of a text: one sequence, head and tail of a long one.
std::vector<std::uint16_t> read_ids(std::string_view text, const text::Tokenizer& tokenizer, const Reading& reading,
                                    text::Tokenizer::Scratch& scratch, text::TokenSequence& tokens);

}  // namespace tenor::learn
