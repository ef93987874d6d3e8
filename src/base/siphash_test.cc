#include "base/siphash.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstring>
#include <string>

#include "base/random.h"

namespace tenor {
namespace {

// 00 01 … 0f, the key of the reference implementation's vectors.
constexpr Hash128 kKey = {0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL};

TEST(SipHash, AgreesWithTheVectorsOfItsReference) {
  EXPECT_EQ(siphash128(kKey, ""), (Hash128{0xe6a825ba047f81a3ULL, 0x930255c71472f66dULL}));
  EXPECT_EQ(siphash128(kKey, std::string_view("\0", 1)), (Hash128{0x44af996bd8c187daULL, 0x45fc229b11597634ULL}));
}

Hash128 by_openssl(const Hash128& key, std::string_view bytes) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "SIPHASH", nullptr);
  EVP_MAC_CTX* context = EVP_MAC_CTX_new(mac);
  std::size_t size = 16;
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t("size", &size), OSSL_PARAM_construct_end()};
  unsigned char key_bytes[16];
  std::memcpy(key_bytes, &key.low, 8);
  std::memcpy(key_bytes + 8, &key.high, 8);
  unsigned char out[16] = {};
  EXPECT_EQ(EVP_MAC_init(context, key_bytes, sizeof key_bytes, params), 1);
  EXPECT_EQ(EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()), 1);
  EXPECT_EQ(EVP_MAC_final(context, out, &size, sizeof out), 1);
  EVP_MAC_CTX_free(context);
  EVP_MAC_free(mac);
  Hash128 hash;
  std::memcpy(&hash.low, out, 8);
  std::memcpy(&hash.high, out + 8, 8);
  return hash;
}

TEST(SipHash, AgreesWithOpensslOnEveryLength) {
  Random random(7);
  std::string bytes;
  for (std::size_t length = 0; length < 300; ++length) {
    const Hash128 key{random.next(), random.next()};
    EXPECT_EQ(siphash128(key, bytes), by_openssl(key, bytes)) << length;
    bytes += static_cast<char>(random.below(256));
  }
}

TEST(SipHash, ChainsDependOnWhereAPartEnds) {
  const auto chain = [](std::string_view a, std::string_view b) { return siphash128(siphash128(kKey, a), b); };
  EXPECT_NE(chain("ab", "c"), chain("a", "bc"));
  EXPECT_NE(chain("", "abc"), chain("abc", ""));
}

}  // namespace
}  // namespace tenor
