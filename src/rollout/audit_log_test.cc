#include "rollout/audit_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/file_system.h"

namespace tenor::rollout {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class AuditLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ("audit." + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    path_ = folder_ / "rollout.jsonl";
  }
  void TearDown() override { fs::remove_all(folder_); }

  AuditLog open() {
    restored_ = {};
    auto log = AuditLog::open(path_, limits_, restored_);
    EXPECT_TRUE(log) << log.error().message;
    return std::move(*log);
  }

  fs::path folder_;
  fs::path path_;
  AuditLimits limits_;
  Restored restored_;
};

State some_state() {
  State state{"june", "0123456789abcdef", {Phase::running, 1}, 12.5, {}};
  ArmCounts arm{"zh-2", {}, {}, {3, 10}, 4, 5, 0.25};
  arm.stage.errors = {1, 100};
  arm.stage.log_latency = {99, 7.25, 24.5};
  arm.stage.abstentions = {9, 99};
  arm.stage.labels = {50, 30, 19, 0, 0};
  arm.stage.wrong = {2, 10};
  arm.total = arm.stage;
  arm.total.errors.of = 1000;
  state.arms = {arm, arm};
  return state;
}

Entry some_entry(std::uint64_t sequence, std::size_t stage) {
  Entry entry{sequence, "2026-11-29T06:00:00Z", "june", {}, {}};
  entry.decision = {Move::advance, true, {Phase::running, stage}, {Phase::running, stage + 1}, "say \"why\"\n"};
  entry.readings = {{Signal::labels, Finding::cleared, 0.5, 0.48, 1, 0.05, 1000, 100, 90, -3.25, 5.7, -3}};
  return entry;
}

TEST_F(AuditLogTest, GivesBackWhatWasWritten) {
  {
    AuditLog log = open();
    EXPECT_EQ(restored_.lines, 0U);
    ASSERT_TRUE(log.append(state_line(log.next_sequence(), "2026-11-29T05:59:00Z", some_state()), AuditLog::Keep::yes));
  }
  AuditLog log = open();
  ASSERT_TRUE(restored_.state);
  EXPECT_EQ(*restored_.state, some_state());
  EXPECT_EQ(log.next_sequence(), 2U);
}

TEST_F(AuditLogTest, AppliesDecisionsAfterTheLastState) {
  {
    AuditLog log = open();
    ASSERT_TRUE(log.append(state_line(log.next_sequence(), "t", some_state()), AuditLog::Keep::yes));
    ASSERT_TRUE(log.append(decision_line(some_entry(log.next_sequence(), 1)), AuditLog::Keep::yes));
  }
  open();
  ASSERT_TRUE(restored_.state);
  EXPECT_EQ(restored_.state->canary, (CanaryState{Phase::running, 2}));
  EXPECT_EQ(restored_.state->arms[0].stage, ArmSummary{});
  EXPECT_EQ(restored_.state->arms[0].total, some_state().arms[0].total);
  ASSERT_EQ(restored_.decisions.size(), 1U);
  const Entry& entry = restored_.decisions[0];
  EXPECT_EQ(entry.decision.reason, "say \"why\"\n");
  ASSERT_EQ(entry.readings.size(), 1U);
  EXPECT_EQ(entry.readings[0].signal, Signal::labels);
  EXPECT_EQ(entry.readings[0].label, 1U);
  EXPECT_DOUBLE_EQ(entry.readings[0].evidence, -3.25);
}

TEST_F(AuditLogTest, PassesOverATornLineAndGoesOnBehindIt) {
  {
    AuditLog log = open();
    ASSERT_TRUE(log.append(state_line(log.next_sequence(), "t", some_state()), AuditLog::Keep::yes));
  }
  std::ofstream(path_, std::ios::app) << R"({"sequence":2,"time":"t","kind":"stat)";
  {
    AuditLog log = open();
    EXPECT_EQ(restored_.unreadable, 1U);
    ASSERT_TRUE(restored_.state);
    ASSERT_TRUE(log.append(decision_line(some_entry(log.next_sequence(), 1)), AuditLog::Keep::yes));
  }
  open();
  EXPECT_EQ(restored_.unreadable, 1U);
  EXPECT_EQ(restored_.lines, 2U);
  EXPECT_EQ(restored_.state->canary.stage, 2U);
}

