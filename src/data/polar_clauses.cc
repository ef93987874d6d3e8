#include "data/polar_clauses.h"

#include <algorithm>
#include <array>
#include <span>

#include "text/utf8.h"

namespace tenor::data {

namespace {

using Words = std::span<const std::string_view>;

// Words whose negation is of the other tone.
constexpr std::array<std::string_view, 34> kGoodZh = {
    "好吃", "好喝", "好用", "好看", "好听", "好闻", "新鲜", "干净", "热情", "满意", "舒服", "舒适",
    "喜欢", "推荐", "值得", "方便", "准时", "划算", "实惠", "正宗", "入味", "清晰", "流畅", "精彩",
    "耐用", "合身", "专业", "耐心", "友好", "周到", "卫生", "开心", "靠谱", "合理"};
constexpr std::array<std::string_view, 12> kBadZh = {"难吃", "难喝", "难用", "难闻", "难看", "难受",
                                                     "油腻", "太贵", "太慢", "太吵", "太脏", "太咸"};
// Words that tell the tone as well, and are not negated by rule.
constexpr std::array<std::string_view, 16> kMoreGoodZh = {"不错", "很棒", "太棒", "很赞", "很好", "非常好",
                                                          "挺好", "超好", "惊艳", "完美", "美味", "优秀",
                                                          "超值", "感动", "好评", "五星"};
constexpr std::array<std::string_view, 24> kMoreBadZh = {
    "很差", "太差", "差评", "垃圾", "失望", "恶心", "恶劣", "骗人",   "坑人", "糟糕", "无语", "后悔",
    "糊弄", "臭",   "霉",   "坏了", "退货", "投诉", "苍蝇", "拉肚子", "欺骗", "劣质", "烦",   "气死"};
// A clause with one of these says more than its words.
constexpr std::array<std::string_view, 36> kDoubtZh = {
    "不",   "没",   "無",   "无",   "未",   "勿",   "但",   "可是", "虽",   "却",   "然而", "以前",
    "之前", "原来", "现在", "比",   "如果", "要是", "希望", "吗",   "呢",   "除了", "别",   "只是",
    "就是", "还是", "应该", "可能", "建议", "说是", "号称", "本来", "以为", "难道", "哪",   "否"};
// Of the above, parts of these are none.
constexpr std::array<std::string_view, 3> kNoDoubtZh = {"不错", "特别", "无论"};
constexpr std::array<std::string_view, 15> kDegreesZh = {"非常", "强烈", "特别", "十分", "超级", "真的", "相当", "真是",
                                                         "很",   "真",   "太",   "挺",   "超",   "蛮",   "好"};
constexpr std::array<std::string_view, 3> kNotZh = {"不", "一点都不", "并不"};

constexpr std::array<std::string_view, 18> kGoodEn = {
    "good",  "great", "friendly", "clean",  "fresh",  "delicious",   "helpful", "comfortable", "nice",
    "tasty", "funny", "happy",    "polite", "useful", "interesting", "fun",     "satisfied",   "impressed"};
constexpr std::array<std::string_view, 12> kBadEn = {"bad",   "rude",  "dirty",  "slow", "expensive", "boring",
                                                     "noisy", "bland", "rotten", "dry",  "stale",     "overpriced"};
constexpr std::array<std::string_view, 14> kMoreGoodEn = {"love",    "loved",     "excellent", "amazing",   "wonderful",
                                                          "perfect", "fantastic", "awesome",   "brilliant", "beautiful",
                                                          "best",    "enjoyed",   "favorite",  "favourite"};
constexpr std::array<std::string_view, 14> kMoreBadEn = {
    "terrible",   "awful",   "horrible",      "worst",        "disgusting", "hate",   "hated",
    "ridiculous", "useless", "disappointing", "disappointed", "broken",     "ruined", "worse"};
constexpr std::array<std::string_view, 44> kDoubtEn = {
    "not",    "no",   "never",  "nothing",  "nobody",  "none", "hardly", "without", "neither",  "nor",   "cannot",
    "but",    "yet",  "though", "although", "however", "used", "before", "than",    "if",       "would", "could",
    "should", "hope", "wish",   "except",   "only",    "too",  "less",   "more",    "supposed", "maybe", "might",
    "may",    "what", "who",    "why",      "how",     "when", "where",  "which",   "unless",   "until", "because"};
constexpr std::array<std::string_view, 8> kDegreesEn = {"very",   "really",     "so",        "quite",
                                                        "pretty", "absolutely", "extremely", "super"};
constexpr std::array<std::string_view, 4> kBeEn = {"is", "was", "are", "were"};

constexpr std::size_t kMinZh = 4, kMaxZh = 24, kMinEn = 3, kMaxEn = 12;
constexpr std::array<std::string_view, 13> kMarks = {"。", "！", "？", "；", "，", "～", "…",
                                                     "、", "：", "!",  "?",  ";",  "~"};

bool holds(Words list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool holds_any(std::string_view text, Words list) {
  return std::any_of(list.begin(), list.end(),
                     [text](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::string without(std::string text, Words words) {
  for (const std::string_view word : words) {
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
      text.replace(at, word.size(), " ");
    }
  }
  return text;
}

// Words and the spaces between them; nothing where other characters than letters and apostrophes stand in it.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    if (end > begin) words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

bool is_plain_english(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ' || c == '\'' || c == '-';
  });
}

// Han characters alone, their number; 0 where anything else stands in the text.
std::size_t han_only(std::string_view text) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++characters) {
    const auto next = text::decode(text, i);
    if (next.code < 0x4E00 || next.code > 0x9FFF) return 0;
    i += next.length;
  }
  return characters;
}

bool tells_zh(std::string_view clause, bool positive) {
  const bool good = holds_any(clause, kGoodZh) || holds_any(clause, kMoreGoodZh);
  const bool bad = holds_any(clause, kBadZh) || holds_any(clause, kMoreBadZh);
  return good == positive && bad != positive && !holds_any(without(std::string(clause), kNoDoubtZh), kDoubtZh);
}

bool tells_en(std::string_view clause, bool positive) {
  bool good = false, bad = false;
  const std::string small = lower(clause);
  for (const std::string_view word : words_of(small)) {
    if (holds(kDoubtEn, word) || word.find("n't") != std::string_view::npos) return false;
    good = good || holds(kGoodEn, word) || holds(kMoreGoodEn, word);
    bad = bad || holds(kBadEn, word) || holds(kMoreBadEn, word);
  }
  return good == positive && bad != positive;
}

void add_clause(std::string_view text, bool positive, bool asks, std::vector<PolarClause>& out) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.empty() || asks) return;
  const std::size_t characters = han_only(text);
  if (characters >= kMinZh && characters <= kMaxZh && tells_zh(text, positive)) {
    out.push_back({std::string(text), Script::chinese, positive});
  } else if (characters == 0 && is_plain_english(text)) {
    const std::size_t words = words_of(text).size();
    if (words >= kMinEn && words <= kMaxEn && tells_en(text, positive)) {
      out.push_back({std::string(text), Script::english, positive});
    }
  }
}

