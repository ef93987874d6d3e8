#include "engine/speaker.h"

#include <algorithm>

#include "text/excerpt.h"

namespace tenor::engine {

const Model* speaker_of(std::span<const std::unique_ptr<Model>> models, const std::optional<std::string>& name,
                        text::Language language) {
  const auto found = std::find_if(models.begin(), models.end(), [&](const auto& model) {
    return name ? model->info().name == *name : model->speaks(language);
  });
  if (found != models.end()) return found->get();
  return name ? nullptr : models.front().get();
}

std::string no_model(std::span<const std::unique_ptr<Model>> models, const std::string& name) {
  std::string known;
  for (const auto& model : models) known += (known.empty() ? "" : ", ") + model->info().name;
  return "no model is called '" + text::excerpt(name, 40) + "'; there are: " + known;
}

}  // namespace tenor::engine
