// Labelled rows as JSON lines, as load_dataset() reads them.
#pragma once

#include <string>

#include "data/dataset.h"

namespace tenor::data {

// Appends {"text", "label", "aspects": {name: label}, "source", "domain"} and a line end; what is unlabelled or not
// told is left out. `augmented` adds "augmented": true. load_dataset() gives the row back as it is, but for file and
// line.
void append_jsonl(const Dataset& dataset, const Row& row, bool augmented, std::string& out);

}  // namespace tenor::data
