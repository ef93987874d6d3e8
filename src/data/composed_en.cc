#include <array>

#include "data/composed_texts.h"

namespace tenor::data {

namespace {

using Word = std::string_view;

constexpr std::array<Word, 8> kFood = {"the soup",   "the food", "the steak", "our breakfast",
                                       "the coffee", "the menu", "the pasta", "dessert"};
constexpr std::array<Word, 7> kFoodGood = {"good", "fresh", "tasty", "delicious", "great", "hot", "worth it"};
constexpr std::array<Word, 8> kFoodBad = {"bad", "bland", "dry", "greasy", "stale", "overpriced", "cold", "salty"};
constexpr std::array<Word, 4> kFoodProblems = {"odd taste", "complaints", "problems", "grease"};
constexpr std::array<Word, 6> kStaff = {"the staff",  "our waiter", "the service",
                                        "the driver", "the host",   "customer support"};
constexpr std::array<Word, 7> kStaffGood = {"good",      "friendly",     "helpful", "polite",
                                            "attentive", "professional", "kind"};
constexpr std::array<Word, 6> kStaffBad = {"bad", "rude", "slow", "unfriendly", "careless", "useless"};
constexpr std::array<Word, 4> kStaffProblems = {"attitude", "complaints", "excuses", "fuss"};
constexpr std::array<Word, 6> kPlace = {"the room",  "the place", "the bathroom",
                                        "the lobby", "the beach", "the atmosphere"};
constexpr std::array<Word, 6> kPlaceGood = {"good", "clean", "quiet", "comfortable", "cosy", "great"};
constexpr std::array<Word, 6> kPlaceBad = {"bad", "dirty", "noisy", "crowded", "cramped", "smelly"};
constexpr std::array<Word, 4> kPlaceProblems = {"noise", "dust", "smell", "problems"};
constexpr std::array<Word, 8> kGoods = {"the phone", "this laptop", "the battery", "the update",
                                        "the app",   "the jacket",  "the screen",  "it"};
constexpr std::array<Word, 6> kGoodsGood = {"good", "useful", "reliable", "fast", "easy to use", "solid"};
constexpr std::array<Word, 6> kGoodsBad = {"bad", "useless", "flimsy", "buggy", "cheap looking", "slow"};
constexpr std::array<Word, 4> kGoodsProblems = {"problems", "issues", "defects", "lag"};
constexpr std::array<Word, 7> kFilm = {"the film", "the movie",  "the plot",  "the acting",
                                       "the show", "this album", "the ending"};
constexpr std::array<Word, 7> kFilmGood = {"good",        "funny",    "moving",      "clever",
                                           "interesting", "original", "entertaining"};
constexpr std::array<Word, 7> kFilmBad = {"bad", "boring", "predictable", "dull", "silly", "too long", "forgettable"};
constexpr std::array<Word, 3> kFilmProblems = {"dull moments", "weak scenes", "cliches"};
constexpr std::array<Theme, 5> kThemes = {
    Theme{kFood, kFoodGood, kFoodBad, kFoodProblems}, Theme{kStaff, kStaffGood, kStaffBad, kStaffProblems},
    Theme{kPlace, kPlaceGood, kPlaceBad, kPlaceProblems}, Theme{kGoods, kGoodsGood, kGoodsBad, kGoodsProblems},
    Theme{kFilm, kFilmGood, kFilmBad, kFilmProblems}};

constexpr std::array<Word, 9> kIsnt = {"is not",         "was not",   "isn't",        "wasn't",     "is never",
                                       "was not at all", "is hardly", "isn't really", "is far from"};
constexpr std::array<Word, 4> kIs = {"is", "was", "is really", "was so"};
constexpr std::array<Word, 6> kDont = {"I don't", "I didn't", "we didn't", "I would not", "nobody would", "I never"};
constexpr std::array<Word, 6> kLike = {"like it", "recommend it",    "enjoy it",
                                       "love it", "want to go back", "buy it again"};
constexpr std::array<Word, 5> kRegret = {"regret it", "regret buying it", "have a bad word to say", "mind the wait",
                                         "find a single fault"};
constexpr std::array<Word, 5> kElse = {"the old one", "the one next door", "my last one", "the others",
                                       "the first one"};
constexpr std::array<Slot, 6> kSlots = {Slot{"isnt", kIsnt}, Slot{"is", kIs},         Slot{"dont", kDont},
                                        Slot{"like", kLike}, Slot{"regret", kRegret}, Slot{"else", kElse}};

constexpr std::array<Word, 25> kPositive = {"{S} {isnt} {B}",
                                            "{S} {isnt} {B}",
                                            "{S} {isnt} {B} and not {B} either",
                                            "not {B} at all",
                                            "no {P}",
                                            "no {P} at all",
                                            "{S} had no {P}",
                                            "there were no {P}",
                                            "{dont} {regret}",
                                            "I can't {regret}",
                                            "nothing to complain about",
                                            "can't complain about {S}",
                                            "{S} could not be more {G}",
                                            "there is nothing not to like about {S}",
                                            "nobody could dislike {S}",
                                            "{S} never disappoints",
                                            "{S} never let me down",
                                            "{S} {is} {G}",
                                            "{S} {is} {G}",
                                            "{S} is better than {else}",
                                            "{S} beats {else}",
                                            "it does not get more {G} than this",
                                            "I have never had a more {G} time",
                                            "you won't be disappointed",
                                            "couldn't ask for more"};
constexpr std::array<Word, 24> kNegative = {"{S} {isnt} {G}",
                                            "{S} {isnt} {G}",
                                            "{S} {isnt} {G} and not {G} either",
                                            "not {G} at all",
                                            "not exactly {G}",
                                            "{S} could have been more {G}",
                                            "{dont} {like}",
                                            "I can't {like}",
                                            "nothing {G} about {S}",
                                            "{S} {is} {B}",
                                            "{S} {is} {B}",
                                            "{S} {is} anything but {G}",
                                            "{S} was nowhere near as {G} as {else}",
                                            "{S} is worse than {else}",
                                            "{else} was so much better",
                                            "I have seen more {G} things",
                                            "{S} is not worth the money",
                                            "never again",
                                            "{S} failed to be {G}",
                                            "{S} lacks anything {G}",
                                            "nobody could like {S}",
                                            "{S} stopped working",
                                            "{S} is no longer {G}",
                                            "I expected {S} to be {G}, no such luck"};
constexpr std::array<Word, 9> kNeutral = {"{S} is neither {G} nor {B}",
                                          "{S} is not {G}, not {B}, just average",
                                          "{S} is okay, I guess",
                                          "{S} is so so",
                                          "{S} was average",
                                          "{S} is nothing special",
                                          "some parts are {G}, others are {B}",
                                          "{S} is not bad but not {G} either",
                                          "I have no opinion about {S}"};
constexpr std::array<Word, 11> kTurns = {"{A}, but {Z}",
                                         "{A} but {Z}",
                                         "although {A}, {Z}",
                                         "even though {A}, {Z}",
                                         "{A}, however {Z}",
                                         "{A}, yet {Z}",
                                         "{A}, and yet {Z}",
                                         "{A} before, but now {Z}",
                                         "at first {A}, then {Z}",
                                         "last time {A}, this time {Z}",
                                         "years ago {A}, today {Z}"};
constexpr std::array<Word, 4> kGoodTurns = {"{A}, luckily {Z}", "{A}, still {Z}", "it used to be that {A}, and now {Z}",
                                            "{A} in the beginning, now {Z}"};
constexpr std::array<Word, 4> kBadTurns = {"{A}, sadly {Z}", "{A}, unfortunately {Z}",
                                           "{A} at first, then it went downhill", "they say {A}, in truth {Z}"};
constexpr std::array<Word, 18> kFacts = {"we went there on monday",
                                         "it arrived yesterday",
                                         "I have not opened it yet",
                                         "there are two floors",
                                         "the shop opens at nine",
                                         "the film runs for two hours",
                                         "I ordered two of them",
                                         "bought it for a friend",
                                         "it comes with a cable",
                                         "we sat outside",
                                         "it is next to the station",
                                         "does it come in blue?",
                                         "what time do you close?",
                                         "tickets are sold at the door",
                                         "just got here",
                                         "the bus leaves at noon",
                                         "this is the one",
                                         "I will try {S} next week"};
constexpr std::array<Word, 22> kGoodEmoji = {" 😊",  " 😍",   " 👍",  " ❤️", " 😋",    " 🥰", " 😄", " 👏",
                                             " 🎉",  " 😁",   " 💕",  " 😘",      " 🤗", " 🙌",    " 💯", " 😃",
                                             " :)", " :-)", " :D", " <3",     " ^_^",  " 🔥"};
constexpr std::array<Word, 20> kBadEmoji = {" 😡", " 👎", " 😤",    " 🤮", " 💔", " 😠", " 😞",  " 🤬", " 😩",  " 😒",
                                            " 😭", " 😢", " 🙄", " 💩",    " 😖", " 😣", " :(", " :-(",  " D:", " :'("};

constexpr Grammar kGrammar = {kThemes,    kSlots,    kPositive, kNeutral,   kNegative, kTurns,
                              kGoodTurns, kBadTurns, kFacts,    kGoodEmoji, kBadEmoji};

}  // namespace

const Grammar& english_grammar() {
  return kGrammar;
}

}  // namespace tenor::data
