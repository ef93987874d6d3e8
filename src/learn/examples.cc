#include "learn/examples.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "data/labels.h"

namespace tenor::learn {

namespace {

// One weight a row: the source's, times what gives the classes of a source the same sum.
std::vector<float> row_weights(const train::RowSet& rows, const ExampleSpace& space) {
  std::map<std::pair<std::uint32_t, std::int8_t>, double> counts;
  std::map<std::uint32_t, std::pair<double, double>> sources;  // rows, classes
  const std::vector<std::int8_t>& labels = rows.labels.front();
  for (std::size_t r = 0; r < labels.size(); ++r) counts[{rows.dataset.rows[r].source, labels[r]}] += 1;
  for (const auto& [key, count] : counts) {
    if (key.second < 0) continue;
    sources[key.first].first += count;
    sources[key.first].second += 1;
  }
  std::vector<float> out;
  for (std::size_t r = 0; r < labels.size(); ++r) {
    const std::uint32_t source = rows.dataset.rows[r].source;
    const auto own = space.rows.source_weights.find(rows.dataset.sources[source]);
    double weight = space.weight * (own == space.rows.source_weights.end() ? 1 : own->second);
    if (!space.rows.aspects && labels[r] >= 0 && space.rows.source_balance > 0) {
      const auto& [total, classes] = sources[source];
      weight *= std::pow(total / classes / counts[{source, labels[r]}], space.rows.source_balance);
    }
    out.push_back(static_cast<float>(weight));
  }
  return out;
}

class Builder {
 public:
  Builder(const text::Tokenizer& tokenizer, const Reading& reading) : tokenizer_(tokenizer), reading_(reading) {}

  ExampleSet& set() { return set_; }

  void add_tasks(const std::vector<train::LinearTask>& tasks, bool aspects) {
    first_task_ = set_.tasks.size();
    std::size_t output = set_.outputs();
    for (const train::LinearTask& task : tasks) {
      TaskInfo info{task.name, aspects, {}, output};
      for (const std::int8_t label : task.labels) {
        info.labels.emplace_back(data::kLabelNames[static_cast<std::size_t>(label)]);
      }
      output += info.labels.size();
      set_.tasks.push_back(std::move(info));
    }
  }

  void add_rows(const train::RowSet& rows, const ExampleSpace& space, std::uint32_t number, bool dev) {
    const std::vector<float> weights = row_weights(rows, space);
    auto& places = dev ? dev_places_ : train_places_;
    auto& target = dev ? set_.dev : set_.train;
    for (std::size_t r = 0; r < rows.dataset.rows.size(); ++r) {
      const std::string& text = rows.dataset.rows[r].text;
      const auto [place, added] = places.try_emplace(text, target.size());
      if (added) {
        Example example;
        example.text = text;
        example.ids = read_ids(text, tokenizer_, reading_, scratch_, tokens_);
        example.weight = weights[r];
        example.two_class = rows.two_class[r] != 0;
        example.space = number;
        target.push_back(std::move(example));
      }
      Example& example = target[place->second];
      example.labels.resize(set_.tasks.size(), -1);
      example.weight = std::max(example.weight, weights[r]);
      for (std::size_t t = 0; t < rows.labels.size(); ++t) example.labels[first_task_ + t] = rows.labels[t][r];
      if (!dev) repeats_[place->second] = std::max(repeats_[place->second], space.repeat);
    }
  }

  ExampleSet finish() {
    for (auto* rows : {&set_.train, &set_.dev}) {
      for (Example& example : *rows) example.labels.resize(set_.tasks.size(), -1);
    }
    const std::size_t once = set_.train.size();
    for (std::size_t r = 0; r < once; ++r) {
      for (std::size_t i = 1; i < repeats_[r]; ++i) set_.train.push_back(set_.train[r]);
    }
    return std::move(set_);
  }

 private:
  const text::Tokenizer& tokenizer_;
  const Reading& reading_;
  text::Tokenizer::Scratch scratch_;
  text::TokenSequence tokens_;
  ExampleSet set_;
  std::size_t first_task_ = 0;
  std::unordered_map<std::string, std::size_t> train_places_, dev_places_;
  std::map<std::size_t, std::size_t> repeats_;
};

}  // namespace

std::size_t ExampleSet::outputs() const {
  return tasks.empty() ? 0 : tasks.back().first_output + tasks.back().labels.size();
}

std::vector<std::uint16_t> read_ids(std::string_view text, const text::Tokenizer& tokenizer, const Reading& reading,
                                    text::Tokenizer::Scratch& scratch, text::TokenSequence& tokens) {
  tokenizer.encode(text, scratch, tokens);
  experts::LongText cut = reading.long_text;
  cut.method = experts::LongText::Method::head_tail;  // one sequence: a label belongs to the whole text
  experts::Sequences sequences;
  sequences.clear();
  experts::append_sequences(tokens.ids, tokenizer.special(), cut, reading.max_tokens, sequences);
  return {sequences.ids.begin(), sequences.ids.end()};
}

Result<ExampleSet> load_examples(std::span<const ExampleSpace> spaces, const train::RowSource& source,
                                 const text::Tokenizer& tokenizer, const Reading& reading) {
  Builder builder(tokenizer, reading);
  for (std::size_t i = 0; i < spaces.size(); ++i) {
    const auto rows = train::load_training_rows(spaces[i].rows, source);
    if (!rows) return fail(rows.error(), spaces[i].rows.name);
    builder.add_tasks(rows->tasks, spaces[i].rows.aspects);
    builder.add_rows(rows->train, spaces[i], static_cast<std::uint32_t>(i), false);
    builder.add_rows(rows->dev, spaces[i], static_cast<std::uint32_t>(i), true);
    builder.set().fingerprint += rows->train.dataset.fingerprint;
  }
  return builder.finish();
}

}  // namespace tenor::learn
