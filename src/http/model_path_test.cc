// Which model a path names.
#include "http/model_path.h"

#include <gtest/gtest.h>

#include <string>

namespace tenor::http {
namespace {

std::string told(std::string_view path) {
  const auto found = read_model_path(path);
  if (!found) return "none";
  return std::string(route_name(found->route)) + " " + std::string(found->model) + " " + std::string(found->version);
}

TEST(ModelPath, HuggingFace) {
  EXPECT_EQ(told("/models/tenor-zh"), "hf_classify tenor-zh ");
  EXPECT_EQ(told("/models/owner/name"), "hf_classify owner/name ");
  EXPECT_EQ(told("/models/tenor-zh/pipeline/text-classification"), "hf_classify tenor-zh ");
  EXPECT_EQ(told("/pipeline/text-classification"), "hf_classify  ");
  EXPECT_EQ(told("/pipeline/text-classification/owner/name"), "hf_classify owner/name ");
  for (const char* path : {"/models", "/models/", "/models/a/b/c", "/models//b", "/models/a/", "/models/a//",
                           "/pipeline/text-classification/", "/pipeline/text-classifications",
                           "/pipeline/feature-extraction/a", "/models/pipeline/text-classification/x/y"}) {
    EXPECT_EQ(told(path), "none") << path;
  }
}

TEST(ModelPath, OpenInferenceProtocol) {
  EXPECT_EQ(told("/v2"), "v2_server  ");
  EXPECT_EQ(told("/v2/"), "v2_server  ");
  EXPECT_EQ(told("/v2/health/live"), "v2_live  ");
  EXPECT_EQ(told("/v2/health/ready"), "v2_ready  ");
  EXPECT_EQ(told("/v2/models/m"), "v2_model m ");
  EXPECT_EQ(told("/v2/models/m/ready"), "v2_model_ready m ");
  EXPECT_EQ(told("/v2/models/m/infer"), "v2_infer m ");
  EXPECT_EQ(told("/v2/models/m/versions/2.0.1"), "v2_model m 2.0.1");
  EXPECT_EQ(told("/v2/models/m/versions/2.0.1/ready"), "v2_model_ready m 2.0.1");
  EXPECT_EQ(told("/v2/models/m/versions/2.0.1/infer"), "v2_infer m 2.0.1");
  EXPECT_EQ(told("/v2/models/infer/infer"), "v2_infer infer ");
  for (const char* path : {"/v2x", "/v2/health", "/v2/models", "/v2/models/", "/v2/models//infer", "/v2/models/m/",
                           "/v2/models/m/versions", "/v2/models/m/versions/", "/v2/models/m/versions//infer",
                           "/v2/models/m/infer/", "/v2/models/m/stats", "/v1/models/m"}) {
    EXPECT_EQ(told(path), "none") << path;
  }
}

}  // namespace
}  // namespace tenor::http
