#include "import/pickle.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "import/byte_reader.h"

namespace tenor::import {

namespace {

using Kind = PickleNode::Kind;

// A stack machine after Python's Lib/pickletools.py; the letters are those of its instructions.
class Machine {
 public:
  explicit Machine(std::span<const std::byte> bytes) : bytes_(bytes) {}

  Result<Pickle> run() {
    if (bytes_.size() > kMaxPickleBytes) {
      return fail(ErrorCode::limit, "the pickle has more than " + std::to_string(kMaxPickleBytes) + " bytes");
    }
    while (!done_) {
      const std::size_t at = position_;
      const auto code = take<std::uint8_t>();
      if (!code || !step(*code)) return fail(error_, "pickle instruction at byte " + std::to_string(at));
    }
    pickle_.size = position_;
    return std::move(pickle_);
  }

 private:
  bool step(std::uint8_t code) {
    switch (code) {
      case 0x80:  // PROTO
        return skip(1);
      case 0x95:  // FRAME
        return skip(8);
      case '.':  // STOP
        done_ = true;
        return pop(pickle_.root);
      case '(':  // MARK
        marks_.push_back(stack_.size());
        return true;
      case '0':  // POP
        return pop(ignored_);
      case '1':  // POP_MARK
        return take_marked(marked_);
      case '2':  // DUP
        return !stack_.empty() ? push(stack_.back()) : damaged();
      default:
        return step_constant(code);
    }
  }

  bool step_constant(std::uint8_t code) {
    switch (code) {
      case 'N':
        return add({});
      case 0x88:  // NEWTRUE
        return add_integer(Kind::boolean, 1);
      case 0x89:  // NEWFALSE
        return add_integer(Kind::boolean, 0);
      case 'J':  // BININT
        return add_number<std::int32_t>();
      case 'K':  // BININT1
        return add_number<std::uint8_t>();
      case 'M':  // BININT2
        return add_number<std::uint16_t>();
      case 0x8a:  // LONG1
        return add_long(take<std::uint8_t>());
      case 0x8b:  // LONG4
        return add_long(take<std::uint32_t>());
      case 'G':  // BINFLOAT
        return add_float();
      case 'U':   // SHORT_BINSTRING
      case 'C':   // SHORT_BINBYTES
      case 0x8c:  // SHORT_BINUNICODE
        return add_text(take<std::uint8_t>());
      case 'T':  // BINSTRING
      case 'B':  // BINBYTES
      case 'X':  // BINUNICODE
        return add_text(take<std::uint32_t>());
      case 0x8d:  // BINUNICODE8
      case 0x8e:  // BINBYTES8
        return add_text(take<std::uint64_t>());
      default:
        return step_container(code);
    }
  }

  bool step_container(std::uint8_t code) {
    switch (code) {
      case ')':  // EMPTY_TUPLE
        return add_items(Kind::tuple, {});
      case ']':  // EMPTY_LIST
        return add_items(Kind::list, {});
      case '}':  // EMPTY_DICT
        return add_items(Kind::dict, {});
      case 't':
        return take_marked(marked_) && add_items(Kind::tuple, marked_);
      case 'l':
        return take_marked(marked_) && add_items(Kind::list, marked_);
      case 'd':
        return take_marked(marked_) && marked_.size() % 2 == 0 && add_items(Kind::dict, marked_);
      case 0x85:  // TUPLE1, TUPLE2, TUPLE3
      case 0x86:
      case 0x87:
        return take_last(code - 0x84u) && add_items(Kind::tuple, marked_);
      case 'a':  // APPEND
        return take_last(1) && extend(marked_);
      case 'e':  // APPENDS
        return take_marked(marked_) && extend(marked_);
      case 's':  // SETITEM
        return take_last(2) && extend(marked_);
      case 'u':  // SETITEMS
        return take_marked(marked_) && (marked_.size() % 2 == 0 ? extend(marked_) : damaged());
      default:
        return step_object(code);
    }
  }

  bool step_object(std::uint8_t code) {
    switch (code) {
      case 'c':  // GLOBAL
        return add_named_global();
      case 0x93:  // STACK_GLOBAL
        return take_last(2) && add_global(text_of(marked_[0]), text_of(marked_[1]));
      case 'R':   // REDUCE
      case 0x81:  // NEWOBJ
        return take_last(2) && add_call(Kind::call, marked_[0], marked_[1]);
      case 'b':  // BUILD: attributes, of no interest here
        return pop(ignored_);
      case 'Q':  // BINPERSID
        return take_last(1) && add_call(Kind::persistent, 0, marked_[0]);
      case 'q':  // BINPUT
        return remember(take<std::uint8_t>());
      case 'r':  // LONG_BINPUT
        return remember(take<std::uint32_t>());
      case 0x94:  // MEMOIZE
        return remember(std::optional<std::size_t>(memo_.size()));
      case 'h':  // BINGET
        return recall(take<std::uint8_t>());
      case 'j':  // LONG_BINGET
        return recall(take<std::uint32_t>());
      default:
        error_ = {ErrorCode::unsupported, "expected one that torch.save writes, found code " + std::to_string(code)};
        return false;
    }
  }

  template <class T>
  std::optional<T> take() {
    const auto number = read_number<T>(bytes_, position_);
    if (number) position_ += sizeof(T);
    return number;
  }

