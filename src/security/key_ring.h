// API keys: who may read, who may change what is served. Files hold hashes, never the keys.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tenor::security {

enum class Role : std::uint8_t {
  reader,  // scores texts, reads metrics and lists
  admin,   // a reader who may also load models and steer rollouts
};

std::string_view name(Role role);
std::optional<Role> parse_role(std::string_view text);

using KeyHash = std::array<std::byte, 32>;  // SHA-256

struct Key {
  std::string name;  // letters, digits, - _ . @; for logs
  Role role = Role::reader;
  KeyHash hash{};
};

// Keys are 256 random bits, so that a plain hash is as hard to undo as a slow one.
KeyHash hash_of(std::string_view secret);

// Immutable; threads may share it.
class KeyRing {
 public:
  KeyRing() = default;
  explicit KeyRing(std::vector<Key> keys) : keys_(std::move(keys)) {}

  // Takes as long whichever key it is, and whether or not it is one.
  const Key* find(std::string_view secret) const;

  const std::vector<Key>& keys() const { return keys_; }
  bool has_admin() const;

 private:
  std::vector<Key> keys_;
};

// Lines of "ROLE NAME sha256:HEX"; empty ones and those that begin with # are passed over. Refused with the line's
// number: another form, an unknown role, a name or a hash for the second time, no key at all.
Result<KeyRing> parse_keys(std::string_view text);
Result<KeyRing> read_keys(const std::string& path);

std::string key_line(const Key& key);  // without a line end

// "tenor_" and 43 letters, digits, - and _ that hold 256 bits of the system's randomness.
Result<std::string> make_secret();

bool is_key_name(std::string_view text);  // 1 to 64 letters, digits, - _ . @

}  // namespace tenor::security
