#include "ship/card_scores.h"

#include "engine/engine.h"
#include "eval/report_text.h"
#include "judge/judgement.h"
#include "ship/card_text.h"

namespace tenor::ship {

namespace {

void append_scores(const std::string& file, const judge::Judgement& judgement, std::vector<CardScore>& scores) {
  const auto add = [&](const std::string& measure, const std::string& value) {
    scores.push_back({file, measure, value});
  };
  if (judgement.overall) {
    const std::string classes = judgement.two_class ? ", two classes" : ", three classes";
    add("accuracy" + classes, with_interval(judgement.overall->accuracy));
    add("macro-F1" + classes, with_interval(judgement.overall->macro_f1));
    add("macro recall" + classes, with_interval(judgement.overall->macro_recall));
    if (judgement.overall->calibration) {
      add("expected calibration error" + classes, eval::four_digits(judgement.overall->calibration->ece));
    }
  }
  if (judgement.aspects) {
    add("aspects: macro-F1, not_mentioned merged into neutral", with_interval(judgement.aspects->merged_macro_f1));
    add("aspects: macro-F1, four classes", with_interval(judgement.aspects->macro_f1));
    add("aspects: mean accuracy", with_interval(judgement.aspects->accuracy));
    add("aspects: all of a review right", with_interval(judgement.aspects->strict_accuracy));
  }
}

}  // namespace

Result<std::vector<CardScore>> card_scores(const bundle::Bundle& bundle, const std::vector<std::string>& files,
                                           const std::string& data_folder, const data::DatasetOptions& options) {
  const std::vector<bundle::Bundle> bundles = {bundle};
  const auto engine = engine::Engine::open(bundles);
  if (!engine) return tl::unexpected(engine.error());
  const std::optional<text::Language> language = text::parse_language(bundle.manifest().languages.front());
  std::vector<CardScore> scores;
  for (const std::string& file : files) {
    const std::vector<std::string> path = {data_folder.empty() ? file : data_folder + "/" + file};
    const auto dataset = data::load_dataset(path, options);
    if (!dataset) return tl::unexpected(dataset.error());
    const auto rows = judge::judge_rows(*engine, *dataset, {.language = language, .threads = 1, .progress = {}});
    if (!rows) return fail(rows.error(), file);
    const auto judgement = judge::judge_group(file, *rows, {});
    if (!judgement) return fail(judgement.error(), file);
    append_scores(file, *judgement, scores);
  }
  return scores;
}

}  // namespace tenor::ship