  std::optional<std::span<const std::byte>> take_bytes(std::optional<std::uint64_t> size) {
    const auto bytes = size ? read_span(bytes_, position_, *size) : std::nullopt;
    if (bytes) position_ += bytes->size();
    return bytes;
  }

  std::optional<std::string_view> take_line() {
    const std::string_view rest = as_text(bytes_.subspan(position_));
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    position_ += end + 1;
    return rest.substr(0, end);
  }

  std::optional<std::string_view> text_of(std::uint32_t node) const {
    if (pickle_.nodes[node].kind != Kind::text) return std::nullopt;
    return pickle_.nodes[node].text;
  }

  bool damaged() { return false; }
  bool skip(std::size_t size) { return take_bytes(size).has_value(); }

  bool push(std::uint32_t node) {
    stack_.push_back(node);
    return true;
  }

  // Values below the last mark are out of reach.
  bool pop(std::uint32_t& node) { return take_last(1) && (node = marked_[0], true); }

  bool take_last(std::size_t count) {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() - floor < count) return damaged();
    marked_.assign(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return true;
  }

  bool take_marked(std::vector<std::uint32_t>& out) {
    if (marks_.empty()) return damaged();
    out.assign(stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back()), stack_.end());
    stack_.resize(marks_.back());
    marks_.pop_back();
    return true;
  }

  bool add(PickleNode node) {
    if (pickle_.nodes.size() >= kMaxPickleNodes) {
      error_ = {ErrorCode::limit, "more than " + std::to_string(kMaxPickleNodes) + " values"};
      return false;
    }
    pickle_.nodes.push_back(std::move(node));
    return push(static_cast<std::uint32_t>(pickle_.nodes.size() - 1));
  }

  bool add_integer(Kind kind, std::int64_t integer) {
    PickleNode node;
    node.kind = kind;
    node.integer = integer;
    return add(std::move(node));
  }

  template <class T>
  bool add_number() {
    const auto number = take<T>();
    return number && add_integer(Kind::integer, *number);
  }

  bool add_long(std::optional<std::uint64_t> size) {
    const auto bytes = take_bytes(size);
    if (!bytes) return damaged();
    if (bytes->size() > 8) return add_text_node(as_text(*bytes));
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < bytes->size(); ++i) bits |= std::to_integer<std::uint64_t>((*bytes)[i]) << (8 * i);
    const bool negative = !bytes->empty() && std::to_integer<int>(bytes->back()) >= 0x80;
    if (negative && bytes->size() < 8) bits |= ~std::uint64_t{0} << (8 * bytes->size());
    return add_integer(Kind::integer, static_cast<std::int64_t>(bits));
  }

  bool add_float() {
    const auto bytes = take_bytes(8);
    if (!bytes) return damaged();
    std::uint64_t bits = 0;  // big-endian, unlike all others
    for (const std::byte byte : *bytes) bits = bits << 8 | std::to_integer<std::uint64_t>(byte);
    PickleNode node;
    node.kind = Kind::number;
    node.number = std::bit_cast<double>(bits);
    return add(std::move(node));
  }

  bool add_text(std::optional<std::uint64_t> size) {
    const auto bytes = take_bytes(size);
    return bytes && add_text_node(as_text(*bytes));
  }

  bool add_text_node(std::string_view text) {
    PickleNode node;
    node.kind = Kind::text;
    node.text = text;
    return add(std::move(node));
  }

  bool add_items(Kind kind, const std::vector<std::uint32_t>& items) {
    PickleNode node;
    node.kind = kind;
    node.items = items;
    return add(std::move(node));
  }

  bool add_named_global() {
    const auto module = take_line();
    return add_global(module, take_line());
  }

  bool add_global(std::optional<std::string_view> module, std::optional<std::string_view> name) {
    if (!module || !name) return damaged();
    PickleNode node;
    node.kind = Kind::global;
    node.module = *module;
    node.text = *name;
    return add(std::move(node));
  }

  bool add_call(Kind kind, std::uint32_t callee, std::uint32_t argument) {
    PickleNode node;
    node.kind = kind;
    node.callee = callee;
    node.argument = argument;
    return add(std::move(node));
  }

  // Items go into the container that lies on top of the stack.
  bool extend(const std::vector<std::uint32_t>& items) {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) return damaged();
    PickleNode& container = pickle_.nodes[stack_.back()];
    if (container.kind != Kind::list && container.kind != Kind::dict && container.kind != Kind::call) return damaged();
    container.items.insert(container.items.end(), items.begin(), items.end());
    return true;
  }

  bool remember(std::optional<std::size_t> index) {
    if (!index || *index >= kMaxPickleNodes || stack_.empty()) return damaged();
    if (*index >= memo_.size()) memo_.resize(*index + 1);
    memo_[*index] = stack_.back();
    return true;
  }

  bool recall(std::optional<std::size_t> index) {
    if (!index || *index >= memo_.size() || !memo_[*index]) return damaged();
    return push(*memo_[*index]);
  }

  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
  bool done_ = false;
  Pickle pickle_;
  std::vector<std::uint32_t> stack_;
  std::vector<std::size_t> marks_;
  std::vector<std::optional<std::uint32_t>> memo_;
  std::vector<std::uint32_t> marked_;  // what was taken last
  std::uint32_t ignored_ = 0;
  Error error_{ErrorCode::corrupt, "cut short, or it does not fit what came before"};
};

}  // namespace

Result<Pickle> read_pickle(std::span<const std::byte> bytes) {
  return Machine(bytes).run();
}

}  // namespace tenor::import
