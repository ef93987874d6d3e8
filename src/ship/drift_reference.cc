#include "ship/drift_reference.h"

#include <string>
#include <string_view>
#include <vector>

#include "bundle/draft.h"
#include "drift/reference.h"
#include "engine/engine.h"
#include "ship/card_text.h"

namespace tenor::ship {

namespace {

std::string describe(const data::Dataset& rows) {
  std::string files;
  for (const std::string& file : rows.files) files += (files.empty() ? "" : ", ") + file_name(file);
  return files + (files.empty() ? "" : "; ") + "fingerprint " + rows.fingerprint;
}

}  // namespace

Status add_drift_reference(const bundle::Bundle& draft, const data::Dataset& rows, bundle::BundleWriter& writer) {
  const auto engine = engine::Engine::open({&draft, 1});
  if (!engine) return tl::unexpected(engine.error());
  std::vector<std::string_view> texts;
  for (const data::Row& row : rows.rows) texts.push_back(row.text);
  const auto reference = drift::make_reference(*engine, texts, describe(rows));
  if (!reference) return tl::unexpected(reference.error());
  const std::string name(drift::kReferenceFile);
  std::string content = drift::to_json(*reference);
  return writer.find_file(name) == nullptr ? writer.add_file(name, std::move(content))
                                           : writer.replace_file(name, std::move(content));
}

Status try_drift_reference(const data::Dataset& rows, const Watch& watch, bundle::BundleWriter& writer) {
  if (rows.rows.size() < drift::kFewestReferenceTexts) {
    watch.tell("no drift reference: it needs " + std::to_string(drift::kFewestReferenceTexts) +
               " development rows, found " + std::to_string(rows.rows.size()) + "\n");
    return {};
  }
  const auto draft = bundle::DraftBundle::open(writer, "the new bundle");
  if (!draft) return tl::unexpected(draft.error());
  return add_drift_reference(draft->bundle(), rows, writer);
}

}  // namespace tenor::ship
