#include "ship/golden_set.h"

#include <algorithm>

#include "engine/engine.h"
#include "engine/golden.h"

namespace tenor::ship {

std::vector<std::string> golden_texts(const std::vector<judge::BehaviourCase>& cases) {
  std::vector<std::string> all;
  for (const auto& entry : cases) {
    if (entry.kind == judge::CaseKind::label) all.push_back(entry.text);
  }
  std::vector<std::string> texts;
  const std::size_t count = std::min(all.size(), kGoldenTexts);
  for (std::size_t i = 0; i < count; ++i) texts.push_back(all[i * all.size() / count]);
  return texts;
}

Status add_golden(const bundle::Bundle& draft, const std::vector<std::string>& texts, bundle::BundleWriter& writer) {
  const auto engine = engine::Engine::open({&draft, 1});
  if (!engine) return tl::unexpected(engine.error());
  const auto answers = engine::make_golden(*engine, texts);
  if (!answers) return fail(answers.error(), "golden answers");
  const std::string name(engine::kGoldenFile);
  std::string content = engine::golden_json(*answers);
  return writer.find_file(name) == nullptr ? writer.add_file(name, std::move(content))
                                           : writer.replace_file(name, std::move(content));
}

Status remake_golden(const bundle::Bundle& draft, bundle::BundleWriter& writer) {
  const auto answers = engine::read_golden(draft);
  if (!answers) return tl::unexpected(answers.error());
  std::vector<std::string> texts;
  for (const auto& answer : *answers) texts.push_back(answer.text);
  return texts.empty() ? Status() : add_golden(draft, texts, writer);
}

}  // namespace tenor::ship
