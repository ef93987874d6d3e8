#include "apps/tenor-train/quantize_run.h"

#include <cstdio>
#include <optional>

#include "apps/tenor-train/answers.h"
#include "base/file_system.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/sha256.h"
#include "bundle/draft.h"
#include "compress/quantize.h"
#include "compress/record.h"
#include "data/row_reader.h"
#include "engine/engine.h"
#include "judge/comparison.h"

namespace tenor::train_cli {

namespace {

std::string file_name(const std::string& path) {
  return path.substr(path.find_last_of('/') + 1);
}

// A random sample of the files' good rows, the same for the same files.
struct CalibrationTexts {
  std::vector<std::string> texts;
  std::uint64_t rows = 0;
  std::uint64_t bad_rows = 0;
};

Status draw_texts(const std::string& path, const QuantizeArguments& arguments, Random& random, CalibrationTexts& out) {
  const auto rows = data::open_rows(path, {arguments.dataset.format, arguments.dataset.text_column});
  if (!rows) return tl::unexpected(rows.error());
  Progress progress("reading " + path, "rows", std::nullopt, !arguments.quiet);
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
    if (++out.rows <= arguments.rows) {
      out.texts.emplace_back(row.text);
    } else if (const std::uint64_t place = random.below(out.rows); place < arguments.rows) {
      out.texts[place] = row.text;  // each row with the same probability (Vitter's algorithm R)
    }
  }
}

bundle::JsonObject describe(const QuantizeArguments& arguments, const CalibrationTexts& drawn,
                            const compress::Calibration& calibration) {
  std::vector<std::string> files;
  for (const std::string& path : arguments.calibrate) files.push_back(file_name(path));
  std::string all;
  for (const std::string& text : drawn.texts) all += text + '\n';
  bundle::JsonObject json;
  return json.set("files", files)
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

// How to make the bundle again, wherever its files lie.
std::string recorded_command(const QuantizeArguments& arguments) {
  std::string line = "tenor-train quantize BUNDLE --out OUT";
  const auto add = [&](const std::string& flag, const std::string& value) { line += " " + flag + " " + value; };
  if (!arguments.expert.empty()) add("--expert", arguments.expert);
  for (const std::string& file : arguments.calibrate) add("--calibrate", file_name(file));
  if (!arguments.calibrate.empty()) add("--rows", std::to_string(arguments.rows));
  if (!arguments.dataset.text_column.empty()) add("--text-column", arguments.dataset.text_column);
  for (const std::string& file : arguments.compare) add("--compare", file_name(file));
  for (const std::string& name : arguments.keep_float) add("--keep-float", name);
  if (arguments.min_snr > 0) {
    char number[32];
    std::snprintf(number, sizeof number, "%g", arguments.min_snr);
    add("--min-snr", number);
  }
  if (arguments.no_smooth) line += " --no-smooth";
  return line;
}

class QuantizeRun {
 public:
  explicit QuantizeRun(const QuantizeArguments& arguments) : arguments_(arguments) {
    record_.command = recorded_command(arguments);
  }

  Status run() {
    if (auto status = bundle::check_replaceable(arguments_.out); !status) return status;
    const auto floats = bundle::Bundle::open(arguments_.bundle);
    if (!floats) return tl::unexpected(floats.error());
    if (auto status = calibrate(*floats); !status) return status;
    auto made = quantize(*floats);
    if (!made) return tl::unexpected(made.error());
    calibration_ = {};
    say(compress::report_text(made->matrices));
    if (auto status = compare(*floats, made->writer); !status) return status;
    if (auto status = write_report(*made); !status) return status;
    if (auto status = check_flips(); !status) return status;
    if (auto status = compress::add_record(record_, *made); !status) return status;
    if (auto status = made->writer.publish(arguments_.out, check_answers); !status) return status;
    summarize(*made);
    return {};
  }

 private:
  void say(const std::string& text) const {
    if (!arguments_.quiet) std::fputs(text.c_str(), stderr);
  }

  Status calibrate(const bundle::Bundle& floats) {
    if (arguments_.calibrate.empty()) {
      say("no --calibrate: clipping is chosen by the weights alone, and nothing is smoothed\n");
      return {};
    }
    CalibrationTexts drawn;
    Random random(1);
    for (const std::string& path : arguments_.calibrate) {
      if (auto status = draw_texts(path, arguments_, random, drawn); !status) return status;
    }
    compress::CalibrationOptions options;
    Progress progress("calibrating", "texts", drawn.texts.size(), !arguments_.quiet);
    options.progress = [&](std::size_t done, std::size_t total) {
      progress.expect(total);
      progress.update(done);
    };
    auto calibration = compress::calibrate(floats, arguments_.expert, drawn.texts, options);
    progress.finish();
    if (!calibration) return tl::unexpected(calibration.error());
    calibration_ = std::move(*calibration);
    record_.calibration = describe(arguments_, drawn, *calibration_);
    say("calibrated on " + std::to_string(calibration_->texts) + " of " + std::to_string(drawn.rows) + " texts, " +
        std::to_string(calibration_->tokens) + " tokens");
    say(drawn.bad_rows > 0 ? "; " + std::to_string(drawn.bad_rows) + " bad rows left out\n" : "\n");
    return {};
  }

  Result<compress::QuantizedBundle> quantize(const bundle::Bundle& floats) const {
    compress::QuantizeOptions options;
    options.expert = arguments_.expert;
    options.smooth = !arguments_.no_smooth;
    options.keep_float = arguments_.keep_float;
    options.min_output_snr_db = arguments_.min_snr;
    options.calibration = calibration_ ? &*calibration_ : nullptr;
    Progress progress("quantising", "matrices", std::nullopt, !arguments_.quiet);
    options.progress = [&](std::size_t done, std::size_t total) {
      progress.expect(total);
      progress.update(done);
    };
    return compress::quantize(floats, options);
  }

  Status compare(const bundle::Bundle& floats, const bundle::BundleWriter& writer) {
    if (arguments_.compare.empty()) return {};
    const auto draft = bundle::DraftBundle::open(writer, "the INT8 bundle");
    if (!draft) return tl::unexpected(draft.error());
    const auto first = engine::Engine::open({&floats, 1});
    if (!first) return tl::unexpected(first.error());
    const auto second = engine::Engine::open({&draft->bundle(), 1});
    if (!second) return tl::unexpected(second.error());
    for (const std::string& path : arguments_.compare) {
      if (auto status = compare_file(path, *first, *second); !status) return status;
    }
    record_.comparison_markdown = judge::comparison_markdown(comparisons_, "float", "INT8");
    return {};
  }

  Status compare_file(const std::string& path, const engine::Engine& first, const engine::Engine& second) {
    data::DatasetOptions options = arguments_.dataset;
    options.codes = data::parse_label_codes(arguments_.label_codes).value_or(data::LabelCodes::automatic);
    options.keep_unlabelled = true;
    Progress reading("reading " + path, "rows", std::nullopt, !arguments_.quiet);
    auto loaded = data::load_dataset({&path, 1}, options, [&](std::uint64_t rows) { reading.update(rows); });
    reading.finish();
    if (!loaded) return tl::unexpected(loaded.error());
    if (loaded->rows.empty()) return fail(ErrorCode::corrupt, path + ": there is no text to compare on");
    const data::Dataset dataset = judge::with_all_aspects(std::move(*loaded), first);
    const auto one = score(path + ", float", first, dataset);
    if (!one) return fail(one.error(), path);
    const auto two = score(path + ", INT8", second, dataset);
    if (!two) return fail(two.error(), path);
    auto comparison = judge::compare(file_name(path), *one, *two);
    if (!comparison) return tl::unexpected(comparison.error());
    if (dataset.bad_row_count > 0) {
      say("warning: " + path + ": " + std::to_string(dataset.bad_row_count) + " bad rows left out\n");
    }
    say(judge::comparison_text(*comparison, "float", "INT8"));
    record_.comparisons.push_back(describe(*comparison).set("fingerprint", dataset.fingerprint));
    comparisons_.push_back(std::move(*comparison));
    return {};
  }

  Result<judge::JudgedRows> score(const std::string& what, const engine::Engine& engine,
                                  const data::Dataset& dataset) const {
    Progress progress("scoring " + what, "rows", dataset.rows.size(), !arguments_.quiet);
    return judge::judge_rows(engine, dataset,
                             {.language = {}, .threads = arguments_.threads, .progress = [&](std::uint64_t rows) {
                                progress.update(rows);
                              }});
  }

  Status write_report(const compress::QuantizedBundle& made) const {
    if (arguments_.json.empty()) return {};
    return write_file_atomic(arguments_.json, compress::record_json(record_, made, true).dump() + "\n");
  }

  Status check_flips() const {
    if (arguments_.max_flips < 0) return {};
    for (const judge::Comparison& comparison : comparisons_) {
      for (const judge::TaskComparison& task : comparison.tasks) {
        const double percent = 100 * task.flip_share();
        if (percent <= arguments_.max_flips) continue;
        char text[160];
        std::snprintf(text, sizeof text, "%zu of %zu labels (%.2f %%) changed, more than --max-flips %g", task.flips,
                      task.texts, percent, arguments_.max_flips);
        return fail(ErrorCode::limit,
                    comparison.name + ", task " + task.task + ": " + text +
                        "; nothing was published. Calibrate on texts like these (--calibrate), or keep "
                        "the worst matrices of the table as floats (--keep-float, --min-snr)");
      }
    }
    return {};
  }

  void summarize(const compress::QuantizedBundle& made) const {
    std::size_t smoothed = 0, products = 0;
    for (const compress::MatrixReport& matrix : made.matrices) {
      products += matrix.kept_float ? 0 : 1;
      smoothed += matrix.smoothing && !matrix.kept_float ? 1 : 0;
    }
    char text[200];
    std::snprintf(text, sizeof text, "%zu matrices int8 (%zu smoothed), %zu float; tensors %.1f MB -> %.1f MB\n",
                  products, smoothed, made.float_layers.size(), static_cast<double>(made.bytes_before) / 1e6,
                  static_cast<double>(made.bytes_after) / 1e6);
    say(text);
    say("wrote " + arguments_.out + "\n");
  }

  const QuantizeArguments& arguments_;
  std::optional<compress::Calibration> calibration_;
  compress::QuantizationRecord record_;
  std::vector<judge::Comparison> comparisons_;
};

}  // namespace

Status quantize_and_ship(const QuantizeArguments& arguments) {
  return QuantizeRun(arguments).run();
}

}  // namespace tenor::train_cli
