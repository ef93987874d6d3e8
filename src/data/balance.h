// Class balance by repeating and leaving out rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tenor::data {

// With n_c rows in class c, over the K classes that occur, every class is brought to the same number of rows:
enum class BalanceMethod {
  none,         // n_c: nothing changes
  oversample,   // max n_c
  undersample,  // min n_c
  hybrid,       // round(sum n_c / K): as many rows as before
};

const char* to_string(BalanceMethod method);
std::optional<BalanceMethod> parse_balance_method(std::string_view name);

// Row indices, ascending, repeated rows beside each other. A class above the target loses rows drawn at random without
// replacement; in one below it every row comes floor(target / n_c) times and a random draw without replacement fills
// up. Rows with a negative label (unlabelled) stay, once. The same arguments give the same rows on every platform.
std::vector<std::size_t> balance(std::span<const std::int8_t> labels, BalanceMethod method, std::uint64_t seed);

}  // namespace tenor::data
