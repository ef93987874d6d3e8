// Python pickles, read as data: nothing that they name is looked up, made or called.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tenor::import {

inline constexpr std::size_t kMaxPickleBytes = 64u << 20;
inline constexpr std::size_t kMaxPickleNodes = 2u << 20;

// One value. Other values are named by their index in Pickle::nodes, so that shared and cyclic ones need no care.
struct PickleNode {
  enum class Kind {
    none,
    boolean,     // integer
    integer,     // integer
    number,      // number
    text,        // text: also byte strings, and integers over 64 bits (little-endian)
    tuple,       // items
    list,        // items
    dict,        // items: key, value, key, value, ...
    global,      // module, text: a name of Python's
    call,        // callee, argument: what a call would have made; items as of a dict if it was filled as one
    persistent,  // argument: an object that the file keeps elsewhere
  };
  Kind kind = Kind::none;
  std::int64_t integer = 0;
  double number = 0;
  std::string_view module;
  std::string_view text;  // in the memory that was parsed
  std::uint32_t callee = 0;
  std::uint32_t argument = 0;
  std::vector<std::uint32_t> items;
};

struct Pickle {
  std::vector<PickleNode> nodes;
  std::uint32_t root = 0;
  std::size_t size = 0;  // bytes up to and with the end of this pickle

  const PickleNode& operator[](std::uint32_t node) const { return nodes[node]; }
};

// Reads one pickle of protocol 2 to 5 from the beginning of `bytes`, which must outlive the answer. Errors: corrupt,
// limit, unsupported (an instruction that torch.save does not write).
Result<Pickle> read_pickle(std::span<const std::byte> bytes);

}  // namespace tenor::import
