#include "data/labels.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/ascii.h"
#include "data/clean_text.h"

namespace tenor::data {

namespace {

constexpr std::pair<std::string_view, std::int8_t> kSpellings[] = {{"positive", kPositive},
                                                                   {"neutral", kNeutral},
                                                                   {"negative", kNegative},
                                                                   {"not_mentioned", kNotMentioned},
                                                                   {"not mentioned", kNotMentioned},
                                                                   {"pos", kPositive},
                                                                   {"neu", kNeutral},
                                                                   {"neg", kNegative},
                                                                   {"正面", kPositive},
                                                                   {"中性", kNeutral},
                                                                   {"负面", kNegative},
                                                                   {"积极", kPositive},
                                                                   {"中立", kNeutral},
                                                                   {"消极", kNegative},
                                                                   {"好评", kPositive},
                                                                   {"中评", kNeutral},
                                                                   {"差评", kNegative},
                                                                   {"未提及", kNotMentioned}};

constexpr std::array<std::string_view, 18> kAsapColumns = {
    "Location#Transportation", "Location#Downtown", "Location#Easy_to_find", "Service#Queue",
    "Service#Hospitality",     "Service#Parking",   "Service#Timely",        "Price#Level",
    "Price#Cost_effective",    "Price#Discount",    "Ambience#Decoration",   "Ambience#Noise",
    "Ambience#Space",          "Ambience#Sanitary", "Food#Portion",          "Food#Taste",
    "Food#Appearance",         "Food#Recommend"};

// The first 18 of its 20 elements; cleaness is how the files spell it.
constexpr std::array<std::string_view, 18> kAiChallengerColumns = {"location_traffic_convenience",
                                                                   "location_distance_from_business_district",
                                                                   "location_easy_to_find",
                                                                   "service_wait_time",
                                                                   "service_waiters_attitude",
                                                                   "service_parking_convenience",
                                                                   "service_serving_speed",
                                                                   "price_level",
                                                                   "price_cost_effective",
                                                                   "price_discount",
                                                                   "environment_decoration",
                                                                   "environment_noise",
                                                                   "environment_space",
                                                                   "environment_cleaness",
                                                                   "dish_portion",
                                                                   "dish_taste",
                                                                   "dish_look",
                                                                   "dish_recommendation"};

// A whole number, also written as 4.0 or +1.
std::optional<int> parse_whole(std::string_view value) {
  if (value.starts_with('+')) value.remove_prefix(1);
  double number = 0;
  const auto result = std::from_chars(value.data(), value.data() + value.size(), number, std::chars_format::fixed);
  if (result.ec != std::errc() || result.ptr != value.data() + value.size()) return {};
  if (std::abs(number) > 100 || number != std::trunc(number)) return {};
  return static_cast<int>(number);
}

std::optional<std::int8_t> label_of_number(int number, LabelCodes codes) {
  switch (codes) {
    case LabelCodes::automatic:
    case LabelCodes::sign:
      if (number < -2 || number > 1) return {};
      return static_cast<std::int8_t>(1 - number);
    case LabelCodes::binary:
      if (number < 0 || number > 1) return {};
      return number == 1 ? kPositive : kNegative;
    case LabelCodes::stars:
      if (number < 1 || number > 5) return {};
      return number < 3 ? kNegative : number == 3 ? kNeutral : kPositive;
  }
  return {};
}

}  // namespace

std::optional<LabelCodes> parse_label_codes(std::string_view name) {
  if (name == "automatic") return LabelCodes::automatic;
  if (name == "sign") return LabelCodes::sign;
  if (name == "binary") return LabelCodes::binary;
  if (name == "stars") return LabelCodes::stars;
  return {};
}

std::optional<std::int8_t> parse_label(std::string_view value, LabelCodes codes) {
  value = trim(value);
  for (const auto& [spelling, label] : kSpellings) {
    if (equal_ignoring_case(spelling, value)) return label;
  }
  const std::optional<int> number = parse_whole(value);
  return number ? label_of_number(*number, codes) : std::nullopt;
}

std::optional<std::string_view> aspect_of_column(std::string_view column) {
  for (std::size_t i = 0; i < kRestaurantAspects.size(); ++i) {
    for (const std::string_view name : {kRestaurantAspects[i], kAsapColumns[i], kAiChallengerColumns[i]}) {
      if (equal_ignoring_case(name, column)) return kRestaurantAspects[i];
    }
  }
  return {};
}

Layout layout_of(std::span<const std::string> columns) {
  const auto is = [](std::string_view name) {
    return [name](std::string_view known) { return equal_ignoring_case(known, name); };
  };
  for (const std::string& column : columns) {
    if (std::any_of(kAsapColumns.begin(), kAsapColumns.end(), is(column))) return Layout::asap;
    const bool ours = std::any_of(kRestaurantAspects.begin(), kRestaurantAspects.end(), is(column));
    if (!ours && std::any_of(kAiChallengerColumns.begin(), kAiChallengerColumns.end(), is(column))) {
      return Layout::ai_challenger;
    }
  }
  return Layout::other;
}

bool is_stray_column(std::string_view column, Layout layout) {
  if (layout == Layout::other || aspect_of_column(column)) return false;
  if (layout == Layout::asap) return column.find('#') != std::string_view::npos;
  for (const std::string_view other : {"others_overall_experience", "others_willing_to_consume_again"}) {
    if (equal_ignoring_case(other, column)) return false;
  }
  for (const std::string_view family : {"location_", "service_", "price_", "environment_", "dish_", "others_"}) {
    if (equal_ignoring_case(column.substr(0, family.size()), family)) return true;
  }
  return false;
}

}  // namespace tenor::data
