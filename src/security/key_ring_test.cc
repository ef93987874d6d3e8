#include "security/key_ring.h"

#include <gtest/gtest.h>

#include <set>

namespace tenor::security {
namespace {

// sha256("abc"), FIPS 180-2's example.
constexpr std::string_view kAbc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

std::string line(std::string_view start, std::string_view hash = kAbc) {
  return std::string(start) + ' ' + std::string(hash);
}

TEST(KeyRing, FindsTheKeyWhoseHashIsThere) {
  const auto ring = parse_keys("# keys of the team\n\n  admin alice " + std::string(kAbc) + "  \r\n");
  ASSERT_TRUE(ring) << ring.error().message;
  ASSERT_NE(ring->find("abc"), nullptr);
  EXPECT_EQ(ring->find("abc")->name, "alice");
  EXPECT_EQ(ring->find("abc")->role, Role::admin);
  EXPECT_EQ(ring->find("abd"), nullptr);
  EXPECT_EQ(ring->find(""), nullptr);
  EXPECT_EQ(ring->find(kAbc), nullptr);  // the hash is no key
  EXPECT_TRUE(ring->has_admin());
}

TEST(KeyRing, LinesReadBackAsTheyWereWritten) {
  const Key key{"prometheus@host-1", Role::reader, hash_of("secret")};
  const auto ring = parse_keys(key_line(key));
  ASSERT_TRUE(ring);
  ASSERT_EQ(ring->keys().size(), 1U);
  EXPECT_EQ(ring->keys()[0].name, key.name);
  EXPECT_EQ(ring->keys()[0].hash, key.hash);
  EXPECT_FALSE(ring->has_admin());
}

TEST(KeyRing, RefusesWhatIsNoKeyWithItsLine) {
  for (const auto& text : {line("owner alice"), line("admin al/ice"), line("admin"), std::string("admin alice"),
                           line("admin alice", "sha256:00"), line("admin alice", "md5:00"),
                           line("admin alice") + " more", line("admin alice", std::string(kAbc).replace(20, 1, "X"))}) {
    const auto ring = parse_keys("# first\n" + text);
    ASSERT_FALSE(ring) << text;
    EXPECT_NE(ring.error().message.find("line 2: expected"), std::string::npos) << ring.error().message;
  }
}

TEST(KeyRing, RefusesTheSameNameOrKeyTwiceAndNoKeyAtAll) {
  const auto other = key_line({"alice", Role::reader, hash_of("other")});
  EXPECT_NE(parse_keys(line("admin alice") + "\n" + other).error().message.find("line 2"), std::string::npos);
  EXPECT_NE(parse_keys(line("admin alice") + "\n" + line("reader bob")).error().message.find("\"bob\""),
            std::string::npos);
  EXPECT_NE(parse_keys("# none\n").error().message.find("at least one key"), std::string::npos);
}

TEST(KeyRing, SecretsAreLongAndNeverTheSame) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const auto secret = make_secret();
    ASSERT_TRUE(secret);
    EXPECT_EQ(secret->size(), 6U + 43U);
    EXPECT_EQ(secret->find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
    seen.insert(*secret);
  }
  EXPECT_EQ(seen.size(), 100U);
}

}  // namespace
}  // namespace tenor::security
