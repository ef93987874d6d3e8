// One line that holds a JSON object, taken apart.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tenor::data {

enum class JsonKind { string, number, boolean, null, object, array };

const char* to_string(JsonKind kind);  // "string", "number", ...

struct JsonMember {
  std::string_view name;
  JsonKind kind = JsonKind::null;
  std::string_view text;        // string: decoded, well-formed UTF-8
  double number = 0;            // number, the nearest there is
  bool truth = false;           // boolean
  std::size_t first_child = 0;  // object: its members are children() ...
  std::size_t child_count = 0;  // ... and theirs are not looked at
};

// Validates the whole line. Ill-formed UTF-8 and lone surrogate escapes are replaced by U+FFFD rather than refused.
// Not for threads to share; its memory is reused from line to line.
class JsonObject {
 public:
  JsonObject();
  JsonObject(JsonObject&&) noexcept;
  ~JsonObject();

  // Empty where the line is one JSON object; else what is wrong with it. Views stay valid until the next call.
  const std::string& parse(std::string_view line);

  std::span<const JsonMember> members() const { return members_; }
  std::span<const JsonMember> children(const JsonMember& member) const {
    return std::span(children_).subspan(member.first_child, member.child_count);
  }
  // The last member of that name, as most readers of JSON take it; null where there is none.
  const JsonMember* find(std::string_view name) const;

  // Ill-formed bytes and lone surrogate escapes replaced in the line.
  std::size_t replaced() const { return replaced_; }

 private:
  struct Parser;

  std::unique_ptr<Parser> parser_;
  std::vector<JsonMember> members_;
  std::vector<JsonMember> children_;
  std::string repaired_;
  std::string error_;
  std::size_t replaced_ = 0;
};

// Writes `line` into `out` with lone surrogate escapes (\ud800 without its other half) replaced by \ufffd; returns how
// many. `out` is left alone where there are none.
std::size_t repair_lone_surrogates(std::string_view line, std::string& out);

}  // namespace tenor::data
