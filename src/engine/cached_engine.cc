#include "engine/cached_engine.h"

namespace tenor::engine {

namespace {

void append_number(std::string& out, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(number >> shift & 0xff);
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
  const auto& [language, budget, all_aspects, aspects, explain, granularity, experts, max_evidence] = options;
  std::string key;
  key += optional_byte(language);
  key += optional_byte(budget);
  key += static_cast<char>(granularity);
  key += static_cast<char>((all_aspects ? 1 : 0) | (explain ? 2 : 0) | (experts ? 4 : 0));
  append_number(key, max_evidence);
  for (const std::string& name : aspects) {
    append_number(key, name.size());
    key += name;
  }
  return key;
}

CachedEngine::CachedEngine(const Engine& engine, VerdictCache* cache) : engine_(engine), cache_(cache) {
  if (cache_ != nullptr) scope_ = cache_->open_scope(identity_of(engine));
}

Status CachedEngine::classify(std::string_view text, const Options& options, Scratch& scratch, Verdict& verdict) const {
  if (cache_ == nullptr) {
    verdict.cache = CacheUse::none;
    return engine_.classify(text, options, scratch, verdict);
  }
  const Hash128 key = siphash128(siphash128(scope_, options_key(options)), text);
  if (cache_->find(key, verdict)) {
    verdict.cache = CacheUse::hit;
    return {};
  }
  verdict.cache = CacheUse::miss;
  if (auto status = engine_.classify(text, options, scratch, verdict); !status) return status;
  cache_->insert(key, verdict);
  return {};
}

}  // namespace tenor::engine
