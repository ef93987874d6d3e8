#include "metrics/server_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <thread>
#include <vector>

#include "metrics/process_stats.h"
#include "metrics/queue_metrics.h"

namespace tenor::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

LabelSets small_sets() {
  return {{"predict", "live"}, {"broken_json"}, {"zh", "en"},      {"positive", "neutral", "negative"},
          {"linear_svm"},      {"tenor-zh"},    {"live", "canary"}};
}

TEST(ServerMetrics, CountsRequestsByRouteAndStatus) {
  ServerMetrics metrics(small_sets(), "1.2.3");
  metrics.count_request(0, 200, 0.00003);
  metrics.count_request(0, 200, 0.00007);
  metrics.count_request(1, 503, 0.00001);
  const auto text = metrics.exposition();
  EXPECT_THAT(text, HasSubstr("tenor_requests_total{route=\"predict\",status=\"200\"} 2"));
  EXPECT_THAT(text, HasSubstr("tenor_requests_total{route=\"live\",status=\"503\"} 1"));
  EXPECT_THAT(text, HasSubstr("tenor_request_duration_seconds_count{route=\"predict\"} 2"));
  EXPECT_THAT(text, HasSubstr("tenor_request_duration_seconds_bucket{route=\"predict\",le=\"5e-05\"} 1"));
  EXPECT_THAT(text, HasSubstr("tenor_build_info{version=\"1.2.3\"} 1"));
}

TEST(ServerMetrics, UnknownIndicesAreOtherAndMakeNoNewSeries) {
  ServerMetrics metrics(small_sets(), "1");
  metrics.count_request(77, 299, 0.1);
  metrics.count_error(99);
  metrics.count_text(9, "furious");
  metrics.count_asked("oracle");
  const auto text = metrics.exposition();
  EXPECT_THAT(text, HasSubstr("tenor_requests_total{route=\"other\",status=\"other\"} 1"));
  EXPECT_THAT(text, HasSubstr("tenor_errors_total{reason=\"other\"} 1"));
  EXPECT_THAT(text, HasSubstr("tenor_texts_total{label=\"other\",language=\"other\"} 1"));
  EXPECT_THAT(text, HasSubstr("tenor_expert_texts_total{expert=\"other\"} 1"));
  EXPECT_THAT(text, Not(HasSubstr("furious")));
  EXPECT_THAT(text, Not(HasSubstr("oracle")));
}

TEST(ServerMetrics, CountsTheTextsOfEachExpert) {
  ServerMetrics metrics(small_sets(), "1");
  EXPECT_THAT(metrics.exposition(), HasSubstr("tenor_expert_texts_total{expert=\"linear_svm\"} 0"));
  metrics.count_asked("linear_svm");
  metrics.count_asked("linear_svm");
  EXPECT_THAT(metrics.exposition(), HasSubstr("tenor_expert_texts_total{expert=\"linear_svm\"} 2"));
}

TEST(ServerMetrics, SaysWhereTheTimeWent) {
  ServerMetrics metrics(small_sets(), "1");
  metrics.observe_stages({0.001, 0.00006, 0.002, 0.0035}, "canary");
  metrics.observe_text("tenor-zh", "linear_svm", 0.00002);
  metrics.observe_text("tenor-zh", "cache", 0.00002);
  metrics.observe_text("another", "oracle", 0.3);
  const auto text = metrics.exposition();
  EXPECT_THAT(text, HasSubstr("tenor_stage_duration_seconds_bucket{stage=\"queue\",le=\"0.001\"} 1"));
  EXPECT_THAT(text, HasSubstr("tenor_stage_duration_seconds_bucket{stage=\"tokenise\",le=\"0.0001\"} 1"));
  EXPECT_THAT(text, HasSubstr("tenor_stage_duration_seconds_bucket{stage=\"inference\",le=\"0.001\"} 0"));
  EXPECT_THAT(text, HasSubstr("tenor_arm_duration_seconds_count{arm=\"canary\"} 1"));
  EXPECT_THAT(text, HasSubstr("tenor_arm_duration_seconds_count{arm=\"live\"} 0"));
  EXPECT_THAT(text, HasSubstr("tenor_text_duration_seconds_count{expert=\"linear_svm\",model=\"tenor-zh\"} 1"));
  EXPECT_THAT(text, HasSubstr("tenor_text_duration_seconds_count{expert=\"cache\",model=\"tenor-zh\"} 1"));
  EXPECT_THAT(text, HasSubstr("tenor_text_duration_seconds_count{expert=\"other\",model=\"other\"} 1"));
}

