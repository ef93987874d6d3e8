#include "bundle/json_text.h"

#include <set>
#include <stdexcept>
#include <vector>

#include "base/json_writer.h"

namespace tenor::bundle {

namespace {

using Json = nlohmann::json;

struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Watches the parser's events; what it throws ends the parse.
class Guard {
 public:
  void see(int depth, Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (depth >= kMaxJsonDepth) throw Refused("nested more than " + std::to_string(kMaxJsonDepth) + " deep");
    }
    if (event == Event::object_start) keys_.emplace_back();
    if (event == Event::object_end) keys_.pop_back();
    if (event == Event::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys_.back().insert(key).second) throw Refused("key " + show(key) + " appears twice in one object");
    }
  }

 private:
  std::vector<std::set<std::string>> keys_;  // of the objects that are open
};

}  // namespace

Result<Json> parse_json(std::string_view text) {
  Guard guard;
  try {
    return Json::parse(text.begin(), text.end(), [&guard](int depth, Json::parse_event_t event, Json& parsed) {
      guard.see(depth, event, parsed);
      return true;
    });
  } catch (const Refused& refused) {
    return fail(ErrorCode::corrupt, refused.what());
  } catch (const Json::parse_error& error) {
    return fail(ErrorCode::corrupt, "not valid JSON at byte " + std::to_string(error.byte));
  } catch (const Json::exception&) {
    return fail(ErrorCode::corrupt, "not valid JSON: a number is out of range");
  }
}

std::string show(std::string_view text) {
  constexpr std::size_t kShown = 80;
  std::string_view shown = text.substr(0, kShown);
  if (shown.size() < text.size()) {
    while (!shown.empty() && (static_cast<unsigned char>(text[shown.size()]) & 0xC0) == 0x80) shown.remove_suffix(1);
  }
  std::string out;
  append_json_string(out, shown);
  if (shown.size() < text.size()) out += "...";
  return out;
}

}  // namespace tenor::bundle