TEST_F(AuditLogTest, ReadsAnyBytesWithoutFalling) {
  std::ofstream(path_, std::ios::binary) << std::string("\0\xff{}\n[]\n{\"sequence\":-1}\nnull\n\n\n", 30)
                                         << "{\"sequence\":1,\"kind\":\"state\",\"arms\":{}}\n"
                                         << std::string(100000, '[');
  open();
  EXPECT_FALSE(restored_.state);
  EXPECT_GE(restored_.unreadable, 5U);
}

TEST_F(AuditLogTest, KeepsALineThatTheDiskRefusedAndWritesItLater) {
  AuditLog log = open();
  ASSERT_TRUE(log.append(state_line(log.next_sequence(), "t", some_state()), AuditLog::Keep::yes));
  const auto size = fs::file_size(path_);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit full{size + 20, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &full);
  const auto refused = log.append(decision_line(some_entry(log.next_sequence(), 1)), AuditLog::Keep::yes);
  const auto again = log.append(state_line(log.next_sequence(), "t", some_state()), AuditLog::Keep::no);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::io);
  EXPECT_THAT(refused.error().message, HasSubstr("rollout.jsonl"));
  EXPECT_FALSE(again);
  EXPECT_EQ(log.failures(), 2U);
  EXPECT_EQ(log.waiting(), 1U);
  ASSERT_TRUE(log.append(decision_line(some_entry(log.next_sequence(), 2)), AuditLog::Keep::yes));
  EXPECT_EQ(log.waiting(), 0U);
  { const AuditLog closed = std::move(log); }
  open();
  EXPECT_EQ(restored_.unreadable, 1U);  // the half line that found room
  EXPECT_EQ(restored_.decisions.size(), 2U);
  EXPECT_EQ(restored_.state->canary.stage, 3U);
}

TEST_F(AuditLogTest, GivesUpTheOldestOfTooManyLines) {
  limits_.max_waiting = 2;
  AuditLog log = open();
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit full{0, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &full);
  for (std::size_t i = 0; i < 5; ++i) {
    (void)log.append(decision_line(some_entry(log.next_sequence(), i)), AuditLog::Keep::yes);
  }
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(log.lost(), 3U);
  EXPECT_EQ(log.waiting(), 2U);
}

TEST_F(AuditLogTest, BeginsANewFileAndReadsBoth) {
  limits_.max_bytes = 100;
  limits_.keep = 2;
  {
    AuditLog log = open();
    for (std::size_t i = 0; i < 4; ++i) {
      ASSERT_TRUE(log.append(decision_line(some_entry(log.next_sequence(), i)), AuditLog::Keep::yes));
      ASSERT_TRUE(log.is_full());
      ASSERT_TRUE(log.rotate());
      ASSERT_FALSE(log.is_full());
      ASSERT_TRUE(log.append(state_line(log.next_sequence(), "t", some_state()), AuditLog::Keep::yes));
    }
  }
  EXPECT_TRUE(fs::exists(path_.string() + ".1"));
  EXPECT_TRUE(fs::exists(path_.string() + ".2"));
  EXPECT_FALSE(fs::exists(path_.string() + ".3"));
  AuditLog log = open();
  EXPECT_EQ(restored_.decisions.size(), 1U);
  EXPECT_TRUE(restored_.state);
  EXPECT_EQ(log.next_sequence(), 9U);
}

TEST_F(AuditLogTest, IsForOneProcess) {
  const AuditLog log = open();
  Restored other;
  const auto second = AuditLog::open(path_, limits_, other);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::limit);
}

TEST_F(AuditLogTest, SaysWhatCannotBeOpened) {
  Restored other;
  EXPECT_FALSE(AuditLog::open(folder_ / "missing" / "log", limits_, other));
  EXPECT_FALSE(AuditLog::open("/dev/full", limits_, other));
  EXPECT_FALSE(AuditLog::open(folder_, limits_, other));
}

}  // namespace
}  // namespace tenor::rollout
