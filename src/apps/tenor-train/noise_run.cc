#include "apps/tenor-train/noise_run.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <map>

#include "apps/tenor-train/dataset_flags.h"
#include "base/file_system.h"
#include "base/json_writer.h"
#include "data/dataset.h"
#include "eval/confident_learning.h"
#include "train/linear_config.h"
#include "train/out_of_fold.h"

namespace tenor::train_cli {

namespace {

// Rows of one task that are judged together: models and labellers differ from source to source.
struct Group {
  std::string task;
  std::string source;  // empty: all rows
  bool two_class = false;
  std::vector<std::size_t> rows;  // labelled ones
};

struct GroupFindings {
  Group group;
  const train::LinearTask* task = nullptr;
  eval::ConfidentLearning found;
};

struct Finding {
  double margin = 0;
  std::string json;  // without its rank
};

bool is_test_file(const std::string& path) {
  std::string name = std::filesystem::path(path).filename().string().substr(0, 4);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name == "test";
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f %%", 100 * share);
  return text;
}

class NoiseRun {
 public:
  explicit NoiseRun(const NoiseArguments& arguments) : arguments_(arguments) {}

  Status run() {
    auto config = train::load_linear_config(arguments_.config);
    if (!config) return tl::unexpected(config.error());
    if (auto status = check(*config); !status) return status;
    begin_report();
    for (const train::SpaceConfig& space : config->spaces) {
      if (!wanted(space.name)) continue;
      if (auto status = judge_space(*config, space); !status) return fail(status.error(), "space '" + space.name + "'");
    }
    return write();
  }

 private:
  void say(const std::string& line) const {
    if (!arguments_.quiet) std::fprintf(stderr, "%s\n", line.c_str());
  }

  bool wanted(const std::string& space) const {
    const auto& names = arguments_.spaces;
    return names.empty() || std::find(names.begin(), names.end(), space) != names.end();
  }

  Status check(const train::LinearConfig& config) const {
    for (const std::string& name : arguments_.spaces) {
      const auto named = [&](const train::SpaceConfig& space) { return space.name == name; };
      if (std::none_of(config.spaces.begin(), config.spaces.end(), named)) {
        return fail(ErrorCode::invalid_argument, arguments_.config + " has no space '" + name + "'");
      }
    }
    for (const train::SpaceConfig& space : config.spaces) {
      if (!wanted(space.name)) continue;
      for (const std::string& file : space.train) {
        if (!is_test_file(file)) continue;
        return fail(ErrorCode::invalid_argument,
                    "space '" + space.name + "' trains on " + file +
                        ", whose name says that it is a test file: test labels are never cleaned");
      }
    }
    return {};
  }

  Status judge_space(const train::LinearConfig& config, const train::SpaceConfig& space) {
    train::TrainContext context;
    context.rows = {arguments_.data, arguments_.dataset, static_cast<std::uint64_t>(config.seed), !arguments_.quiet};
    context.say = [this](const std::string& line) { say(line); };
    const auto answers = train::answer_out_of_fold(config, space, arguments_.folds, context);
    if (!answers) return tl::unexpected(answers.error());
    const data::Dataset& dataset = answers->rows.dataset;
    if (!arguments_.quiet) std::fputs(describe_bad_rows(dataset).c_str(), stderr);
    begin_space(space.name, dataset);
    for (std::size_t t = 0; t < answers->tasks.size(); ++t) {
      for (Group& group : groups_of(*answers, t, space.aspects)) {
        if (auto status = judge_group(*answers, t, std::move(group)); !status) return status;
      }
    }
    end_space();
    return {};
  }

  static std::vector<Group> groups_of(const train::OutOfFold& answers, std::size_t task, bool aspects) {
    std::map<std::uint32_t, Group> groups;
    const data::Dataset& dataset = answers.rows.dataset;
    for (std::size_t r = 0; r < dataset.rows.size(); ++r) {
      if (answers.rows.labels[task][r] < 0) continue;
      const std::uint32_t source = aspects ? 0 : dataset.rows[r].source;
      Group& group = groups[source];
      group.task = answers.tasks[task].name;
      group.source = aspects ? "" : dataset.sources[source];
      group.two_class = !aspects && answers.rows.two_class[r] != 0;
      group.rows.push_back(r);
    }
    std::vector<Group> list;
    list.reserve(groups.size());
    for (auto& [source, group] : groups) list.push_back(std::move(group));
    return list;
  }

  Status judge_group(const train::OutOfFold& answers, std::size_t task, Group group) {
    const train::LinearTask& asked = answers.tasks[task];
    const std::size_t classes = asked.labels.size();
    std::vector<float> probabilities;
    std::vector<std::int8_t> given;
    for (const std::size_t r : group.rows) {
      const auto row = std::span(answers.probabilities[task]).subspan(r * classes, classes);
      probabilities.insert(probabilities.end(), row.begin(), row.end());
      given.push_back(answers.rows.labels[task][r]);
    }
    eval::ConfidentData data{classes, probabilities, given, std::nullopt};
    if (group.two_class) data.masked_class = asked.place_of(data::kNeutral);
    auto found = eval::find_suspicious_rows(data);
    if (!found) return fail(found.error(), group.task + (group.source.empty() ? "" : ", source " + group.source));
    for (const eval::SuspiciousRow& row : found->rows) {
      findings_.push_back({row.margin, describe(answers, asked, group, row,
                                                std::span(probabilities).subspan(row.row * classes, classes))});
    }
    report_group({std::move(group), &asked, std::move(*found)});
    return {};
  }

