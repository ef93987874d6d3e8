#include "security/key_ring.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>

#include "base/file_system.h"
#include "base/hex.h"

namespace tenor::security {

namespace {

constexpr std::string_view kHashPrefix = "sha256:";
constexpr std::string_view kSecretPrefix = "tenor_";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kMostName = 64;

std::optional<KeyHash> parse_hash(std::string_view text) {
  KeyHash hash{};
  if (!text.starts_with(kHashPrefix)) return std::nullopt;
  text.remove_prefix(kHashPrefix.size());
  if (text.size() != 2 * hash.size()) return std::nullopt;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const auto high = kHexDigits.find(text[2 * i]), low = kHexDigits.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    hash[i] = static_cast<std::byte>(high << 4 | low);
  }
  return hash;
}

// The next word of the line, which loses it.
std::string_view take_word(std::string_view& line) {
  constexpr std::string_view kBlank = " \t\r";
  const auto begin = std::min(line.find_first_not_of(kBlank), line.size());
  line.remove_prefix(begin);
  const auto word = line.substr(0, line.find_first_of(kBlank));
  line.remove_prefix(word.size());
  return word;
}

Result<Key> parse_line(std::string_view line) {
  const auto role = parse_role(take_word(line));
  const auto name = take_word(line);
  const auto hash = parse_hash(take_word(line));
  if (!role || !is_key_name(name) || !hash || !take_word(line).empty()) {
    return fail(
        ErrorCode::corrupt,
        "expected \"reader|admin NAME sha256:64-HEX-DIGITS\", found another form; tenor keys add writes such lines");
  }
  return Key{std::string(name), *role, *hash};
}

bool meets(const Key& a, const Key& b) {
  return a.name == b.name || a.hash == b.hash;
}

}  // namespace

std::string_view name(Role role) {
  return role == Role::admin ? "admin" : "reader";
}

std::optional<Role> parse_role(std::string_view text) {
  for (const auto role : {Role::reader, Role::admin}) {
    if (text == name(role)) return role;
  }
  return std::nullopt;
}

bool is_key_name(std::string_view text) {
  constexpr std::string_view kSigns = "-_.@";
  return !text.empty() && text.size() <= kMostName && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kSigns.find(c) != std::string_view::npos;
  });
}

KeyHash hash_of(std::string_view secret) {
  KeyHash hash{};
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

const Key* KeyRing::find(std::string_view secret) const {
  const auto hash = hash_of(secret);
  const Key* found = nullptr;
  for (const auto& key : keys_) {
    if (CRYPTO_memcmp(hash.data(), key.hash.data(), hash.size()) == 0) found = &key;
  }
  return found;
}

bool KeyRing::has_admin() const {
  return std::any_of(keys_.begin(), keys_.end(), [](const Key& key) { return key.role == Role::admin; });
}

Result<KeyRing> parse_keys(std::string_view text) {
  std::vector<Key> keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    auto rest = line;
    const auto first = take_word(rest);
    if (first.empty() || first.starts_with('#')) continue;
    auto key = parse_line(line);
    const auto where = "line " + std::to_string(number);
    if (!key) return fail(std::move(key.error()), where);
    if (std::any_of(keys.begin(), keys.end(), [&](const Key& other) { return meets(other, *key); })) {
      return fail(ErrorCode::corrupt, where + ": the name or the key \"" + key->name + "\" was there before");
    }
    keys.push_back(std::move(*key));
  }
  if (keys.empty()) {
    return fail(ErrorCode::corrupt, "expected at least one key, found none; tenor keys add makes one");
  }
  return KeyRing(std::move(keys));
}

Result<KeyRing> read_keys(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return tl::unexpected(text.error());
  auto keys = parse_keys(*text);
  if (!keys) return fail(std::move(keys.error()), path);
  return keys;
}

std::string key_line(const Key& key) {
  std::string line = std::string(name(key.role)) + ' ' + key.name + ' ' + std::string(kHashPrefix);
  append_hex(key.hash, line);
  return line;
}

Result<std::string> make_secret() {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<unsigned char, kSecretBytes> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    return fail(ErrorCode::io, "the system gave no random bytes");
  }
  std::string secret(kSecretPrefix);
  unsigned bits = 0, held = 0;
  for (const auto byte : random) {
    bits = bits << 8 | byte;
    for (held += 8; held >= 6; held -= 6) secret += kLetters[bits >> (held - 6) & 63];
  }
  if (held > 0) secret += kLetters[bits << (6 - held) & 63];
  OPENSSL_cleanse(random.data(), random.size());
  return secret;
}

}  // namespace tenor::security
