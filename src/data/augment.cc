#include "data/augment.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "data/augment_words.h"
#include "data/clean_text.h"
#include "text/utf8.h"

namespace tenor::data {

namespace {

using Kind = AugmentToken::Kind;

std::size_t characters_in(std::string_view word) {
  return static_cast<std::size_t>(
      std::count_if(word.begin(), word.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string lower_case(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

bool is_capital(std::string_view word) {
  return !word.empty() && word.front() >= 'A' && word.front() <= 'Z';
}

// A text being changed. Not for threads to share.
class Draft {
 public:
  Draft(std::string_view text, const Synonyms& synonyms, Random& random)
      : synonyms_(synonyms), random_(random), tokens_(augment_tokens(text, synonyms)) {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].kind != Kind::fixed) ++words_;
      if (tokens_[i].kind == Kind::word) free_.push_back(i);
    }
  }

  std::size_t replace(double rate) {
    const std::size_t wanted = due(rate);
    std::size_t done = 0;
    random_.shuffle(free_);
    for (std::size_t i = 0; i < free_.size() && done < wanted; ++i) {
      AugmentToken& token = tokens_[free_[i]];
      std::string synonym = draw_synonym(token);
      if (synonym.empty()) continue;
      token.text = std::move(synonym);
      ++done;
    }
    return done;
  }

  std::size_t insert(double rate) {
    const std::size_t wanted = due(rate);
    std::vector<AugmentToken> fresh;
    random_.shuffle(free_);
    for (std::size_t i = 0; i < free_.size() && fresh.size() < wanted; ++i) {
      const AugmentToken& token = tokens_[free_[i]];
      std::string synonym = draw_synonym(token);
      if (!synonym.empty()) fresh.push_back({Kind::word, token.chinese, lower_case(synonym)});
    }
    for (AugmentToken& token : fresh) place(std::move(token));
    return fresh.size();
  }

  std::size_t swap(double rate) {
    if (free_.size() < 2) return 0;
    const std::size_t wanted = std::min(due(rate), free_.size() / 2);
    std::size_t done = 0;
    random_.shuffle(free_);
    for (std::size_t i = 0; i + 1 < free_.size() && done < wanted; i += 2) {
      AugmentToken& a = tokens_[free_[i]];
      AugmentToken& b = tokens_[free_[i + 1]];
      if (a.text == b.text || a.chinese != b.chinese) continue;  // Latin words keep the spaces around them
      std::swap(a.text, b.text);
      ++done;
    }
    return done;
  }

  std::size_t remove(double rate) {
    std::size_t left = words_;
    std::vector<std::size_t> gone;
    random_.shuffle(free_);  // where one word must stay it may be any
    for (const std::size_t i : free_) {
      if (left > 1 && random_.uniform() < rate) {
        gone.push_back(i);
        --left;
      }
    }
    if (gone.empty() && left > 1 && !free_.empty()) gone.push_back(free_[random_.below(free_.size())]);
    for (const std::size_t i : gone) erase(i);
    return gone.size();
  }

  std::string text() const {
    std::string joined;
    for (const AugmentToken& token : tokens_) joined += token.text;
    return joined;
  }

 private:
  std::size_t due(double rate) const {
    const double share = std::clamp(rate, 0.0, 1.0) * static_cast<double>(words_);
    return std::max<std::size_t>(1, static_cast<std::size_t>(std::llround(share)));
  }

  // Empty where there is none.
  std::string draw_synonym(const AugmentToken& token) {
    if (characters_in(token.text) < 2) return {};
    std::vector<std::string_view> choice = synonyms_.of(lower_case(token.text));
    const std::size_t length = characters_in(token.text);
    std::erase_if(choice, [&](std::string_view word) {
      const std::size_t characters = characters_in(word);
      return characters < 2 || (token.chinese && characters != length) || is_negation(word);
    });
    if (choice.empty()) return {};
    std::string word(choice[random_.below(choice.size())]);
    if (is_capital(token.text) && word.front() >= 'a' && word.front() <= 'z') {
      word.front() = static_cast<char>(word.front() - 'a' + 'A');
    }
    return word;
  }

  // Puts a word behind a word drawn at random, but not between a negation and what it negates.
  void place(AugmentToken token) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].kind == Kind::word || tokens_[i].kind == Kind::negated) places.push_back(i);
    }
    const std::size_t at = places[random_.below(places.size())];
    const bool space = !token.chinese || !tokens_[at].chinese;
    auto next = tokens_.begin() + static_cast<std::ptrdiff_t>(at) + 1;
    if (space) next = tokens_.insert(next, {Kind::fixed, false, " "}) + 1;
    next = tokens_.insert(next, std::move(token)) + 1;
    const bool touches = next != tokens_.end() && next->kind != Kind::fixed;
    if (space && touches) tokens_.insert(next, {Kind::fixed, false, " "});
  }

  // Empties a word's token and one of the spaces around it.
  void erase(std::size_t i) {
    tokens_[i].text.clear();
    std::size_t begin = i;
    while (begin > 0 && tokens_[begin - 1].text.empty()) --begin;
    std::size_t end = i + 1;
    while (end < tokens_.size() && tokens_[end].text.empty()) ++end;
    const auto is_space = [&](std::size_t at) { return tokens_[at].text == " "; };
    if (end < tokens_.size() && is_space(end) && (begin == 0 || is_white(tokens_[begin - 1].text))) {
      tokens_[end].text.clear();
    } else if (!tokens_[i].chinese && begin > 0 && is_space(begin - 1)) {
      if (end == tokens_.size() || !is_white(tokens_[end].text)) tokens_[begin - 1].text.clear();
    }
  }

  const Synonyms& synonyms_;
  Random& random_;
  std::vector<AugmentToken> tokens_;
  std::vector<std::size_t> free_;  // tokens that may change
  std::size_t words_ = 0;
};

enum class Operation { replace, insert, swap, remove };

std::size_t apply(Draft& draft, Operation operation, const AugmentRates& rates, AugmentCounts& counts) {
  switch (operation) {
    case Operation::replace:
      return counts.replaced = draft.replace(rates.replace);
    case Operation::insert:
      return counts.inserted = draft.insert(rates.insert);
    case Operation::swap:
      return counts.swapped = draft.swap(rates.swap);
    case Operation::remove:
      return counts.removed = draft.remove(rates.remove);
  }
  return 0;
}

}  // namespace

Augmented augment(std::string_view text, const Synonyms& synonyms, const AugmentRates& rates, Random& random) {
  std::vector<Operation> operations;
  if (rates.replace > 0) operations.push_back(Operation::replace);
  if (rates.insert > 0) operations.push_back(Operation::insert);
  if (rates.swap > 0) operations.push_back(Operation::swap);
  if (rates.remove > 0) operations.push_back(Operation::remove);
  random.shuffle(operations);
  Draft draft(text, synonyms, random);
  Augmented result;
  for (const Operation operation : operations) {
    if (apply(draft, operation, rates, result.counts) > 0) break;
  }
  result.text = result.counts.all() > 0 ? draft.text() : std::string(text);
  return result;
}

}  // namespace tenor::data