  static std::string describe(const train::OutOfFold& answers, const train::LinearTask& task, const Group& group,
                              const eval::SuspiciousRow& found, std::span<const float> probabilities) {
    const data::Dataset& dataset = answers.rows.dataset;
    const data::Row& row = dataset.rows[group.rows[found.row]];
    const auto name = [&](std::int8_t place) {
      return data::kLabelNames[static_cast<std::size_t>(task.labels[place])];
    };
    std::string json;
    JsonWriter writer(json);
    writer.begin_object();
    writer.member("file", std::string_view(dataset.files[row.file])).member("line", row.line);
    writer.member("task", std::string_view(task.name));
    if (!dataset.sources[row.source].empty()) writer.member("source", std::string_view(dataset.sources[row.source]));
    writer.member("given", name(found.given)).member("suggested", name(found.suggested));
    writer.key("margin").value(found.margin, 4);
    writer.key("probabilities").begin_object();
    for (std::size_t l = 0; l < probabilities.size(); ++l) {
      writer.key(name(static_cast<std::int8_t>(l))).value(static_cast<double>(probabilities[l]), 4);
    }
    writer.end_object().member("text", std::string_view(row.text)).end_object();
    return json;
  }

  void begin_report() {
    report_.begin_object();
    report_.member("config", std::string_view(arguments_.config));
    report_.member("folds", std::uint64_t{arguments_.folds});
    report_.key("spaces").begin_array();
  }

  void begin_space(const std::string& name, const data::Dataset& dataset) {
    report_.begin_object().member("name", std::string_view(name));
    report_.member("rows", std::uint64_t{dataset.rows.size()}).member("bad_rows", dataset.bad_row_count);
    report_.member("fingerprint", std::string_view(dataset.fingerprint));
    report_.key("groups").begin_array();
  }

  void report_group(const GroupFindings& findings) {
    const Group& group = findings.group;
    const std::size_t classes = findings.task->labels.size();
    double off_diagonal = 0;
    for (std::size_t i = 0; i < classes * classes; ++i) {
      off_diagonal += i % (classes + 1) == 0 ? 0 : findings.found.joint[i];
    }
    const auto listed = static_cast<double>(findings.found.rows.size()) / static_cast<double>(group.rows.size());
    say(group.task + (group.source.empty() ? "" : " " + group.source) + ": " +
        std::to_string(findings.found.rows.size()) + " of " + std::to_string(group.rows.size()) + " rows suspicious (" +
        percent(listed) + "), estimated wrong " + percent(off_diagonal));
    report_.begin_object()
        .member("task", std::string_view(group.task))
        .member("source", std::string_view(group.source));
    report_.member("two_class", group.two_class).member("rows", std::uint64_t{group.rows.size()});
    report_.member("suspicious", std::uint64_t{findings.found.rows.size()});
    report_.key("estimated_wrong").value(off_diagonal, 5);
    report_.key("labels").begin_array();
    for (const std::int8_t label : findings.task->labels)
      report_.value(data::kLabelNames[static_cast<std::size_t>(label)]);
    report_.end_array().key("thresholds").begin_array();
    for (const double threshold : findings.found.thresholds) report_.value(threshold, 5);
    report_.end_array().key("confident_joint").begin_array();
    for (std::size_t i = 0; i < classes; ++i) {
      report_.begin_array();
      for (std::size_t j = 0; j < classes; ++j) report_.value(findings.found.counts[i * classes + j]);
      report_.end_array();
    }
    report_.end_array().end_object();
  }

  void end_space() { report_.end_array().end_object(); }

  Status write() {
    report_.end_array().end_object();
    std::stable_sort(findings_.begin(), findings_.end(),
                     [](const Finding& a, const Finding& b) { return a.margin < b.margin; });
    std::string lines;
    for (std::size_t i = 0; i < findings_.size(); ++i) {
      lines += "{\"rank\":" + std::to_string(i + 1) + "," + findings_[i].json.substr(1) + "\n";
    }
    if (!arguments_.report.empty()) {
      if (auto status = write_file_atomic(arguments_.report, report_text_ + "\n"); !status) return status;
    }
    if (auto status = write_file_atomic(arguments_.out, lines); !status) return status;
    say("wrote " + std::to_string(findings_.size()) + " suspicious labels to " + arguments_.out +
        ": look at them, delete the lines of those that are right, then tenor-train prepare --drop " + arguments_.out);
    return {};
  }

  const NoiseArguments& arguments_;
  std::vector<Finding> findings_;
  std::string report_text_;
  JsonWriter report_{report_text_};
};

}  // namespace

Status find_noise(const NoiseArguments& arguments) {
  return NoiseRun(arguments).run();
}

}  // namespace tenor::train_cli
