#include "ship/fusion_report.h"

#include <algorithm>
#include <cstdio>

namespace tenor::ship {

namespace {

template <class... Arguments>
std::string format(const char* pattern, Arguments... arguments) {
  char text[400];
  std::snprintf(text, sizeof text, pattern, arguments...);
  return text;
}

std::string offsets_text(const FittedTask& task) {
  if (std::all_of(task.fusion->offsets.begin(), task.fusion->offsets.end(), [](float o) { return o == 0; })) {
    return "none";
  }
  std::string out;
  for (const float offset : task.fusion->offsets) out += (out.empty() ? "" : " ") + format("%g", double{offset});
  return out;
}

std::string score_cells(const FusionScores& scores, const char* pattern) {
  return format(pattern, scores.log_loss, scores.ece, scores.macro_f1, scores.accuracy);
}

bundle::JsonObject& add_scores(const FusionScores& scores, bundle::JsonObject& json) {
  return json.set("log_loss", scores.log_loss)
      .set("ece", scores.ece)
      .set("macro_f1", scores.macro_f1)
      .set("accuracy", scores.accuracy);
}

bundle::JsonObject scores_json(const FusionScores& scores) {
  bundle::JsonObject json;
  return add_scores(scores, json);
}

}  // namespace

std::string fusion_text(std::span<const FittedTask> tasks) {
  constexpr const char* kCells = "  %8.4f  %6.4f  %8.4f  %8.4f\n";
  std::string out;
  for (const FittedTask& task : tasks) {
    if (!task.fusion) {
      out += task.task + ": no labelled rows; averaged as before\n";
      continue;
    }
    out += format("%s: %zu rows\n  %-24s  %6s  %8s  %6s  %8s  %8s\n", task.task.c_str(), task.labelled, "", "weight",
                  "log-loss", "ECE", "macro-F1", "accuracy");
    for (std::size_t e = 0; e < task.experts.size(); ++e) {
      out += format("  %-24s  %6.4f", task.experts[e].c_str(), double{task.fusion->weights[e]});
      out += score_cells(task.expert_scores[e], kCells);
    }
    out += format("  %-24s  %6s", "average", "") + score_cells(task.average, kCells);
    out += format("  %-24s  %6s", "fused", "") + score_cells(task.fused, kCells);
    out += format("  temperature %.4f, offsets %s (%+.4f in cross-validation)\n", double{task.fusion->temperature},
                  offsets_text(task).c_str(), task.offset_gain);
  }
  return out;
}

std::string fusion_markdown(std::span<const FittedTask> tasks) {
  std::string out =
      "| task | rows | answer | weight | log-loss | ECE | macro-F1 | accuracy |\n|---|---|---|---|---|---|---|---|\n";
  constexpr const char* kCells = " %.4f | %.4f | %.4f | %.4f |\n";
  for (const FittedTask& task : tasks) {
    if (!task.fusion) continue;
    const std::string head = "| " + task.task + " | " + std::to_string(task.labelled) + " | ";
    for (std::size_t e = 0; e < task.experts.size(); ++e) {
      out += head + task.experts[e] + format(" | %.4f |", double{task.fusion->weights[e]}) +
             score_cells(task.expert_scores[e], kCells);
    }
    out += head + "fused, temperature " + format("%.4f", double{task.fusion->temperature}) + ", offsets " +
           offsets_text(task) + " | |" + score_cells(task.fused, kCells);
  }
  return out;
}

std::vector<bundle::JsonObject> fusion_json(std::span<const FittedTask> tasks) {
  std::vector<bundle::JsonObject> out;
  for (const FittedTask& task : tasks) {
    bundle::JsonObject json;
    json.set("task", task.task).set("rows", std::uint64_t{task.labelled});
    if (task.fusion) {
      std::vector<bundle::JsonObject> experts;
      for (std::size_t e = 0; e < task.experts.size(); ++e) {
        bundle::JsonObject expert;
        expert.set("name", task.experts[e]).set("weight", double{task.fusion->weights[e]});
        experts.push_back(add_scores(task.expert_scores[e], expert));
      }
      json.set("experts", experts)
          .set("average", scores_json(task.average))
          .set("fused", scores_json(task.fused))
          .set("temperature", double{task.fusion->temperature})
          .set("offsets", std::vector<double>(task.fusion->offsets.begin(), task.fusion->offsets.end()))
          .set("offset_gain", task.offset_gain);
    }
    out.push_back(json);
  }
  return out;
}

}  // namespace tenor::ship
