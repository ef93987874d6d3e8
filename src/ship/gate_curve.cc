#include "ship/gate_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "data/labels.h"
#include "eval/calibration.h"
#include "eval/confusion.h"
#include "ship/gate_models.h"

namespace tenor::ship {

namespace {

// Of what all steps are worth to all rows, dearest first: the places that points are made for.
// Close together where `balanced` is found.
constexpr double kShares[] = {0.01,  0.02, 0.035, 0.05, 0.075, 0.1,  0.125, 0.15, 0.175, 0.2,
                              0.225, 0.25, 0.275, 0.3,  0.325, 0.35, 0.375, 0.4,  0.425, 0.45,
                              0.475, 0.5,  0.525, 0.55, 0.575, 0.6,  0.65,  0.7,  0.8,   0.9};
constexpr double kEver = std::numeric_limits<double>::infinity();

std::vector<std::size_t> rows_of(const CurveInput& in) {
  if (!in.aspects) {
    auto rows = judged_rows_of(in.rows, in.rows.answers.front(), true);
    return rows.empty() ? judged_rows_of(in.rows, in.rows.answers.front(), false) : rows;
  }
  std::vector<std::size_t> out;
  for (std::size_t r = 0; r < in.rows.size(); ++r) {
    const auto labelled = [&](const TaskAnswers& task) { return task.aspect && task.gold[r] >= 0; };
    if (std::any_of(in.rows.answers.begin(), in.rows.answers.end(), labelled)) out.push_back(r);
  }
  return out;
}

double gain_of(const CurveInput& in, std::size_t step, std::size_t row) {
  double sum = 0;
  for (std::size_t t = 0; t < (in.aspects ? in.rows.answers.size() : 1); ++t) {
    sum += static_cast<double>(in.gains[step][t][row]);
  }
  return sum;
}

// Whether a task that is asked for has no answer after so many stages.
bool lacks_answer(const CurveInput& in, std::size_t stages) {
  for (std::size_t t = 0; t < (in.aspects ? in.rows.answers.size() : 1); ++t) {
    if (!reach(in.gate, in.rows.answers[t], stages).any) return true;
  }
  return false;
}

double cost_of(const CurveInput& in, std::size_t stage, std::size_t row) {
  return in.gate.stages[stage].cost.of(static_cast<double>(in.rows.facts[row].characters));
}

// Shares of a row, as eval::Confusion counts them.
constexpr double kWholeRow = 1e6;

struct Judge {
  explicit Judge(const CurveInput& input) : in(input) {
    for (const TaskAnswers& task : in.rows.answers) {
      tables.emplace_back(task.labels.size());
      expected_tables.emplace_back(task.labels.size());
    }
  }
  void add(std::size_t row, std::size_t stages) {
    for (std::size_t t = in.aspects ? 1 : 0; t < (in.aspects ? in.rows.answers.size() : 1); ++t) {
      const TaskAnswers& task = in.rows.answers[t];
      if (task.gold[row] < 0) continue;
      const auto found = static_cast<std::size_t>(in.cross[t][stages - 1].decided[row]);
      const auto gold = static_cast<std::size_t>(task.gold[row]);
      right += found == gold ? 1 : 0;
      answers += 1;
      tables[t].add(merged(task, gold), merged(task, found));
      // The row's label as `best` sees it.
      const std::size_t k = task.labels.size();
      const auto believed = std::span(in.cross[t].back().probabilities).subspan(row * k, k);
      for (std::size_t l = 0; l < k; ++l) {
        const auto share = static_cast<std::uint64_t>(std::llround(kWholeRow * static_cast<double>(believed[l])));
        expected_tables[t].add(merged(task, l), merged(task, found), share);
      }
    }
  }
  static std::size_t merged(const TaskAnswers& task, std::size_t label) {
    const auto place = [&](std::size_t of) {
      const auto found = std::find(task.labels.begin(), task.labels.end(), data::kLabelNames[of]);
      return static_cast<std::size_t>(found - task.labels.begin());
    };
    const std::size_t neutral = place(data::kNeutral), absent = place(data::kNotMentioned);
    return label == absent && neutral < task.labels.size() ? neutral : label;
  }
  double macro_f1() const { return mean_f1(tables); }
  double expected_macro_f1() const { return mean_f1(expected_tables); }
  static double mean_f1(std::span<const eval::Confusion> of) {
    double sum = 0, tasks = 0;
    for (const eval::Confusion& table : of) {
      if (table.total() == 0) continue;
      sum += table.macro_f1();
      tasks += 1;
    }
    return tasks == 0 ? 0 : sum / tasks;
  }

