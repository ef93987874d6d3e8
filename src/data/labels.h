// The labels of tenor, in their fixed order, and the spellings under which datasets know them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tenor::data {

// Overall labels are indices into the first three, aspect labels into all four.
inline constexpr std::array<std::string_view, 4> kLabelNames = {"positive", "neutral", "negative", "not_mentioned"};
inline constexpr std::size_t kOverallLabels = 3;
inline constexpr std::size_t kAspectLabels = 4;
inline constexpr std::int8_t kPositive = 0;
inline constexpr std::int8_t kNeutral = 1;
inline constexpr std::int8_t kNegative = 2;
inline constexpr std::int8_t kNotMentioned = 3;
inline constexpr std::int8_t kUnlabelled = -1;

// What numbers mean in a label column.
enum class LabelCodes {
  automatic,  // stars in a column named star or stars, sign elsewhere; only 0 and 1 in a whole file is refused as
              // ambiguous
  sign,       // 1 positive, 0 neutral, -1 negative, -2 not mentioned
  binary,     // 1 positive, 0 negative
  stars,      // 1-2 negative, 3 neutral, 4-5 positive (decimals as 4.0 too)
};

std::optional<LabelCodes> parse_label_codes(std::string_view name);  // "automatic", "sign", "binary", "stars"

// Index of the label that `value` spells, white space around it and letter case ignored: the names above; pos/neu/neg;
// 1, 0, -1, -2 by `codes` (automatic is sign here); 正面/中性/负面, 积极/中立/消极, 好评/中评/差评; not mentioned,
// 未提及. Nothing otherwise.
std::optional<std::int8_t> parse_label(std::string_view value, LabelCodes codes);

// Names of the 18 restaurant aspects (order of ASAP) and of CEBaB's four.
inline constexpr std::array<std::string_view, 18> kRestaurantAspects = {
    "location_transportation", "location_downtown", "location_easy_to_find", "service_queue",
    "service_hospitality",     "service_parking",   "service_timely",        "price_level",
    "price_cost_effective",    "price_discount",    "ambience_decoration",   "ambience_noise",
    "ambience_space",          "ambience_sanitary", "food_portion",          "food_taste",
    "food_appearance",         "food_recommend"};
inline constexpr std::array<std::string_view, 4> kCebabAspects = {"food", "service", "ambiance", "noise"};

// Our name of an aspect that a dataset calls `column`: our own 18 names, ASAP's (Location#Transportation) and
// AI Challenger 2018's (location_traffic_convenience), letter case ignored. Nothing for other columns.
std::optional<std::string_view> aspect_of_column(std::string_view column);

// Headers that are known by their columns: ASAP (id, review, star, Location#Transportation, ...) and AI Challenger 2018
// (id, content, location_traffic_convenience, ..., others_willing_to_consume_again).
enum class Layout { other, asap, ai_challenger };

// Told by any one of the aspect columns that only one of them has.
Layout layout_of(std::span<const std::string> columns);

// Whether a column of such a file looks like one of its aspects and is none: most likely misspelt.
bool is_stray_column(std::string_view column, Layout layout);

}  // namespace tenor::data
