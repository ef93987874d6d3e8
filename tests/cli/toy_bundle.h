// Models small enough to know their answers by heart, for tests of the program.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace tenor::test {

// Chinese: 好 says positive, 差 says negative, texts with neither are neutral; the aspects food_taste (味) and
// service_hospitality (服) are positive where 好, negative where 差 stands in the text, and else not mentioned.
Status write_toy_zh(const std::filesystem::path& folder, const std::string& version = "1.0");

// English: good and bad; the aspect food.
Status write_toy_en(const std::filesystem::path& folder);

}  // namespace tenor::test
