// tenor check-config, and what tenor serve refuses before it listens.
#include <gmock/gmock.h>

#include "cli_fixture.h"

namespace tenor::test {
namespace {

using testing::HasSubstr;

class ServeFlags : public CliTest {
 protected:
  static Outcome tenor(const std::vector<std::string>& arguments) { return run({.arguments = arguments}); }

  std::string config(const std::string& rollout) const {
    return write("serve.yaml", "models:\n  - {name: old, bundles: [" + zh() + "]}\n  - {name: new, bundles: [" + zh() +
                                   "]}\nrollout:\n  name: june\n  live: old\n" + rollout);
  }
};

TEST_F(ServeFlags, CheckConfigOpensTheBundles) {
  const auto fine = tenor({"check-config", config("  canary: new\n")});
  EXPECT_EQ(fine.exit_code, 0) << fine.error;
  EXPECT_THAT(fine.out, HasSubstr("fine, 2 models, rollout june"));
  const auto missing = tenor({"check-config", write("missing.yaml", "models:\n  - {name: a, bundles: [/nowhere]}\n")});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.error, HasSubstr("model 'a': "));
}

TEST_F(ServeFlags, CheckConfigNamesTheLine) {
  const auto unknown = tenor({"check-config", config("  canary: new\n  stages: [0.01, 1]\n  canray: new\n")});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.error, HasSubstr("canray"));
  const auto stranger = tenor({"check-config", config("  canary: other\n")});
  EXPECT_EQ(stranger.exit_code, 1);
  EXPECT_THAT(stranger.error, HasSubstr("other"));
  EXPECT_EQ(tenor({"check-config", write("broken.yaml", "models: [")}).exit_code, 1);
  EXPECT_EQ(tenor({"check-config", path("nowhere.yaml")}).exit_code, 1);
}

TEST_F(ServeFlags, AdminIsRefusedWhereOthersReachThePort) {
  const auto refused = tenor({"serve", "--model", zh(), "--admin", "--host", "0.0.0.0", "--port", "0"});
  EXPECT_EQ(refused.exit_code, 2) << refused.error;
  EXPECT_THAT(refused.error, HasSubstr("loopback"));
}

TEST_F(ServeFlags, ModelsComeFromOnePlace) {
  const auto both = tenor({"serve", "--model", zh(), "--repository", path("models")});
  EXPECT_EQ(both.exit_code, 2) << both.error;
  const auto nowhere = tenor({"serve", "--repository", path("models"), "--port", "0"});
  EXPECT_EQ(nowhere.exit_code, 1) << nowhere.error;
  EXPECT_THAT(nowhere.error, HasSubstr("expected a folder of models"));
}

}  // namespace
}  // namespace tenor::test
