#include "serving/agent_weight.h"

#include <gtest/gtest.h>

namespace tenor::serving {
namespace {

std::string line_with(std::size_t tokens, bool stopping = false) {
  Backlog backlog;
  backlog.lines[0].tokens = tokens;
  backlog.lines[1].tokens = 999'999;  // bulk may wait without harm
  AdmissionRules rules;
  rules.queue_tokens = {2000, 1'000'000};
  return agent_line(stopping, backlog, rules);
}

TEST(AgentWeight, FallsAsTheQueueFillsAndNeverToNothing) {
  EXPECT_EQ(line_with(0), "up ready 100%\n");
  EXPECT_EQ(line_with(500), "up ready 75%\n");
  EXPECT_EQ(line_with(2000), "up ready 1%\n");
  EXPECT_EQ(line_with(50'000), "up ready 1%\n");
}

TEST(AgentWeight, AServerThatStopsGetsNothingNew) {
  EXPECT_EQ(line_with(0, true), "drain\n");
}

}  // namespace
}  // namespace tenor::serving
