// A bundle as it would be published, open in memory: to be tried, or scored for its own card.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "bundle/bundle.h"
#include "bundle/bundle_writer.h"

namespace tenor::bundle {

// Owns the files; bundle() and its copies must not outlive it.
class DraftBundle {
 public:
  // `name` names it in errors. A card is put in where the writer has none yet. Errors: those of build() and open().
  static Result<DraftBundle> open(const BundleWriter& writer, const std::string& name);

  const Bundle& bundle() const { return *bundle_; }

 private:
  DraftBundle() = default;
  std::unique_ptr<std::map<std::string, std::string>> files_;  // stays where it is when this moves
  std::optional<Bundle> bundle_;
};

}  // namespace tenor::bundle
