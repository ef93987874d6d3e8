// The port where a load balancer asks how much to send.
#include "server_fixture.h"

namespace tenor::http {
namespace {

class AgentTest : public ServerTest {
 protected:
  void SetUp() override {
    auto options = default_options();
    options.agent_port = 0;
    start(options);
  }
  std::string agent() {
    Client client(*server_->agent_port());
    return client.read_all();
  }
};

TEST_F(AgentTest, SaysItsWeightAndThenThatItDrains) {
  EXPECT_EQ(agent(), "up ready 100%\n");
  EXPECT_EQ(agent(), "up ready 100%\n");
  // Somebody's answer is still due, and the agent goes on answering.
  Client busy(port());
  ASSERT_TRUE(busy.send(post("/predict", R"({"text":"!gate )" + std::string(20'000, 'x') + R"("})")));
  ASSERT_TRUE(wait_until([&] { return metric("tenor_in_flight") == 1; }));
  server_->begin_drain();
  EXPECT_TRUE(wait_until([&] { return agent() == "drain\n"; }));
  analyzer_.gate().open();
  ASSERT_TRUE(busy.receive());
}

TEST_F(ServerTest, WithoutAnAgentPortThereIsNone) {
  EXPECT_FALSE(server_->agent_port());
}

}  // namespace
}  // namespace tenor::http
