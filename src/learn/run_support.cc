#include "learn/run_support.h"

#include <cmath>
#include <filesystem>
#include <thread>

#include "base/random.h"
#include "base/sha256.h"
#include "data/text_corpus.h"

namespace tenor::learn {

LoopOptions loop_options(const TrainingConfig& training, std::uint64_t seed, const std::string& folder,
                         std::size_t micro_batches, const std::string& identity) {
  LoopOptions loop = training.loop;
  loop.seed = seed;
  loop.folder = folder;
  loop.threads = training.threads > 0 ? training.threads : std::thread::hardware_concurrency();
  loop.steps = training.steps;
  if (loop.steps == 0) {
    const double batches = training.epochs * static_cast<double>(micro_batches);
    loop.steps = static_cast<std::uint64_t>(std::ceil(batches / static_cast<double>(loop.micro_batches)));
  }
  const std::string both = identity + std::to_string(loop.steps);
  loop.fingerprint = sha256_hex(std::as_bytes(std::span(both))).substr(0, 16);
  return loop;
}

Result<std::vector<Example>> read_unlabelled(const UnlabelledTexts& texts, std::size_t tasks,
                                             const text::Tokenizer& tokenizer, const Reading& reading) {
  std::vector<std::string> files;
  for (const std::string& file : texts.files) files.push_back((std::filesystem::path(texts.data) / file).string());
  text::Tokenizer::Scratch scratch;
  text::TokenSequence tokens;
  std::vector<Example> all;
  const auto status = data::for_each_text(files, [&](std::string_view text) -> Status {
    Example example;
    example.text = text;
    example.ids = read_ids(text, tokenizer, reading, scratch, tokens);
    example.labels.assign(tasks, -1);
    if (example.ids.size() > 3) all.push_back(std::move(example));
    return {};
  });
  if (!status) return tl::unexpected(status.error());
  Random random(texts.seed);
  random.shuffle(all);
  if (texts.limit > 0 && all.size() > texts.limit) all.resize(texts.limit);
  return all;
}

}  // namespace tenor::learn
