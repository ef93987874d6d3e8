// tenor keys, and what tenor serve makes of keys and certificates.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "cli_fixture.h"

namespace tenor::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Keys : public CliTest {
 protected:
  static Outcome tenor(const std::vector<std::string>& arguments) { return run({.arguments = arguments}); }
  Outcome serve(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"serve", "--model", zh(), "--port", "0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return tenor(arguments);
  }
};

TEST_F(Keys, AreAddedListedAndRemoved) {
  const auto file = path("keys");
  const auto alice = tenor({"keys", "add", file, "alice", "--role", "admin"});
  ASSERT_EQ(alice.exit_code, 0) << alice.error;
  EXPECT_THAT(alice.out, testing::MatchesRegex("tenor_[-_A-Za-z0-9]{43}\n"));
  ASSERT_EQ(tenor({"keys", "add", file, "prometheus"}).exit_code, 0);
  EXPECT_EQ(tenor({"keys", "list", file}).out, "admin alice\nreader prometheus\n");
  const auto text = read("keys");
  EXPECT_THAT(text, Not(HasSubstr(alice.out.substr(0, 20))));  // only the hash is kept
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);

  EXPECT_EQ(tenor({"keys", "add", file, "alice"}).exit_code, 2);
  EXPECT_EQ(tenor({"keys", "add", file, "al ice"}).exit_code, 2);
  EXPECT_EQ(tenor({"keys", "add", file, "bob", "--role", "owner"}).exit_code, 2);
  EXPECT_EQ(tenor({"keys", "remove", file, "bob"}).exit_code, 2);
  EXPECT_EQ(tenor({"keys", "remove", file, "alice"}).exit_code, 0);
  EXPECT_EQ(tenor({"keys", "list", file}).out, "reader prometheus\n");
  EXPECT_THAT(tenor({"keys", "remove", file, "prometheus"}).error, HasSubstr("last key"));
}

TEST_F(Keys, ABrokenFileIsRefusedWithItsLine) {
  const auto file = write("broken", "admin alice 123\n");
  EXPECT_THAT(tenor({"keys", "list", file}).error, HasSubstr("line 1: expected"));
  EXPECT_EQ(tenor({"keys", "add", file, "bob"}).exit_code, 1);
  const auto refused = serve({"--keys", file});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.error, HasSubstr("line 1: expected"));
  EXPECT_EQ(serve({"--keys", path("nowhere")}).exit_code, 2);
}

TEST_F(Keys, AdminElsewhereNeedsAnAdminsKey) {
  const auto file = path("readers");
  ASSERT_EQ(tenor({"keys", "add", file, "prometheus"}).exit_code, 0);
  const auto refused = serve({"--admin", "--host", "0.0.0.0", "--keys", file});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.error, HasSubstr("needs an admin's key"));
}

TEST_F(Keys, CertificatesAndOriginsAreCheckedBeforeListening) {
  const auto plain = write("plain.pem", "no PEM");
  EXPECT_THAT(serve({"--tls-certificate", plain, "--tls-key", plain}).error, HasSubstr("expected a certificate"));
  EXPECT_EQ(serve({"--tls-certificate", plain}).exit_code, 2);
  EXPECT_THAT(serve({"--cors-origin", "app.example/"}).error, HasSubstr("expected an origin"));
}

}  // namespace
}  // namespace tenor::test
