#include "apps/tenor-train/quantize_run.h"

#include <cstdio>
#include <optional>

#include "apps/tenor-train/answers.h"
#include "base/file_system.h"
#include "base/progress.h"
#include "data/row_reader.h"
#include "ship/card_text.h"
#include "ship/quantized_model.h"

namespace tenor::train_cli {

namespace {

// How to make the bundle again, wherever its files lie.
std::string recorded_command(const QuantizeArguments& arguments) {
  std::string line = "tenor-train quantize BUNDLE --out OUT";
  const auto add = [&](const std::string& flag, const std::string& value) { line += " " + flag + " " + value; };
  if (!arguments.expert.empty()) add("--expert", arguments.expert);
  for (const std::string& file : arguments.calibrate) add("--calibrate", ship::file_name(file));
  if (!arguments.calibrate.empty()) add("--rows", std::to_string(arguments.rows));
  if (!arguments.dataset.text_column.empty()) add("--text-column", arguments.dataset.text_column);
  for (const std::string& file : arguments.compare) add("--compare", ship::file_name(file));
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
    if (arguments.quiet) return;
    watch_.progress = true;
    watch_.say = [](const std::string& text) { std::fputs(text.c_str(), stderr); };
  }

  Status run() {
    if (auto status = bundle::check_replaceable(arguments_.out); !status) return status;
    const auto floats = bundle::Bundle::open(arguments_.bundle);
    if (!floats) return tl::unexpected(floats.error());
    auto model = quantize(*floats);
    if (!model) return tl::unexpected(model.error());
    model->record.command = recorded_command(arguments_);
    if (auto status = compare(*floats, *model); !status) return status;
    if (auto status = write_report(*model); !status) return status;
    if (auto status = check_flips(model->comparisons); !status) return status;
    if (auto status = compress::add_record(model->record, model->bundle); !status) return status;
    if (auto status = model->bundle.writer.publish(arguments_.out, check_answers); !status) return status;
    summarize(model->bundle);
    return {};
  }

 private:
  Result<ship::QuantizedModel> quantize(const bundle::Bundle& floats) const {
    const data::RowReaderOptions reading{arguments_.dataset.format, arguments_.dataset.text_column};
    const auto texts = ship::draw_calibration_texts(arguments_.calibrate, arguments_.rows, reading, watch_);
    if (!texts) return tl::unexpected(texts.error());
    compress::QuantizeOptions options;
    options.expert = arguments_.expert;
    options.smooth = !arguments_.no_smooth;
    options.keep_float = arguments_.keep_float;
    options.min_output_snr_db = arguments_.min_snr;
    return ship::quantize_model(floats, *texts, options, watch_);
  }

  Status compare(const bundle::Bundle& floats, ship::QuantizedModel& model) const {
    if (arguments_.compare.empty()) return {};
    const auto comparison = ship::PrecisionComparison::open(floats, model);
    if (!comparison) return tl::unexpected(comparison.error());
    for (const std::string& path : arguments_.compare) {
      auto rows = load(path);
      if (!rows) return tl::unexpected(rows.error());
      if (auto status = comparison->add(path, *std::move(rows), arguments_.threads, watch_, model); !status) {
        return status;
      }
    }
    return {};
  }

  Result<data::Dataset> load(const std::string& path) const {
    data::DatasetOptions options = arguments_.dataset;
    options.codes = data::parse_label_codes(arguments_.label_codes).value_or(data::LabelCodes::automatic);
    options.keep_unlabelled = true;
    Progress reading("reading " + path, "rows", std::nullopt, watch_.progress);
    auto rows = data::load_dataset({&path, 1}, options, [&](std::uint64_t count) { reading.update(count); });
    reading.finish();
    if (!rows) return rows;
    if (rows->rows.empty()) return fail(ErrorCode::corrupt, path + ": there is no text to compare on");
    if (rows->bad_row_count > 0) {
      watch_.tell("warning: " + path + ": " + std::to_string(rows->bad_row_count) + " bad rows left out\n");
    }
    return rows;
  }

  Status write_report(const ship::QuantizedModel& model) const {
    if (arguments_.json.empty()) return {};
    return write_file_atomic(arguments_.json, compress::record_json(model.record, model.bundle, true).dump() + "\n");
  }

  Status check_flips(const std::vector<judge::Comparison>& comparisons) const {
    if (arguments_.max_flips < 0) return {};
    for (const judge::Comparison& comparison : comparisons) {
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
    watch_.tell(text);
    watch_.tell("wrote " + arguments_.out + "\n");
  }

  const QuantizeArguments& arguments_;
  ship::Watch watch_;
};

}  // namespace

Status quantize_and_ship(const QuantizeArguments& arguments) {
  return QuantizeRun(arguments).run();
}

}  // namespace tenor::train_cli