  const CurveInput& in;
  std::vector<eval::Confusion> tables, expected_tables;
  double right = 0, answers = 0;
};

struct Point {
  gate::CurvePoint shown;
  double expected_macro_f1 = 0;
};

Point point_of(const CurveInput& in, std::span<const std::size_t> rows, double price) {
  gate::CurvePoint point;
  point.price = price;
  Judge judge(in);
  for (const std::size_t row : rows) {
    const Way way = way_of(in, row, price);
    point.us += way.us;
    point.asked += way.stages > 1 ? 1 : 0;
    judge.add(row, way.stages);
  }
  const auto count = static_cast<double>(rows.size());
  point.us /= count;
  point.asked /= count;
  point.accuracy = judge.right / std::max(judge.answers, 1.0);
  point.macro_f1 = judge.macro_f1();
  return {point, judge.expected_macro_f1()};
}

}  // namespace

Way way_of(const CurveInput& in, std::size_t row, double price) {
  Way way{1, cost_of(in, 0, row)};
  for (std::size_t stage = 1; stage < in.gate.stages.size(); ++stage) {
    gate::Offer offer{gain_of(in, stage - 1, row), cost_of(in, stage, row), lacks_answer(in, stage)};
    if (!gate::worth_asking(offer, {price, kEver})) break;
    way.us += offer.cost_us;
    way.stages = stage + 1;
  }
  return way;
}

std::size_t balanced_of(std::span<const double> macro_f1, double most_loss) {
  std::vector<double> order(macro_f1.size());
  std::iota(order.begin(), order.end(), 0.0);
  const auto rising = eval::fit_isotonic(order, macro_f1, {});
  const std::size_t last = macro_f1.size() - 1;
  if (!rising) return last;
  std::size_t place = 0;
  while (place < last && (*rising)(order[place]) < macro_f1.back() - most_loss) ++place;
  return place;
}

gate::Curve fit_curve(const CurveInput& in, const GateOptions& options) {
  gate::Curve curve;
  const std::vector<std::size_t> rows = rows_of(in);
  if (rows.empty()) return curve;
  std::vector<Point> points = {point_of(in, rows, kEver)};
  const std::size_t stages = in.gate.stages.size();
  if (stages > 1) {
    std::vector<double> worth;  // of a step to a row, a microsecond
    worth.reserve(rows.size() * (stages - 1));
    for (std::size_t stage = 1; stage < stages; ++stage) {
      for (const std::size_t row : rows) {
        worth.push_back(gain_of(in, stage - 1, row) / std::max(cost_of(in, stage, row), 1e-3));
      }
    }
    std::sort(worth.rbegin(), worth.rend());
    for (const double share : kShares) {
      const double price = worth[static_cast<std::size_t>(share * static_cast<double>(worth.size() - 1))];
      if (price > 0 && price < points.back().shown.price) points.push_back(point_of(in, rows, price));
    }
    points.push_back(point_of(in, rows, 0));
  }
  // Labels of some thousand rows tell losses with noise as great as what is asked: where answers differ, each row
  // counts as wholly right or wrong. What `best` believes tells them without, but it believes itself where it is not
  // right, too.
  std::vector<double> expected;
  for (const Point& point : points) {
    curve.points.push_back(point.shown);
    expected.push_back((point.shown.macro_f1 + point.expected_macro_f1) / 2);
  }
  curve.balanced = balanced_of(expected, options.balanced_loss);
  return curve;
}

}  // namespace tenor::ship
