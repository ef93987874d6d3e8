#include "engine/cached_engine.h"

#include <bit>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tenor::engine {

namespace {

void append_number(std::string& out, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(number >> shift & 0xff);
}

void append_number(std::string& out, const std::optional<double>& number) {
  out += number ? '\1' : '\0';
  append_number(out, std::bit_cast<std::uint64_t>(number.value_or(0)));
}

template <class Choice>
char optional_byte(const std::optional<Choice>& choice) {
  return choice ? static_cast<char>(1 + static_cast<int>(*choice)) : '\0';
}

std::string identity_of(const Engine& engine) {
  std::string identity;
  for (const ModelInfo* model : engine.models()) {
    for (const std::string& part : {model->digest, model->precision, model->isa}) identity += part + '\n';
  }
  return identity;
}

}  // namespace

std::string options_key(const Options& options) {
  // An option that is new stops the compiler here: it belongs into the key.
  const auto& [language, model, budget, budget_us, deadline_us, method, all_aspects, aspects, explain, granularity,
               experts, facts, max_evidence] = options;
  std::string key;
  key += optional_byte(language);
  key += optional_byte(budget);
  append_number(key, budget_us);
  append_number(key, deadline_us);
  key += optional_byte(method);
  key += static_cast<char>(granularity);
  key += static_cast<char>((all_aspects ? 1 : 0) | (explain ? 2 : 0) | (experts ? 4 : 0) | (facts ? 8 : 0));
  append_number(key, max_evidence);
  append_number(key, model ? model->size() + 1 : 0);
  key += model.value_or("");
  for (const std::string& name : aspects) {
    append_number(key, name.size());
    key += name;
  }
  return key;
}

CachedEngine::CachedEngine(const Engine& engine, VerdictCache* cache) : engine_(engine), cache_(cache) {
  if (cache_ != nullptr) scope_ = cache_->open_scope(identity_of(engine));
}

bool CachedEngine::remembers(const Options& options) const {
  return cache_ != nullptr && !options.deadline_us;
}

bool CachedEngine::recall(std::string_view text, const Options& options, Verdict& verdict) const {
  if (!remembers(options)) return false;
  if (!cache_->peek(siphash128(siphash128(scope_, options_key(options)), text), verdict)) return false;
  verdict.cache = CacheUse::hit;
  return true;
}

Status CachedEngine::classify(std::string_view text, const Options& options, Scratch& scratch, Verdict& verdict,
                              StageTimes* times) const {
  if (!remembers(options)) {
    verdict.cache = CacheUse::none;
    return engine_.classify(text, options, scratch, verdict, times);
  }
  const Hash128 key = siphash128(siphash128(scope_, options_key(options)), text);
  if (cache_->find(key, verdict)) {
    verdict.cache = CacheUse::hit;
    return {};
  }
  verdict.cache = CacheUse::miss;
  if (auto status = engine_.classify(text, options, scratch, verdict, times); !status) return status;
  cache_->insert(key, verdict);
  return {};
}

void CachedEngine::classify_batch(std::span<const std::string_view> texts, const Options& options, Scratch& scratch,
                                  std::span<Verdict> verdicts, std::span<Status> statuses, StageTimes* times) const {
  if (!remembers(options)) {
    for (Verdict& verdict : verdicts) verdict.cache = CacheUse::none;
    return engine_.classify_batch(texts, options, scratch, verdicts, statuses, times);
  }
  const Hash128 scope = siphash128(scope_, options_key(options));
  struct Miss {
    std::size_t text;
    Hash128 key;
  };
  std::vector<Miss> misses, copies;  // a copy: of a text that was a miss further in front
  std::unordered_map<Hash128, std::size_t, Hash128Bits> first;
  std::vector<std::string_view> asked;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Hash128 key = siphash128(scope, texts[i]);
    statuses[i] = {};
    if (first.contains(key)) {
      copies.push_back({i, key});
    } else if (cache_->find(key, verdicts[i])) {
      verdicts[i].cache = CacheUse::hit;
    } else {
      first.emplace(key, i);
      misses.push_back({i, key});
      asked.push_back(texts[i]);
    }
  }
  // The engine wants them side by side; swapped, they keep their memory.
  std::vector<Verdict> answers(misses.size());
  std::vector<Status> results(misses.size());
  for (std::size_t m = 0; m < misses.size(); ++m) std::swap(answers[m], verdicts[misses[m].text]);
  engine_.classify_batch(asked, options, scratch, answers, results, times);
  for (std::size_t m = 0; m < misses.size(); ++m) {
    Verdict& verdict = verdicts[misses[m].text];
    std::swap(answers[m], verdict);
    statuses[misses[m].text] = std::move(results[m]);
    verdict.cache = CacheUse::miss;
    if (statuses[misses[m].text]) cache_->insert(misses[m].key, verdict);
  }
  for (const Miss& copy : copies) {
    const std::size_t original = first.at(copy.key);
    statuses[copy.text] = statuses[original];
    if (!cache_->find(copy.key, verdicts[copy.text])) verdicts[copy.text] = verdicts[original];
    verdicts[copy.text].cache = statuses[original] ? CacheUse::hit : CacheUse::miss;
  }
}

}  // namespace tenor::engine
