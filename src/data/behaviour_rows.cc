#include "data/behaviour_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "base/random.h"
#include "data/composed_texts.h"
#include "data/polar_clauses.h"
#include "data/split.h"
#include "text/utf8.h"

namespace tenor::data {

namespace {

// "A" and "B" stand for the clauses, B the one that decides; English ones begin in lower case where they follow.
constexpr std::array<std::string_view, 6> kContrastsZh = {"A，但是B", "A，但B",   "虽然A，但是B",
                                                          "A，可是B", "A，不过B", "虽然A，却B"};
constexpr std::array<std::string_view, 4> kContrastsEn = {"A, but B", "A but B", "although A, B", "A, however B"};
constexpr std::array<std::string_view, 4> kChangesZh = {"以前A，现在B", "之前A，这次B", "原来A，如今B",
                                                        "从前A，现在却B"};
constexpr std::array<std::string_view, 3> kChangesEn = {"before, A, but now B", "in the past A, now B",
                                                        "last time A, this time B"};
constexpr std::array<std::string_view, 10> kGoodEmoji = {"😊", "😍", "👍", "❤️", "😋", "🥰", "😄", "👏", "🎉", "😁"};
constexpr std::array<std::string_view, 10> kBadEmoji = {"😡", "👎", "😤", "🤮", "💔", "😠", "😞", "🤬", "😩", "😒"};

using Templates = std::span<const std::string_view>;

std::string_view drawn(Templates list, Random& random) {
  return list[random.below(list.size())];
}

std::string filled(std::string_view pattern, std::string_view first, std::string_view second) {
  std::string out;
  for (const char c : pattern) {
    if (c == 'A') {
      out += first;
    } else if (c == 'B') {
      out += second;
    } else {
      out += c;
    }
  }
  return out;
}

bool has_han(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto next = text::decode(text, i);
    if (next.code >= 0x4E00 && next.code <= 0x9FFF) return true;
    i += next.length;
  }
  return false;
}

// Not for threads to share.
class Maker {
 public:
  Maker(std::span<const Row> rows, std::uint64_t seed, const std::unordered_set<std::uint64_t>& held_out)
      : rows_(rows), seed_(seed), held_out_(held_out) {
    for (const Row& row : rows) taken_.insert(content_hash(row.text));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].label == kPositive || rows[i].label == kNegative) polar_.push_back(i);
      if (rows[i].label >= 0) labelled_.push_back(i);
    }
  }

  BehaviourRows take() { return std::move(made_); }

  void negate(double share) {
    each(polar_, share, 1, made_.counts.negated, [this](std::size_t i, Random& random) {
      auto clauses = polar_clauses(rows_[i].text, rows_[i].label);
      random.shuffle(clauses);
      for (const PolarClause& clause : clauses) {
        if (auto text = negated(clause, random))
          return add(i, std::move(*text), clause.positive ? kNegative : kPositive);
      }
      return false;
    });
  }

  void contrast(double share) { join(share, 2, {kContrastsZh, kContrastsEn}, made_.counts.contrasts); }
  void change(double share) { join(share, 3, {kChangesZh, kChangesEn}, made_.counts.changes); }

  void emoji(double share) {
    each(polar_, share, 4, made_.counts.emoji, [this](std::size_t i, Random& random) {
      const Row& row = rows_[i];
      std::string text = row.text;
      const std::size_t times = 1 + random.below(3);
      const std::string_view emoji =
          drawn(row.label == kPositive ? Templates(kGoodEmoji) : Templates(kBadEmoji), random);
      for (std::size_t t = 0; t < times; ++t) text += emoji;
      // Emoji are no letters: content_hash() of the copy is that of its original.
      if (held_out_.contains(content_hash(text))) return false;
      append(i, std::move(text), row.label);
      return true;
    });
  }

  void compose(double share) {
    each(labelled_, share, 5, made_.counts.composed, [this](std::size_t i, Random& random) {
      const Grammar& grammar = has_han(rows_[i].text) ? chinese_grammar() : english_grammar();
      std::string text = composed_text(grammar, rows_[i].label, random);
      // Emoji are no letters: the hashes of texts of emoji alone are the same.
      if (held_out_.contains(content_hash(text))) return false;
      append(i, std::move(text), rows_[i].label);
      return true;
    });
  }

 private:
  struct Joints {
    Templates chinese, english;
  };

  // Asks `make` about these rows in random order until enough are made; each rule has a stream of its own.
  template <class Make>
  void each(const std::vector<std::size_t>& from, double share, std::uint64_t rule, std::size_t& count,
            const Make& make) {
    const double limit = std::max(0.0, share) * static_cast<double>(rows_.size());
    const auto wanted = static_cast<std::size_t>(std::llround(std::min(limit, static_cast<double>(from.size()))));
    Random random((seed_ + rule) * 0x9e3779b97f4a7c15ULL);
    std::vector<std::size_t> order = from;
    random.shuffle(order);
    for (const std::size_t i : order) {
      if (count >= wanted) return;
      if (make(i, random)) ++count;
    }
  }

  // A partner waits under its source, domain, script and tone until a clause of the other tone comes along.
  void join(double share, std::uint64_t rule, const Joints& joints, std::size_t& count) {
    std::map<std::tuple<std::uint32_t, std::uint32_t, Script, bool>, std::vector<PolarClause>> waiting;
    each(polar_, share, rule, count, [&](std::size_t i, Random& random) {
      auto clauses = polar_clauses(rows_[i].text, rows_[i].label);
      if (clauses.empty()) return false;
      PolarClause last = std::move(clauses[random.below(clauses.size())]);
      const auto key = [&](bool positive) {
        return std::tuple(rows_[i].source, rows_[i].domain, last.script, positive);
      };
      auto& partners = waiting[key(!last.positive)];
      if (partners.empty()) {
        waiting[key(last.positive)].push_back(std::move(last));
        return false;
      }
      const PolarClause first = std::move(partners.back());
      partners.pop_back();
      const Templates list = last.script == Script::chinese ? joints.chinese : joints.english;
      return add(i, filled(drawn(list, random), first.text, last.text), last.positive ? kPositive : kNegative);
    });
  }

  bool add(std::size_t i, std::string text, std::int8_t label) {
    const std::uint64_t hash = content_hash(text);
    if (held_out_.contains(hash) || !taken_.insert(hash).second) {
      ++made_.counts.held_out;
      return false;
    }
    append(i, std::move(text), label);
    return true;
  }

  void append(std::size_t i, std::string text, std::int8_t label) {
    Row& row = made_.rows.emplace_back(rows_[i]);
    row.text = std::move(text);
    row.label = label;
    std::fill(row.aspects.begin(), row.aspects.end(), kUnlabelled);
  }

  std::span<const Row> rows_;
  std::uint64_t seed_;
  const std::unordered_set<std::uint64_t>& held_out_;
  std::unordered_set<std::uint64_t> taken_;
  std::vector<std::size_t> polar_;     // positive and negative rows
  std::vector<std::size_t> labelled_;  // and neutral ones
  BehaviourRows made_;
};

}  // namespace

BehaviourRows make_behaviour_rows(std::span<const Row> rows, const BehaviourShares& shares, std::uint64_t seed,
                                  const std::unordered_set<std::uint64_t>& held_out) {
  Maker maker(rows, seed, held_out);
  maker.negate(shares.negate);
  maker.contrast(shares.contrast);
  maker.change(shares.change);
  maker.emoji(shares.emoji);
  maker.compose(shares.compose);
  return maker.take();
}

}  // namespace tenor::data
