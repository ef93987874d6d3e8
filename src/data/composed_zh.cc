#include <array>

#include "data/composed_texts.h"

namespace tenor::data {

namespace {

using Word = std::string_view;

constexpr std::array<Word, 12> kFood = {"菜",   "味道", "汤",   "肉",   "鱼",   "这家的面",
                                        "烤串", "点心", "甜品", "米饭", "奶茶", "火锅"};
constexpr std::array<Word, 8> kFoodGood = {"好吃", "新鲜", "入味", "地道", "可口", "香", "鲜", "好"};
constexpr std::array<Word, 10> kFoodBad = {"难吃", "油腻", "咸", "腥", "柴", "苦", "硬", "差", "腻", "辣得过分"};
constexpr std::array<Word, 6> kFoodProblems = {"腥味", "怪味", "异味", "问题", "缺点", "毛病"};
constexpr std::array<Word, 8> kStaff = {"服务员", "老板", "前台", "客服", "店员", "师傅", "快递员", "服务"};
constexpr std::array<Word, 8> kStaffGood = {"热情", "耐心", "专业", "周到", "友好", "细心", "负责", "好"};
constexpr std::array<Word, 6> kStaffBad = {"冷淡", "敷衍", "凶", "傲慢", "马虎", "差"};
constexpr std::array<Word, 5> kStaffProblems = {"架子", "怨言", "问题", "毛病", "可挑剔的地方"};
constexpr std::array<Word, 8> kPlace = {"房间", "环境", "大厅", "卫生间", "店里", "床单", "餐厅", "院子"};
constexpr std::array<Word, 7> kPlaceGood = {"干净", "安静", "舒服", "宽敞", "温馨", "整洁", "好"};
constexpr std::array<Word, 8> kPlaceBad = {"脏", "吵", "乱", "潮", "旧", "挤", "差", "简陋"};
constexpr std::array<Word, 5> kPlaceProblems = {"异味", "噪音", "灰尘", "问题", "烟味"};
constexpr std::array<Word, 10> kGoods = {"手机", "衣服", "电脑", "耳机",   "鞋子",
                                         "屏幕", "电池", "质量", "这本书", "枕头"};
constexpr std::array<Word, 8> kGoodsGood = {"好用", "耐用", "清晰", "流畅", "合适", "结实", "实用", "好"};
constexpr std::array<Word, 8> kGoodsBad = {"卡", "难用", "粗糙", "模糊", "差", "烫手", "掉色", "笨重"};
constexpr std::array<Word, 6> kGoodsProblems = {"问题", "毛病", "瑕疵", "色差", "故障", "缺点"};
constexpr std::array<Word, 6> kWait = {"送餐", "物流", "上菜", "发货", "出餐", "排队"};
constexpr std::array<Word, 5> kWaitGood = {"快", "准时", "及时", "迅速", "好"};
constexpr std::array<Word, 4> kWaitBad = {"慢", "拖拉", "久", "磨蹭"};
constexpr std::array<Word, 4> kWaitProblems = {"耽误", "延误", "差错", "问题"};
constexpr std::array<Word, 4> kPrice = {"价格", "菜价", "房价", "定价"};
constexpr std::array<Word, 5> kPriceGood = {"实惠", "合理", "划算", "公道", "便宜"};
constexpr std::array<Word, 4> kPriceBad = {"贵", "离谱", "高", "虚高"};
constexpr std::array<Word, 3> kPriceProblems = {"水分", "猫腻", "套路"};
constexpr std::array<Theme, 6> kThemes = {
    Theme{kFood, kFoodGood, kFoodBad, kFoodProblems},     Theme{kStaff, kStaffGood, kStaffBad, kStaffProblems},
    Theme{kPlace, kPlaceGood, kPlaceBad, kPlaceProblems}, Theme{kGoods, kGoodsGood, kGoodsBad, kGoodsProblems},
    Theme{kWait, kWaitGood, kWaitBad, kWaitProblems},     Theme{kPrice, kPriceGood, kPriceBad, kPriceProblems}};

constexpr std::array<Word, 12> kNot = {"不",     "不",     "并不", "一点都不", "一点也不", "完全不",
                                       "丝毫不", "从来不", "真不", "其实不",   "倒是不",   "都不"};
constexpr std::array<Word, 7> kLittle = {"不怎么", "不太", "不够", "算不上", "谈不上", "不是很", "称不上"};
constexpr std::array<Word, 12> kLike = {"喜欢", "满意",   "推荐", "夸",   "爱",   "感动",
                                        "心动", "想再来", "回购", "服气", "开心", "佩服"};
constexpr std::array<Word, 9> kRegret = {"后悔", "失望", "嫌弃", "讨厌", "心疼钱", "反感", "担心", "遗憾", "觉得亏"};
constexpr std::array<Word, 8> kVery = {"很", "非常", "特别", "真", "太", "相当", "挺", "十分"};
constexpr std::array<Word, 7> kFew = {"有点", "有些", "稍微有点", "未免", "太", "实在", "真的"};
constexpr std::array<Word, 7> kFind = {"挑不出", "找不出", "看不出", "没发现", "没有任何", "没有一点", "找不到"};
constexpr std::array<Word, 6> kElse = {"别家", "隔壁", "上次那家", "同类的", "其他店", "之前买的"};
constexpr std::array<Word, 4> kWho = {"没有人", "没有谁", "没有一个人", "家里没有人"};
constexpr std::array<Word, 5> kStop = {"根本停不下来", "舍不得走", "还想再来", "都不肯走", "念念不忘"};
constexpr std::array<Slot, 11> kSlots = {Slot{"not", kNot},       Slot{"little", kLittle}, Slot{"like", kLike},
                                         Slot{"regret", kRegret}, Slot{"very", kVery},     Slot{"few", kFew},
                                         Slot{"find", kFind},     Slot{"else", kElse},     Slot{"who", kWho},
                                         Slot{"stop", kStop},     Slot{"none", kNot}};

constexpr std::array<Word, 28> kPositive = {"{S}{not}{B}",
                                            "{S}{not}{B}",
                                            "{S}{not}{B}，也不{B}",
                                            "{S}{not}{B}，{very}{G}",
                                            "{S}没有{P}",
                                            "{S}{find}{P}",
                                            "{find}{P}",
                                            "没出过{P}",
                                            "{not}{regret}",
                                            "从没让我{regret}",
                                            "没有让人{regret}",
                                            "没有不{like}的",
                                            "{who}不{like}{S}",
                                            "没有一次不{like}的",
                                            "不得不{like}",
                                            "{S}{very}{G}",
                                            "{S}{very}{G}",
                                            "{S}比{else}{G}多了",
                                            "{S}比{else}强",
                                            "没有比这更{G}的{S}了",
                                            "再也找不到这么{G}的{S}",
                                            "{S}不是不{G}，是{very}{G}",
                                            "没想到{S}这么{G}",
                                            "想不{like}都难",
                                            "{S}没得挑",
                                            "{S}{G}而不{B}",
                                            "{stop}",
                                            "不愧是老店，{S}{very}{G}"};
constexpr std::array<Word, 24> kNegative = {"{S}{not}{G}",
                                            "{S}{not}{G}",
                                            "{S}{not}{G}，也不{G}",
                                            "{S}{little}{G}",
                                            "{S}{little}{G}",
                                            "{S}{few}{B}",
                                            "{S}{very}{B}",
                                            "没有一点{G}的感觉",
                                            "{S}没有想象中{G}",
                                            "{S}没有{else}{G}",
                                            "{S}不如以前{G}",
                                            "{S}不如{else}",
                                            "让人{like}不起来",
                                            "一点都不想再来",
                                            "{S}哪里{G}了",
                                            "{S}{very}{B}，没人会{like}",
                                            "没有不{regret}的",
                                            "不能不{regret}",
                                            "{S}有{P}",
                                            "{S}不但不{G}，还{B}",
                                            "再也不来了",
                                            "{S}越来越{B}",
                                            "从来没见过这么{B}的{S}",
                                            "{S}离{G}差远了"};
constexpr std::array<Word, 14> kNeutral = {"{S}不好也不坏",
                                           "{S}不算{G}也不算{B}",
                                           "{S}说不上{G}，也说不上{B}",
                                           "{S}谈不上多{G}，也不{B}",
                                           "{S}一般般",
                                           "{S}中规中矩",
                                           "{S}还行吧",
                                           "{S}不是不{G}，就是{few}{B}",
                                           "{S}马马虎虎，没什么特别的",
                                           "{S}就那样，过得去",
                                           "{S}普普通通",
                                           "有{G}的也有{B}的",
                                           "{S}既不{G}也不{B}",
                                           "{S}无功无过"};
constexpr std::array<Word, 12> kTurns = {
    "{A}，但是{Z}", "{A}，但{Z}",   "虽然{A}，但是{Z}", "虽说{A}，不过{Z}", "{A}，可是{Z}",     "尽管{A}，还是{Z}",
    "{A}，然而{Z}", "{A}，而{Z}吧", "以前{A}，现在{Z}", "原来{A}，如今{Z}", "上次{A}，这次{Z}", "一开始{A}，后来{Z}"};
constexpr std::array<Word, 6> kGoodTurns = {"{A}，好在{Z}",     "{A}，幸好{Z}",           "虽然{A}，却{Z}",
                                            "是{A}了点，可{Z}", "本来{A}，换了人以后{Z}", "过去{A}，现在终于{Z}"};
constexpr std::array<Word, 6> kBadTurns = {"{A}，可惜{Z}",         "{A}，就是{Z}",         "{A}，只是{Z}",
                                           "看着{A}，用了几天{Z}", "刚开业时{A}，现在{Z}", "说是{A}，结果{Z}"};
constexpr std::array<Word, 20> kFacts = {
    "{S}还没看到",        "今天去了这家店", "昨天下的单",           "明天再去看看",       "包裹到了，还没打开",
    "里面有说明书和发票", "店在地铁站旁边", "点了两份，打包带走",   "给朋友买的",         "一共三层",
    "下周开业",           "门口有停车位",   "早上九点开门",         "从北京坐车过来",     "就是这个",
    "刚下班路过",         "请问还有货吗",   "这个和那个有什么不同", "收到了，等用过再说", "周末和同事去的"};
constexpr std::array<Word, 26> kGoodEmoji = {
    "😊", "😍", "👍", "❤️", "😋",   "🥰",    "😄",     "👏",         "🎉",   "😁",       "💕",       "😘",    "🤗",
    "🌹", "💯", "😃", "(^_^)",  "^_^", "(*^▽^*)", "(≧▽≦)", "(๑•̀ㅂ•́)و✧", "^o^", "O(∩_∩)O", "(*^_^*)", "[赞]", "[爱你]"};
constexpr std::array<Word, 24> kBadEmoji = {"😡",   "👎",   "😤",       "🤮",  "💔",        "😠",    "😞",    "🤬",
                                            "😩",   "😒",   "😭",       "😢",     "🙄",     "💩",    "😖",    "😣",
                                            "T_T", "QAQ", "(╯°□°)╯", "(T_T)", "(￣ヘ￣)", "[怒]", "[吐]", "[泪]"};

constexpr Grammar kGrammar = {kThemes,    kSlots,    kPositive, kNeutral,   kNegative, kTurns,
                              kGoodTurns, kBadTurns, kFacts,    kGoodEmoji, kBadEmoji};

}  // namespace

const Grammar& chinese_grammar() {
  return kGrammar;
}

}  // namespace tenor::data
