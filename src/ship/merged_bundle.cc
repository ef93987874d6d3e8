#include "ship/merged_bundle.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "drift/reference.h"
#include "engine/golden.h"
#include "experts/linear_experts.h"
#include "gate/gate.h"
#include "ship/card_text.h"

namespace tenor::ship {

namespace {

bool has_linear_experts(const bundle::Bundle& bundle) {
  const auto& experts = bundle.manifest().experts;
  return std::any_of(experts.begin(), experts.end(),
                     [](const bundle::Expert& expert) { return expert.kind == experts::kLinearKind; });
}

std::string numbered(const std::string& name, int number) {
  const std::size_t dot = name.find_first_of('.');
  const std::string stem = name.substr(0, dot), ending = dot == std::string::npos ? "" : name.substr(dot);
  return number == 1 ? name : stem + "-" + std::to_string(number) + ending;
}

class Merge {
 public:
  explicit Merge(const bundle::Bundle& base) : base_(base), writer_(base.manifest()) {
    writer_.manifest().experts.clear();
    writer_.manifest().fusion = bundle::JsonObject();
    writer_.manifest().provenance = bundle::JsonObject().set("program", "tenor-train");
    licenses_.push_back(base.manifest().license);
    card_ = std::string(base.text_file(bundle::kModelCardName).value_or("# " + base.manifest().name + "\n"));
  }

  Status add(const bundle::Bundle& bundle) {
    const bool is_base = bundle.digest() == base_.digest() && !base_added_;
    base_added_ = base_added_ || is_base;
    if (!is_base) {
      if (auto status = check(bundle); !status) return fail(status.error(), bundle.origin());
      const auto card = bundle.text_file(bundle::kModelCardName);
      card_ += "\n## Part of this model\n\n" + as_part(card.value_or("# " + bundle.manifest().name + "\n"));
      const std::string& license = bundle.manifest().license;
      if (std::find(licenses_.begin(), licenses_.end(), license) == licenses_.end()) licenses_.push_back(license);
    }
    if (auto status = add_tasks(bundle); !status) return fail(status.error(), bundle.origin());
    const auto files = add_files(bundle);
    if (!files) return fail(files.error(), bundle.origin());
    add_experts(bundle, *files);
    return {};
  }

  // The name that each of the bundle's files got.
  Result<std::map<std::string, std::string>> add_files(const bundle::Bundle& bundle) {
    std::map<std::string, std::string> names;
    for (const auto& [name, entry] : bundle.manifest().files) {
      // What a part was measured with says nothing of the whole, and a gate knows the experts of its own bundle only.
      if (name == bundle::kModelCardName || name == drift::kReferenceFile || name == engine::kGoldenFile) continue;
      if (name == gate::kGateFile || name == gate::kGateDrawing) continue;
      const auto content = bundle.file(name);
      if (!content) return tl::unexpected(content.error());
      const std::string bytes(reinterpret_cast<const char*>(content->data()), content->size());
      int number = 1;
      const std::string* there = writer_.find_file(name);
      while (there != nullptr && *there != bytes) there = writer_.find_file(numbered(name, ++number));
      names[name] = numbered(name, number);
      if (there != nullptr) continue;
      if (auto status = writer_.add_file(names[name], bytes); !status) return tl::unexpected(status.error());
    }
    return names;
  }

  Result<bundle::BundleWriter> finish() {
    bundle::Manifest& manifest = writer_.manifest();
    manifest.license.clear();
    for (const std::string& license : licenses_) {
      if (!license.empty()) manifest.license += (manifest.license.empty() ? "" : "; ") + license;
    }
    manifest.provenance.set("fused", sources_);
    if (auto status = writer_.add_file(std::string(bundle::kModelCardName), card_); !status) {
      return tl::unexpected(status.error());
    }
    return std::move(writer_);
  }

 private:
  Status check(const bundle::Bundle& bundle) const {
    if (has_linear_experts(bundle)) {
      return fail(ErrorCode::invalid_argument,
                  "only one of the bundles may have linear experts: features are those of one training");
    }
    const auto& known = bundle.manifest().languages;
    for (const std::string& language : base_.manifest().languages) {
      if (std::find(known.begin(), known.end(), language) != known.end()) continue;
      return fail(ErrorCode::invalid_argument, "the bundle does not answer '" + language + "' as the others do");
    }
    return {};
  }

  Status add_tasks(const bundle::Bundle& bundle) {
    for (const bundle::Task& task : bundle.manifest().tasks) {
      const bundle::Task* known = writer_.manifest().find_task(task.name);
      if (known == nullptr) {
        writer_.manifest().tasks.push_back(task);
      } else if (!(*known == task)) {
        return fail(ErrorCode::invalid_argument, "task '" + task.name + "' has other labels, or the same in another " +
                                                     "order, than in the other bundles");
      }
    }
    return {};
  }

  void add_experts(const bundle::Bundle& bundle, const std::map<std::string, std::string>& files) {
    std::vector<std::string> names;
    for (bundle::Expert expert : bundle.manifest().experts) {
      int number = 1;
      while (writer_.manifest().find_expert(numbered(expert.name, number)) != nullptr) ++number;
      expert.name = numbered(expert.name, number);
      expert.file = files.at(expert.file);
      rename_files(files, expert.settings);
      names.push_back(expert.name);
      writer_.manifest().experts.push_back(std::move(expert));
    }
    bundle::JsonObject source;
    source.set("name", bundle.manifest().name)
        .set("version", bundle.manifest().version)
        .set("digest", bundle.digest())
        .set("experts", names)
        .set("provenance", bundle.manifest().provenance);
    sources_.push_back(source);
  }

  // Whatever an encoder's tokenizer reads: any text there that is the name of a file.
  static void rename_files(const std::map<std::string, std::string>& files, bundle::JsonObject& settings) {
    auto tokenizer = settings.object("tokenizer");
    if (!tokenizer) return;
    for (const std::string& key : tokenizer->keys()) {
      const auto name = tokenizer->text(key);
      if (name && files.count(*name) > 0) tokenizer->set(key, files.at(*name));
    }
    settings.set("tokenizer", *tokenizer);
  }

  const bundle::Bundle& base_;
  bool base_added_ = false;
  bundle::BundleWriter writer_;
  std::string card_;
  std::vector<std::string> licenses_;
  std::vector<bundle::JsonObject> sources_;
};

}  // namespace

Result<bundle::BundleWriter> merge_bundles(std::span<const bundle::Bundle> bundles) {
  if (bundles.empty()) return fail(ErrorCode::invalid_argument, "at least one bundle is needed");
  const auto linear = std::find_if(bundles.begin(), bundles.end(), has_linear_experts);
  const bundle::Bundle& base = linear == bundles.end() ? bundles.front() : *linear;
  Merge merge(base);
  // Before all others': linear experts know their file by its name.
  if (const auto files = merge.add_files(base); !files) return fail(files.error(), base.origin());
  for (const bundle::Bundle& bundle : bundles) {
    if (auto status = merge.add(bundle); !status) return tl::unexpected(status.error());
  }
  return merge.finish();
}

}  // namespace tenor::ship
