#include "security/access.h"

#include <gtest/gtest.h>

namespace tenor::security {
namespace {

KeyRing ring() {
  return KeyRing({{"reader", Role::reader, hash_of("r")}, {"admin", Role::admin, hash_of("a")}});
}

Access access(const KeyRing* keys, Need need, std::string_view secret, bool admin_allowed = true,
              std::string_view host = "127.0.0.1:8080") {
  return decide(keys, {need, secret, host, admin_allowed}).access;
}

TEST(Access, WithKeysEverybodyShowsOne) {
  const auto keys = ring();
  EXPECT_EQ(access(&keys, Need::nothing, ""), Access::granted);
  EXPECT_EQ(access(&keys, Need::reader, ""), Access::no_key);
  EXPECT_EQ(access(&keys, Need::reader, "x"), Access::unknown_key);
  EXPECT_EQ(access(&keys, Need::reader, "r"), Access::granted);
  EXPECT_EQ(access(&keys, Need::reader, "a"), Access::granted);
}

TEST(Access, ChangesNeedAnAdminWhereTheyAreTakenAtAll) {
  const auto keys = ring();
  EXPECT_EQ(access(&keys, Need::admin, "a"), Access::granted);
  EXPECT_EQ(access(&keys, Need::admin, "a", true, "tenor.example"), Access::granted);
  EXPECT_EQ(access(&keys, Need::admin, "r"), Access::not_admin);
  EXPECT_EQ(access(&keys, Need::admin, ""), Access::no_key);
  EXPECT_EQ(access(&keys, Need::admin, "a", false), Access::admin_off);
}

TEST(Access, WithoutKeysChangesAreForThisMachine) {
  EXPECT_EQ(access(nullptr, Need::reader, ""), Access::granted);
  EXPECT_EQ(access(nullptr, Need::admin, "", false), Access::admin_off);
  EXPECT_EQ(access(nullptr, Need::admin, ""), Access::granted);
  EXPECT_EQ(access(nullptr, Need::admin, "", true, "rebound.example:8080"), Access::foreign_host);
  EXPECT_EQ(access(nullptr, Need::admin, "", true, ""), Access::foreign_host);
}

TEST(Access, SaysWhoseKeyItWas) {
  const auto keys = ring();
  EXPECT_EQ(decide(&keys, {Need::reader, "a", "", false}).key, &keys.keys()[1]);
  EXPECT_EQ(decide(&keys, {Need::nothing, "a", "", false}).key, nullptr);
}

TEST(Access, KnowsTheNamesOfThisMachine) {
  for (const auto* host : {"localhost", "LOCALHOST:80", "127.0.0.1", "127.1.2.3:65535", "[::1]", "[::1]:8080", "::1"}) {
    EXPECT_TRUE(names_loopback(host)) << host;
  }
  for (const auto* host :
       {"", "localhost.evil.example", "127.0.0.1.evil.example", "127.evil", "127.0.0.0001", "127.0.0.256", "127.0.0",
        "evil:8080", "[::2]", "[::1]x", "[::1]:x", "128.0.0.1", "localhost:8080x", "evil.example:80:80"}) {
    EXPECT_FALSE(names_loopback(host)) << host;
  }
}

TEST(Access, ANameDoesNotEndAtAZeroByte) {
  using std::string_view_literals::operator""sv;
  EXPECT_FALSE(names_loopback("127.0.0.1\0.evil.example:80"sv));
  EXPECT_FALSE(names_loopback("127.0.0.1\0"sv));
}

TEST(Access, ReadsBearerTokens) {
  EXPECT_EQ(bearer("Bearer abc"), "abc");
  EXPECT_EQ(bearer("bearer   abc"), "abc");
  EXPECT_EQ(bearer("Basic abc"), "");
  EXPECT_EQ(bearer("Bearer "), "");
  EXPECT_EQ(bearer(""), "");
}

}  // namespace
}  // namespace tenor::security
