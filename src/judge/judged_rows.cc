#include "judge/judged_rows.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

namespace tenor::judge {

namespace {

constexpr std::size_t kBlock = 64;

std::optional<std::size_t> index_of(std::span<const std::string> names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

bool knows_aspect(const engine::Engine& engine, const std::string& name) {
  for (const engine::ModelInfo* model : engine.models()) {
    for (const engine::TaskInfo& task : model->tasks) {
      if (task.aspect && task.name == name) return true;
    }
  }
  return false;
}

// Fills the arrays row by row; rows are disjoint, so threads need no lock.
class Judge {
 public:
  Judge(const engine::Engine& engine, const data::Dataset& dataset, const JudgeOptions& options, JudgedRows& rows)
      : engine_(engine), dataset_(dataset), options_(options), rows_(rows) {
    classify_.language = options.language;
    classify_.all_aspects = !rows.aspect_names.empty();
  }

  void run() {
    std::vector<std::thread> helpers;
    for (std::size_t i = 1; i < options_.threads; ++i) helpers.emplace_back([this] { work(false); });
    work(true);
    for (std::thread& helper : helpers) helper.join();
  }

 private:
  void work(bool reports_progress) {
    const engine::ScratchPtr scratch = engine_.make_scratch();
    engine::Verdict verdict;
    while (true) {
      const std::size_t begin = next_.fetch_add(kBlock);
      if (begin >= rows_.size()) return;
      const std::size_t end = std::min(begin + kBlock, rows_.size());
      for (std::size_t row = begin; row < end; ++row) {
        if (!engine_.classify(dataset_.rows[row].text, classify_, *scratch, verdict)) continue;
        rows_.scored[row] = 1;
        store(row, verdict);
      }
      if (reports_progress && options_.progress) options_.progress(std::min<std::size_t>(next_, rows_.size()));
    }
  }

  void store(std::size_t row, const engine::Verdict& verdict) const {
    rows_.predicted[row] = label_index(verdict.overall.label_name());
    store_probabilities(verdict.overall, rows_.probabilities.data() + row * data::kOverallLabels);
    const std::size_t aspects = rows_.aspect_names.size();
    for (const engine::TaskVerdict& aspect : verdict.aspects) {
      const auto column = index_of(rows_.aspect_names, aspect.task->name);
      if (!column) continue;
      const std::size_t cell = row * aspects + *column;
      rows_.aspect_predicted[cell] = label_index(aspect.label_name());
      float* probabilities = rows_.aspect_probabilities.data() + cell * data::kAspectLabels;
      std::fill_n(probabilities, data::kAspectLabels, 0.0F);
      store_probabilities(aspect, probabilities);
    }
  }

  static void store_probabilities(const engine::TaskVerdict& task, float* out) {
    for (std::size_t i = 0; i < task.task->labels.size(); ++i) {
      out[label_index(task.task->labels[i])] = task.probabilities[i];
    }
  }

  const engine::Engine& engine_;
  const data::Dataset& dataset_;
  const JudgeOptions& options_;
  JudgedRows& rows_;
  engine::Options classify_;
  std::atomic<std::size_t> next_ = 0;
};

JudgedRows make_rows(const engine::Engine& engine, const data::Dataset& dataset) {
  JudgedRows rows;
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < dataset.aspect_names.size(); ++i) {
    const bool known = knows_aspect(engine, dataset.aspect_names[i]);
    (known ? rows.aspect_names : rows.aspects_left_out).push_back(dataset.aspect_names[i]);
    if (known) columns.push_back(i);
  }
  const std::size_t count = dataset.rows.size();
  rows.scored.assign(count, 0);
  rows.predicted.assign(count, data::kUnlabelled);
  rows.probabilities.assign(count * data::kOverallLabels, 0.0F);
  // A row that a model without the aspect answers (another language's) has not been heard to mention it.
  rows.aspect_predicted.assign(count * columns.size(), data::kNotMentioned);
  rows.aspect_probabilities.assign(count * columns.size() * data::kAspectLabels, 0.0F);
  for (std::size_t i = data::kNotMentioned; i < rows.aspect_probabilities.size(); i += data::kAspectLabels) {
    rows.aspect_probabilities[i] = 1.0F;
  }
  for (const data::Row& row : dataset.rows) {
    rows.gold.push_back(row.label);
    for (const std::size_t column : columns) {
      rows.aspect_gold.push_back(column < row.aspects.size() ? row.aspects[column] : data::kUnlabelled);
    }
  }
  return rows;
}

void append_aspects(JudgedRows& out, const JudgedRows& from, std::size_t row) {
  for (const std::string& name : out.aspect_names) {
    const auto column = index_of(from.aspect_names, name);
    const std::size_t cell = column ? row * from.aspect_names.size() + *column : 0;
    out.aspect_gold.push_back(column ? from.aspect_gold[cell] : data::kUnlabelled);
    out.aspect_predicted.push_back(column ? from.aspect_predicted[cell] : data::kNotMentioned);
    for (std::size_t label = 0; label < data::kAspectLabels; ++label) {
      const float absent = label == static_cast<std::size_t>(data::kNotMentioned) ? 1.0F : 0.0F;
      out.aspect_probabilities.push_back(column ? from.aspect_probabilities[cell * data::kAspectLabels + label]
                                                : absent);
    }
  }
}

void append_row(JudgedRows& out, const JudgedRows& from, std::size_t row) {
  out.scored.push_back(from.scored[row]);
  out.gold.push_back(from.gold[row]);
  out.predicted.push_back(from.predicted[row]);
  for (std::size_t i = 0; i < data::kOverallLabels; ++i) {
    out.probabilities.push_back(from.probabilities[row * data::kOverallLabels + i]);
  }
  append_aspects(out, from, row);
}

}  // namespace

std::int8_t label_index(std::string_view name) {
  const auto found = std::find(data::kLabelNames.begin(), data::kLabelNames.end(), name);
  return static_cast<std::int8_t>(found - data::kLabelNames.begin());
}

Status check_labels(const engine::Engine& engine) {
  for (const engine::ModelInfo* model : engine.models()) {
    for (const engine::TaskInfo& task : model->tasks) {
      const std::size_t known = task.aspect ? data::kAspectLabels : data::kOverallLabels;
      for (const std::string& label : task.labels) {
        if (static_cast<std::size_t>(label_index(label)) < known) continue;
        return fail(ErrorCode::unsupported, "cannot judge model " + model->name + ": its task " + task.name +
                                                " has the label '" + label +
                                                "'; expected positive, neutral, negative (aspects: not_mentioned)");
      }
    }
  }
  return {};
}

Result<JudgedRows> judge_rows(const engine::Engine& engine, const data::Dataset& dataset, const JudgeOptions& options) {
  if (Status status = check_labels(engine); !status) return tl::unexpected(status.error());
  JudgedRows rows = make_rows(engine, dataset);
  Judge(engine, dataset, options, rows).run();
  return rows;
}

JudgedRows select(const JudgedRows& rows, std::span<const std::size_t> indices) {
  JudgedRows out;
  out.aspect_names = rows.aspect_names;
  for (const std::size_t row : indices) append_row(out, rows, row);
  return out;
}

JudgedRows concatenate(const JudgedRows& a, const JudgedRows& b) {
  JudgedRows out;
  out.aspect_names = a.aspect_names;
  for (const std::string& name : b.aspect_names) {
    if (!index_of(out.aspect_names, name)) out.aspect_names.push_back(name);
  }
  for (std::size_t row = 0; row < a.size(); ++row) append_row(out, a, row);
  for (std::size_t row = 0; row < b.size(); ++row) append_row(out, b, row);
  return out;
}

}  // namespace tenor::judge