// Bytes of the punctuation mark at `at`, 0 where there is none. Points and commas end a clause unless inside a number
// or a word.
std::size_t mark_at(std::string_view text, std::size_t at) {
  for (const std::string_view mark : kMarks) {
    if (text.substr(at).starts_with(mark)) return mark.size();
  }
  if (text[at] == '\n' || text[at] == '\r' || text[at] == '\t') return 1;
  const bool stop = text[at] == '.' || text[at] == ',';
  const bool ends = at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '.' ||
                    static_cast<unsigned char>(text[at + 1]) >= 0x80;
  return stop && ends ? 1 : 0;
}

std::optional<std::string> negated_zh(const PolarClause& clause, Random& random) {
  const Words words = clause.positive ? Words(kGoodZh) : Words(kBadZh).first(7);
  for (const std::string_view word : words) {
    const std::size_t at = clause.text.find(word);
    if (at == std::string::npos) continue;
    std::string before = clause.text.substr(0, at), after = clause.text.substr(at + word.size());
    for (bool found = true; found;) {
      found = false;
      for (const std::string_view degree : kDegreesZh) {
        if (!before.ends_with(degree)) continue;
        before.resize(before.size() - degree.size());
        found = true;
        break;
      }
    }
    if (after.starts_with("了")) after.erase(0, std::string_view("了").size());
    // A second word of its tone would still stand.
    if (holds_any(before, words) || holds_any(after, words)) return std::nullopt;
    return before + std::string(kNotZh[random.below(kNotZh.size())]) + std::string(word) + after;
  }
  return std::nullopt;
}

// "... is (very) good ...": "not" behind the verb, without the degree.
std::optional<std::string> negated_en(const PolarClause& clause) {
  const std::vector<std::string_view> words = words_of(clause.text);
  const Words list = clause.positive ? Words(kGoodEn) : Words(kBadEn);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (!holds(kBeEn, lower(words[i]))) continue;
    std::size_t next = i + 1;
    while (next < words.size() && holds(kDegreesEn, lower(words[next]))) ++next;
    if (next == words.size() || !holds(list, lower(words[next]))) continue;
    std::string out;
    for (std::size_t w = 0; w < words.size(); ++w) {
      if (w > i && w < next) continue;
      if (w == next) out += " not";
      out += (out.empty() ? "" : " ") + std::string(words[w]);
    }
    const std::string rest = lower(out.substr(out.find(" not ") + 5));
    const std::vector<std::string_view> behind = words_of(rest);
    // "the food is not good and the staff friendly": what else stands there would have to be negated, too.
    return behind.size() <= 2 ? std::optional(out) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::vector<PolarClause> polar_clauses(std::string_view text, std::int8_t label) {
  std::vector<PolarClause> clauses;
  if (label != kPositive && label != kNegative) return clauses;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t mark = mark_at(text, i);
    if (mark == 0) {
      ++i;
      continue;
    }
    const std::string_view end = text.substr(i, mark);
    add_clause(text.substr(begin, i - begin), label == kPositive, end == "?" || end == "？", clauses);
    i += mark;
    begin = i;
  }
  add_clause(text.substr(begin), label == kPositive, false, clauses);
  return clauses;
}

std::optional<std::string> negated(const PolarClause& clause, Random& random) {
  return clause.script == Script::chinese ? negated_zh(clause, random) : negated_en(clause);
}

}  // namespace tenor::data
