#include "ship/quantized_model.h"

#include <optional>

#include "base/progress.h"
#include "base/random.h"
#include "base/sha256.h"
#include "data/row_reader.h"
#include "ship/card_text.h"

namespace tenor::ship {

namespace {

struct Drawing {
  std::size_t count = 0;
  const data::RowReaderOptions& options;
  const Watch& watch;
  Random random = Random(1);
};

Status draw_from(const std::string& path, Drawing& drawing, CalibrationTexts& out) {
  const auto rows = data::open_rows(path, drawing.options);
  if (!rows) return tl::unexpected(rows.error());
  Progress progress("reading " + path, "rows", std::nullopt, drawing.watch.progress);
  data::InputRow row;
  while (true) {
    const auto more = (*rows)->next(row);
    if (!more) return tl::unexpected(more.error());
    if (!*more) return {};
    progress.advance();
    if (!row.ok()) {
      ++out.bad_rows;
      continue;
    }
    if (++out.rows <= drawing.count) {
      out.texts.emplace_back(row.text);
    } else if (const std::uint64_t place = drawing.random.below(out.rows); place < drawing.count) {
      out.texts[place] = row.text;  // each row with the same probability (Vitter's algorithm R)
    }
  }
}

bundle::JsonObject describe(const CalibrationTexts& drawn, const compress::Calibration& calibration) {
  std::string all;
  for (const std::string& text : drawn.texts) all += text + '\n';
  bundle::JsonObject json;
  return json.set("files", drawn.files)
      .set("rows", drawn.rows)
      .set("texts", std::uint64_t{calibration.texts})
      .set("tokens", std::uint64_t{calibration.tokens})
      .set("sha256 of texts", sha256_hex(std::as_bytes(std::span(all))));
}

bundle::JsonObject describe(const judge::Comparison& comparison) {
  std::vector<bundle::JsonObject> tasks;
  for (const judge::TaskComparison& task : comparison.tasks) {
    bundle::JsonObject json;
    json.set("task", task.task)
        .set("texts", std::uint64_t{task.texts})
        .set("flips", std::uint64_t{task.flips})
        .set("agreement", 1 - task.flip_share())
        .set("largest_difference", task.largest_difference)
        .set("labelled", std::uint64_t{task.labelled});
    if (task.first_macro_f1) json.set("macro_f1_float", *task.first_macro_f1);
    if (task.second_macro_f1) json.set("macro_f1_int8", *task.second_macro_f1);
    tasks.push_back(json);
  }
  bundle::JsonObject json;
  return json.set("file", file_name(comparison.name))
      .set("texts", std::uint64_t{comparison.texts})
      .set("unscored", std::uint64_t{comparison.unscored})
      .set("tasks", tasks);
}

Result<std::optional<compress::Calibration>> calibrate(const bundle::Bundle& floats, const CalibrationTexts& drawn,
                                                       const std::string& expert, const Watch& watch) {
  if (drawn.files.empty()) {
    watch.tell("no texts to calibrate on: clipping is chosen by the weights alone, and nothing is smoothed\n");
    return std::nullopt;
  }
  compress::CalibrationOptions options;
  Progress progress("calibrating", "texts", drawn.texts.size(), watch.progress);
  options.progress = [&](std::size_t done, std::size_t total) {
    progress.expect(total);
    progress.update(done);
  };
  auto calibration = compress::calibrate(floats, expert, drawn.texts, options);
  progress.finish();
  if (!calibration) return tl::unexpected(calibration.error());
  watch.tell("calibrated on " + std::to_string(calibration->texts) + " of " + std::to_string(drawn.rows) + " texts, " +
             std::to_string(calibration->tokens) + " tokens" +
             (drawn.bad_rows > 0 ? "; " + std::to_string(drawn.bad_rows) + " bad rows left out\n" : "\n"));
  return std::move(*calibration);
}

Result<judge::JudgedRows> score(const std::string& what, const engine::Engine& engine, const data::Dataset& dataset,
                                std::size_t threads, const Watch& watch) {
  Progress progress("scoring " + what, "rows", dataset.rows.size(), watch.progress);
  return judge::judge_rows(engine, dataset, {.language = {}, .threads = threads, .progress = [&](std::uint64_t rows) {
                                               progress.update(rows);
                                             }});
}

}  // namespace

Result<CalibrationTexts> draw_calibration_texts(std::span<const std::string> files, std::size_t count,
                                                const data::RowReaderOptions& options, const Watch& watch) {
  CalibrationTexts out;
  Drawing drawing{count, options, watch};
  for (const std::string& path : files) {
    if (auto status = draw_from(path, drawing, out); !status) return tl::unexpected(status.error());
    out.files.push_back(file_name(path));
  }
  return out;
}

Result<QuantizedModel> quantize_model(const bundle::Bundle& floats, const CalibrationTexts& texts,
                                      compress::QuantizeOptions options, const Watch& watch) {
  compress::QuantizationRecord record;
  auto calibration = calibrate(floats, texts, options.expert, watch);
  if (!calibration) return tl::unexpected(calibration.error());
  if (*calibration) record.calibration = describe(texts, **calibration);
  options.calibration = *calibration ? &**calibration : nullptr;
  Progress progress("quantising", "matrices", std::nullopt, watch.progress);
  options.progress = [&](std::size_t done, std::size_t total) {
    progress.expect(total);
    progress.update(done);
  };
  auto made = compress::quantize(floats, options);
  progress.finish();
  if (!made) return tl::unexpected(made.error());
  watch.tell(compress::report_text(made->matrices));
  return QuantizedModel{std::move(*made), std::move(record), {}};
}

Result<PrecisionComparison> PrecisionComparison::open(const bundle::Bundle& floats, const QuantizedModel& model) {
  auto draft = bundle::DraftBundle::open(model.bundle.writer, "the INT8 bundle");
  if (!draft) return tl::unexpected(draft.error());
  auto first = engine::Engine::open({&floats, 1});
  if (!first) return tl::unexpected(first.error());
  auto second = engine::Engine::open({&draft->bundle(), 1});
  if (!second) return tl::unexpected(second.error());
  return PrecisionComparison(std::move(*draft), std::move(*first), std::move(*second));
}

Status PrecisionComparison::add(const std::string& name, data::Dataset rows, std::size_t threads, const Watch& watch,
                                QuantizedModel& model) const {
  const data::Dataset dataset = judge::with_all_aspects(std::move(rows), floats_);
  const auto one = score(name + ", float", floats_, dataset, threads, watch);
  if (!one) return fail(one.error(), name);
  const auto two = score(name + ", INT8", int8_, dataset, threads, watch);
  if (!two) return fail(two.error(), name);
  auto comparison = judge::compare(file_name(name), *one, *two);
  if (!comparison) return tl::unexpected(comparison.error());
  watch.tell(judge::comparison_text(*comparison, "float", "INT8"));
  model.record.comparisons.push_back(describe(*comparison).set("fingerprint", dataset.fingerprint));
  model.comparisons.push_back(std::move(*comparison));
  model.record.comparison_markdown = judge::comparison_markdown(model.comparisons, "float", "INT8");
  return {};
}

}  // namespace tenor::ship
