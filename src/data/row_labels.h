// Finds labels, aspects, source and domain of a row, whatever the format: spellings only, no meaning yet.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"
#include "data/row_reader.h"

namespace tenor::data {

// Where the label of a row was found and what it means there.
enum class LabelColumn { none, plain, stars, overall_experience };

// Values as the file spells them; empty: absent or null. Aspects by the names of the dataset.
struct RowLabels {
  std::string label;
  LabelColumn label_column = LabelColumn::none;
  std::string source;
  std::string domain;
  std::vector<std::pair<std::string, std::string>> aspects;

  void clear();
};

// Not for threads to share.
class RowLabelReader {
 public:
  virtual ~RowLabelReader() = default;
  // Fills `labels` from a good row. Empty where that went well; else the reason that makes the row a bad one.
  virtual std::string read(const InputRow& row, RowLabels& labels) = 0;
};

// Errors: not_found where a column named in the options is missing from a CSV file, or where it has neither label nor
// aspects; unsupported for plain text; with keep_unlabelled neither of the last two is an error. corrupt for a header
// that has a label column twice, or that is ASAP's or AI Challenger 2018's but for a misspelt aspect: no aspect is
// lost in silence.
Result<std::unique_ptr<RowLabelReader>> label_reader(const RowReader& rows, const DatasetOptions& options);

}  // namespace tenor::data
