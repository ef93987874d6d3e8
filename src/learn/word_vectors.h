// Vectors of tokens from their neighbours: where the embedding table of a body starts from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "learn/corpus.h"

namespace tenor::learn {

// Continuous bag of words with negative sampling (Mikolov et al., arXiv:1310.4546): the mean of the neighbours' vectors
// tells a token from random ones. It costs a hundredth of a pass of an encoder over the same text.
struct WordVectorOptions {
  std::size_t size = 256;
  std::size_t window = 5;  // neighbours on each side, drawn anew for each token from 1 to this
  std::size_t negatives = 5;
  double learning_rate = 0.05;  // falls to zero in a straight line
  double subsample = 1e-3;      // tokens more frequent than this share are passed over now and then; 0: never
  std::size_t epochs = 0;
  double deviation = 0.03;  // standard deviation of all numbers of the result
  std::uint64_t seed = 42;
};

// [vocabulary, size], row-major. By one thread: the same for a seed. Texts' first and last tokens ([CLS], [SEP]) take
// no part, and tokens that never occur keep random vectors.
std::vector<float> word_vectors(const Corpus& corpus, std::size_t vocabulary, const WordVectorOptions& options,
                                const std::function<void(double share)>& progress = {});

}  // namespace tenor::learn
