#include "base/sha256.h"

#include <openssl/evp.h>

#include <array>

#include "base/hex.h"

namespace tenor {

std::string sha256_hex(std::span<const std::byte> bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string hex;
  append_hex(std::as_bytes(std::span(digest).first(size)), hex);
  return hex;
}

}  // namespace tenor