TEST(ServerMetrics, ArmsMayCome) {
  ServerMetrics metrics(small_sets(), "1");
  metrics.observe_stages({0, 0, 0.1, 0.1}, "next");  // known to nobody yet
  metrics.add_arms({"live", "next"});
  metrics.observe_stages({0, 0, 0.1, 0.1}, "next");
  metrics.observe_stages({0, 0, 0.1, 0.1}, "canary");  // a request of the rollout before
  const auto text = metrics.exposition();
  for (const auto* arm : {"next\"} 1", "canary\"} 1", "live\"} 0"}) {
    EXPECT_THAT(text, HasSubstr(std::string("tenor_arm_duration_seconds_count{arm=\"") + arm));
  }
}

TEST(ServerMetrics, WithoutARolloutThereAreNoArms) {
  auto sets = small_sets();
  sets.arms.clear();
  ServerMetrics metrics(sets, "1");
  metrics.observe_stages({0, 0, 0.1, 0.1}, "");
  EXPECT_THAT(metrics.exposition(), Not(HasSubstr("tenor_arm_duration_seconds")));
}

TEST(ServerMetrics, GaugesGoUpAndDown) {
  ServerMetrics metrics(small_sets(), "1");
  metrics.add_connections(1);
  metrics.add_connections(1);
  metrics.add_connections(-1);
  metrics.add_in_flight(1);
  const auto text = metrics.exposition();
  EXPECT_THAT(text, HasSubstr("tenor_connections 1"));
  EXPECT_THAT(text, HasSubstr("tenor_in_flight 1"));
}

TEST(ServerMetrics, ThreadsLoseNoCount) {
  ServerMetrics metrics(small_sets(), "1");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&metrics] {
      for (int i = 0; i < 1000; ++i) {
        metrics.count_text(0, "positive");
        metrics.count_request(0, 200, 0.001);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto text = metrics.exposition();
  EXPECT_THAT(text, HasSubstr("tenor_texts_total{label=\"positive\",language=\"zh\"} 4000"));
  EXPECT_THAT(text, HasSubstr("tenor_requests_total{route=\"predict\",status=\"200\"} 4000"));
}

TEST(QueueMetrics, ShowTheQueueItsBatchesAndRefusals) {
  ServerMetrics metrics(small_sets(), "1");
  metrics.queue().set_queue(1, 3, 120);
  metrics.queue().observe_batch(5, 200);
  metrics.queue().observe_wait(0, 0.002);
  metrics.queue().count_refusal(Refusal::queue_full);
  const auto text = metrics.exposition();
  EXPECT_THAT(text, HasSubstr("tenor_queue_texts{priority=\"bulk\"} 3"));
  EXPECT_THAT(text, HasSubstr("tenor_queue_tokens{priority=\"bulk\"} 120"));
  EXPECT_THAT(text, HasSubstr("tenor_queue_tokens{priority=\"interactive\"} 0"));
  EXPECT_THAT(text, HasSubstr("tenor_batch_texts_bucket{le=\"4\"} 0"));
  EXPECT_THAT(text, HasSubstr("tenor_batch_texts_bucket{le=\"8\"} 1"));
  EXPECT_THAT(text, HasSubstr("tenor_batch_tokens_sum 200"));
  EXPECT_THAT(text, HasSubstr("tenor_queue_wait_seconds_bucket{priority=\"interactive\",le=\"0.0025\"} 1"));
  EXPECT_THAT(text, HasSubstr("tenor_refusals_total{reason=\"queue_full\"} 1"));
  EXPECT_THAT(text, HasSubstr("tenor_refusals_total{reason=\"departed\"} 0"));
}

TEST(ProcessStats, KnowThisProcess) {
  EXPECT_GT(resident_memory_bytes(), 100'000u);
  const auto now = static_cast<double>(std::time(nullptr));
  EXPECT_LE(process_start_time(), now + 2);
  EXPECT_GT(process_start_time(), now - 3600 * 24);
}

}  // namespace
}  // namespace tenor::metrics
