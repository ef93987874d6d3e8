#include "text/emoticons.h"

namespace tenor::text {

namespace {

using enum EmoticonGuard;

// Sources: Wikipedia's lists of emoticons, and the kaomoji seen in Chinese microblogs.
// clang-format off
constexpr Emoticon kEmoticons[] = {
    // Western: smiles.
    {":)", U'🙂', smile}, {":-)", U'🙂', smile}, {":]", U'🙂', smile}, {":-]", U'🙂', smile}, {":}", U'🙂', smile},
    {":-}", U'🙂', smile}, {"=)", U'🙂', word}, {"=]", U'🙂', word}, {":^)", U'🙂', smile}, {":o)", U'🙂', smile},
    {"(-:", U'🙂', fixed}, {":>", U'🙂', word}, {":->", U'🙂', word}, {":')", U'🥲', smile}, {":'-)", U'🥲', smile},
    {":D", U'😃', word}, {":-D", U'😃', word}, {"=D", U'😃', word}, {"8-D", U'😃', word}, {";D", U'😃', word},
    {":'D", U'😂', word}, {"xD", U'😆', word}, {"x-D", U'😆', word}, {"x'D", U'😂', word}, {"￣ 3￣", U'😗', face},
    {"=Д=", U'😡', face}, {">:D", U'😈', word}, {";)", U'😉', smile}, {";-)", U'😉', smile}, {";]", U'😉', smile},
    {";-]", U'😉', smile}, {";^)", U'😉', smile}, {"(-;", U'😉', fixed}, {";-D", U'😉', word}, {":P", U'😛', word},
    {":p", U'😛', word}, {":-P", U'😛', word}, {":-p", U'😛', word}, {"=P", U'😛', word}, {"=p", U'😛', word},
    {";P", U'😜', word}, {";p", U'😜', word}, {";-P", U'😜', word}, {";-p", U'😜', word}, {":*", U'😘', lone},
    {":-*", U'😘', fixed}, {";*", U'😘', lone}, {";-*", U'😘', fixed}, {":3", U'😺', lone}, {":-3", U'😺', lone},
    {"O:)", U'😇', smile}, {"O:-)", U'😇', smile}, {"0:)", U'😇', smile}, {"0:-)", U'😇', smile},
    {">:)", U'😈', smile}, {">:-)", U'😈', smile}, {"3:)", U'😈', smile}, {"3:-)", U'😈', smile},
    {"}:)", U'😈', smile}, {"8-)", U'😎', lone}, {"B-)", U'😎', smile}, {"<3", U'❤', lone}, {"<33", U'❤', lone},
    {"<333", U'❤', lone}, {"</3", U'💔', lone}, {"<\\3", U'💔', lone},
    // Western: frowns.
    {":(", U'🙁', frown}, {":-(", U'🙁', frown}, {":[", U'🙁', lone}, {":-[", U'🙁', frown}, {":{", U'🙁', lone},
    {"=(", U'🙁', lone}, {"=[", U'🙁', lone}, {")-:", U'🙁', fixed}, {":<", U'🙁', lone}, {":-<", U'🙁', lone},
    {":^(", U'🙁', frown}, {":'(", U'😢', frown}, {":'-(", U'😢', frown}, {":,(", U'😢', frown},
    {";(", U'😢', frown}, {";-(", U'😢', frown}, {"='(", U'😢', frown}, {":\"(", U'😢', frown}, {"D-:", U'😧', word},
    {"D':", U'😧', word}, {"D:<", U'😡', word}, {">:(", U'😠', frown}, {">:-(", U'😠', frown}, {">:[", U'😠', frown},
    {":@", U'😡', lone}, {":-@", U'😡', lone}, {":|", U'😐', slash}, {":-|", U'😐', slash}, {"=|", U'😐', slash},
    {":/", U'😕', slash}, {":-/", U'😕', slash}, {"=/", U'😕', slash}, {":\\", U'😕', slash}, {":-\\", U'😕', slash},
    {"=\\", U'😕', slash}, {">:/", U'😠', slash}, {">:\\", U'😠', slash}, {":S", U'😖', lone}, {":-S", U'😖', word},
    {":s", U'😖', lone}, {":-s", U'😖', lone}, {":$", U'😳', lone}, {":-$", U'😳', lone}, {":o", U'😮', lone},
    {":O", U'😮', lone}, {":-o", U'😮', word}, {":-O", U'😮', word}, {"=O", U'😮', word}, {"=o", U'😮', word},
    {":-0", U'😮', word}, {"8-O", U'😮', word}, {":x", U'🤐', lone}, {":-x", U'🤐', word}, {":X", U'🤐', lone},
    {":-X", U'🤐', word}, {":#", U'🤐', lone}, {":-#", U'🤐', fixed}, {"%-)", U'😵', smile}, {":-&", U'🤢', fixed},
    // Kaomoji: joy.
    {"^_^", U'😊', face}, {"^^", U'😊', face}, {"^-^", U'😊', face}, {"^.^", U'😊', face}, {"^o^", U'😄', face},
    {"^0^", U'😄', face}, {"^v^", U'😊', face}, {"^w^", U'😊', face}, {"^ω^", U'😊', face}, {"^▽^", U'😄', face},
    {"^∇^", U'😄', face}, {"^ε^", U'😘', face}, {"^3^", U'😘', face}, {"^з^", U'😘', face}, {"^*^", U'😘', face},
    {"^◇^", U'😄', face}, {"^□^", U'😄', face}, {"^_-", U'😉', face}, {"^_~", U'😉', face}, {"~_^", U'😉', face},
    {"^.~", U'😉', face}, {"^_−☆", U'😉', fixed}, {"^_^;", U'😅', face}, {"^^;", U'😅', face},
    {"^_^|||", U'😅', face}, {"^_^||", U'😅', face}, {"^_^v", U'✌', face}, {"^O^/", U'🙌', face},
    {"∩_∩", U'😊', face}, {"∩▽∩", U'😄', face}, {"⌒_⌒", U'😊', face}, {"⌒▽⌒", U'😄', face}, {"⌒∇⌒", U'😄', face},
    {"￣▽￣", U'😄', face}, {"￣︶￣", U'😌', face}, {"￣ω￣", U'😌', face}, {"￣ー￣", U'😏', face}, {"￣ε￣", U'😗', face},
    {"￣3￣", U'😗', face}, {"￣^￣", U'😤', face}, {"￣□￣", U'😱', face}, {"￣_￣", U'😑', face}, {"￣. ￣", U'😑', fixed},
    {"￣﹃￣", U'🤤', face}, {"~﹃~", U'🤤', face}, {"≧▽≦", U'😆', face}, {"≧∇≦", U'😆', face}, {"≥▽≤", U'😆', face},
    {"≧ω≦", U'😆', face}, {"≧◡≦", U'😆', face}, {"≧v≦", U'😆', face}, {"≧o≦", U'😆', face}, {"≧0≦", U'😆', face},
    {">▽<", U'😆', face}, {">ω<", U'😆', face}, {">∀<", U'😆', face}, {">w<", U'😆', face}, {">◡<", U'😆', face},
    {">v<", U'😆', face}, {"◕‿◕", U'😊', face}, {"◕‿‿◕", U'🤗', face}, {"◕ᴗ◕", U'😊', face}, {"◕ω◕", U'😊', face},
    {"◕▽◕", U'😄', face}, {"◠‿◠", U'😊', face}, {"◡‿◡", U'☺', face}, {"●'◡'●", U'😊', face}, {"´▽`", U'😊', face},
    {"´∀`", U'😊', face}, {"´ω`", U'😊', face}, {"´・ω・`", U'😔', face}, {"｀・ω・´", U'😤', face}, {"・ω・", U'🙂', face},
    {"･ω･", U'🙂', face}, {"・∀・", U'😃', face}, {"•ᴗ•", U'🙂', face}, {"•̀ᴗ•́", U'💪', face}, {"•̀_•́", U'💪', face},
    {"•̀ㅂ•́", U'💪', face}, {"•ω•", U'🙂', face}, {"♥‿♥", U'😍', face}, {"♥ω♥", U'😍', face}, {"♡‿♡", U'😍', face},
    {"♡o♡", U'😍', face}, {"*_*", U'🤩', face}, {"☆_☆", U'🤩', face}, {"★_★", U'🤩', face}, {"✧ω✧", U'🤩', face},
    {"ಡωಡ", U'😏', face}, {"ಠ‿ಠ", U'😏', face}, {"ʕ•ᴥ•ʔ", U'🐻', face}, {"\\^o^/", U'🙌', fixed},
    {"ヾ(^▽^)ノ", U'👋', fixed}, {"(ง •_•)ง", U'💪', fixed}, {"(ง •̀_•́)ง", U'💪', fixed}, {"(•̀ᴗ•́)و", U'💪', fixed},
    {"(๑•̀ㅂ•́)و✧", U'💪', fixed}, {"ᕦ(ò_óˇ)ᕤ", U'💪', fixed}, {"(づ｡◕‿‿◕｡)づ", U'🤗', fixed},
    {"(づ￣ ³￣)づ", U'😘', fixed}, {"(◕ᴗ◕✿)", U'😊', fixed}, {"(。♥‿♥。)", U'😍', fixed}, {"UwU", U'🥰', face},
    {"OwO", U'😮', face}, {"Q_Q", U'😭', face},
    // Kaomoji: sorrow.
    {"t_t", U'😭', face}, {"TAT", U'😭', face}, {"T^T", U'😭', face}, {"T.T", U'😭', face}, {"TOT", U'😭', face},
    {"TwT", U'😭', face}, {"TvT", U'😭', face}, {"T-T", U'😭', face}, {"T▽T", U'😭', face}, {"TДT", U'😭', face},
    {"TT_TT", U'😭', face}, {"QAQ", U'😭', face}, {"qaq", U'😭', face}, {"QwQ", U'🥺', face}, {"qwq", U'🥺', face},
    {"QvQ", U'🥺', face}, {"QωQ", U'🥺', face}, {"Q.Q", U'😭', face}, {"Q^Q", U'😭', face}, {"QoQ", U'😭', face},
    {";_;", U'😢', face}, {";-;", U'😢', face}, {"；ω；", U'😢', face}, {"；д；", U'😢', face}, {"；▽；", U'😂', face},
    {"ㄒoㄒ", U'😭', face}, {"ㄒ_ㄒ", U'😭', face}, {"ㄒAㄒ", U'😭', face}, {"╥﹏╥", U'😭', face}, {"╥ω╥", U'😭', face},
    {"╥□╥", U'😭', face}, {"┬_┬", U'😭', face}, {"┬﹏┬", U'😭', face}, {"┭┮﹏┭┮", U'😭', face}, {"┳_┳", U'😭', face},
    {"┰_┰", U'😭', face}, {"ಥ_ಥ", U'😭', face}, {"ಥωಥ", U'😭', face}, {"ㅠㅠ", U'😭', face}, {"ㅜㅜ", U'😭', face},
    {"ㅠ_ㅠ", U'😭', face}, {"ㅜ_ㅜ", U'😭', face}, {"´；ω；`", U'😢', face}, {"つд⊂", U'😭', face}, {"つ﹏⊂", U'😭', face},
    {"っ╥╯﹏╰╥c", U'😭', face}, {"toT", U'😭', face}, {"｡•́︿•̀｡", U'🥺', face}, {"•́︿•̀", U'🥺', face},
    {"︶︿︶", U'😔', face}, {"u_u", U'😔', face}, {"v_v", U'😔', face}, {"._.", U'😔', face}, {"n_n", U'😊', face},
    {"orz", U'🙇', face}, {"otz", U'🙇', face}, {"OTL", U'🙇', face}, {"m(_ _)m", U'🙇', fixed},
    {"_(:з」∠)_", U'😩', fixed}, {"_(:зゝ∠)_", U'😩', fixed}, {"(:з」∠)", U'😩', fixed}, {"_(:3」∠)_", U'😩', fixed},
    {"_(:3 」∠)_", U'😩', fixed}, {"(:3」∠)", U'😩', fixed}, {"(._.)", U'😔', fixed}, {"( ._. )", U'😔', fixed},
    // Kaomoji: trouble, awkwardness.
    {">_<", U'😖', face}, {">.<", U'😖', face}, {">o<", U'😖', face}, {">///<", U'😳', face},
    {">////<", U'😳', face}, {">﹏<", U'😖', face}, {">^<", U'😖', face}, {">д<", U'😖', face}, {"≧﹏≦", U'😖', face},
    {"≧д≦", U'😖', face}, {"≥_≤", U'😖', face}, {"≥﹏≤", U'😖', face}, {"≧_≦", U'😖', face}, {"╯▽╰", U'🤷', face},
    {"╯_╰", U'😔', face}, {"╯︵╰", U'🙁', face}, {"╯□╰", U'😳', face}, {"╯﹏╰", U'😔', face}, {"╯△╰", U'😔', face},
    {"╮(╯▽╰)╭", U'🤷', fixed}, {"╮(╯_╰)╭", U'🤷', fixed}, {"╮(╯﹏╰)╭", U'🤷', fixed}, {"╮(￣▽￣)╭", U'🤷', fixed},
    {"╮(￣▽￣\")╭", U'🤷', fixed}, {"┑(￣Д ￣)┍", U'🤷', fixed}, {"╮(╯-╰)╭", U'🤷', fixed},
    {"¯\\_(ツ)_/¯", U'🤷', fixed}, {"-_-", U'😑', face}, {"-.-", U'😑', face}, {"-_-|||", U'😓', face},
    {"-_-||", U'😓', face}, {"-_-|", U'😓', face}, {"-_-b", U'😓', face}, {"-_-!", U'😓', face},
    {"-_-!!", U'😓', face}, {"-_-#", U'😠', face}, {"-_-^", U'😠', face}, {"-_-;", U'😓', face},
    {"-_-\"", U'😓', face}, {"-_-zzz", U'😴', face}, {"-.-zzZ", U'😴', fixed}, {"(-.-)zzZ", U'😴', fixed},
    {"－.－", U'😑', face}, {"=_=", U'😑', face}, {"=.=", U'😑', face}, {"=。=", U'😑', face}, {"= =", U'😑', face},
    {"= =|||", U'😓', face}, {"= =!", U'😓', face}, {"=_=|||", U'😓', face}, {"=_=!", U'😓', face},
    {"=__,=", U'😒', face}, {"＝皿＝", U'😠', face}, {"→_→", U'😒', face}, {"←_←", U'😒', face}, {"→.→", U'😒', face},
    {"←.←", U'😒', face}, {"¬_¬", U'😒', face}, {"￢_￢", U'😒', face}, {"눈_눈", U'😒', face}, {"ಠ_ಠ", U'😠', face},
    {"ಠ益ಠ", U'😡', face}, {"°ー°〃", U'😒', face}, {"˙_˙", U'😐', face}, {"´-ω-`", U'😔', face},
    {"´･_･`", U'😔', face}, {"~_~", U'😪', face}, {"～_～", U'😪', face}, {"x_x", U'😵', face}, {"@_@", U'😵', face},
    {"@.@", U'😵', face}, {"+_+", U'😵', face}, {"⊙_⊙", U'😳', face}, {"⊙o⊙", U'😮', face},
    {"⊙▽⊙", U'😳', face}, {"⊙ω⊙", U'😳', face}, {"⊙.⊙", U'😳', face}, {"⊙﹏⊙b", U'😰', face}, {"⊙﹏⊙‖∣°", U'😰', face},
    {"⊙ˍ⊙", U'😳', face}, {"◎_◎", U'😵', face}, {"●_●", U'😳', face}, {"●ω●", U'🙂', face}, {"°_°", U'😮', face},
    {"°△°", U'😱', face}, {"°□°", U'😱', face}, {"°Д°", U'😱', face}, {"ﾟДﾟ", U'😱', face}, {"゜Д゜", U'😱', face},
    {"o_o", U'😳', face}, {"0_0", U'😳', face}, {"o.O", U'😳', face}, {"O.o", U'😳', face}, {"O.O", U'😳', face},
    {"o_0", U'😳', face}, {"O_O", U'😳', face}, {"Σ(°△°|||)︴", U'😱', fixed}, {"Σ( ° △ °|||)︴", U'😱', fixed},
    {"Σ(っ°Д°;)っ", U'😱', fixed}, {"Σ(⊙▽⊙\"a", U'😱', fixed}, {"$_$", U'🤑', face}, {"￥_￥", U'🤑', face},
    {"/ω＼", U'🙈', face}, {"*/ω＼*", U'🙈', face}, {"///▽///", U'☺', face}, {"//▽//", U'☺', face},
    // Kaomoji: anger.
    {"╬▔皿▔", U'😡', face}, {"▔皿▔", U'😡', face}, {"￣皿￣", U'😡', face}, {"╬￣皿￣", U'😡', face}, {"╯‵□′", U'😡', face},
    {"‵□′", U'😡', face}, {"`Д´", U'😡', face}, {"｀皿´", U'😡', face}, {"`へ´", U'😤', face}, {"｀へ´", U'😤', face},
    {"`д´", U'😡', face}, {"ಠДಠ", U'😡', face}, {"(╯°□°)╯", U'😡', fixed}, {"(╯°□°）╯︵ ┻━┻", U'😡', fixed},
    {"(╯°□°）╯︵┻━┻", U'😡', fixed}, {"(╯‵□′)╯︵┻━┻", U'😡', fixed}, {"(╯‵□′)╯︵ ┻━┻", U'😡', fixed},
    {"(╯‵□′)╯", U'😡', fixed}, {"(ノಠ益ಠ)ノ彡┻━┻", U'😡', fixed}, {"(ノಠ益ಠ)ノ", U'😡', fixed}, {"(╯`□′)╯", U'😡', fixed},
    {"(╯￣Д￣)╯╘═╛", U'😡', fixed}, {"┻━┻", U'😡', fixed}, {"┬─┬", U'😌', fixed}, {"┬─┬ノ(°_°ノ)", U'😌', fixed},
    {"凸(艹皿艹 )", U'🖕', fixed}, {"凸(-_-)", U'🖕', fixed}, {"凸^-^凸", U'🖕', fixed}, {"o(￣ヘ￣o#)", U'😤', fixed},
    {"(￣へ￣)", U'😤', fixed}, {"<(￣︶￣)>", U'😌', fixed}, {"<(￣ˇ￣)/", U'😏', fixed}, {"ε=(´ο｀*)))", U'😮', fixed},
    {"ε=(´ο｀*)))唉", U'😔', fixed},
};
// clang-format on

}  // namespace

std::span<const Emoticon> emoticons() {
  return kEmoticons;
}

}  // namespace tenor::text
