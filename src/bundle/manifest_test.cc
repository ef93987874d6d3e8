#include "bundle/manifest.h"

#include <gmock/gmock.h>

#include <functional>

#include "bundle/test_support.h"

namespace tenor::bundle {
namespace {

using testing::error_of;
using ::testing::HasSubstr;
using testing::replaced;
using testing::small_manifest;

Manifest complete_manifest() {
  Manifest manifest = small_manifest();
  manifest.files["svm.safetensors"] = {10, std::string(64, 'a')};
  return manifest;
}

std::string complete_json() {
  return to_json(complete_manifest()).value();
}

TEST(Manifest, GivesBackWhatWasWritten) {
  const auto read = parse_manifest(complete_json());
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, complete_manifest());
  EXPECT_EQ(to_json(*read).value(), complete_json());
  EXPECT_EQ(complete_json().back(), '\n');
}

TEST(Manifest, FindsTasksAndExpertsByName) {
  const Manifest manifest = complete_manifest();
  EXPECT_EQ(manifest.find_task("food taste")->kind, TaskKind::aspect);
  EXPECT_EQ(manifest.find_task("price"), nullptr);
  EXPECT_EQ(manifest.find_expert("svm")->file, "svm.safetensors");
  EXPECT_EQ(manifest.find_expert("SVM"), nullptr);
}

TEST(Manifest, IgnoresUnknownFieldsAndServesOptionalOnes) {
  EXPECT_TRUE(parse_manifest(replaced(complete_json(), "{", R"({"future":[1,{"x":2}],)")));
  const auto read = parse_manifest(R"({"format":"tenor-bundle","format_version":1,"name":"n","version":"",
    "languages":["en"],"tasks":[{"name":"overall","kind":"overall","labels":["a","b"]}],
    "features":{"normalizer_version":1},"files":{"f":{"size":0,"sha256":")" +
                                   std::string(64, '0') + R"("}},
    "experts":[{"name":"e","kind":"linear","file":"f","tasks":["overall"]}]})");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->license, "");
  EXPECT_TRUE(read->fusion.empty());
}

TEST(Manifest, RefusesOtherFormatsAndNewerVersions) {
  for (const char* json : {"{}", "[]", "3", "null", R"({"format":"onnx","format_version":1})", R"({"format":1})",
                           R"({"name":"extension","manifest_version":3})"}) {
    EXPECT_EQ(error_of(parse_manifest(json)).code, ErrorCode::unsupported) << json;
  }
  for (const char* version : {"2", "99", "18446744073709551615"}) {
    const Error error = error_of(parse_manifest(
        replaced(complete_json(), "\"format_version\": 1", "\"format_version\": " + std::string(version))));
    EXPECT_EQ(error.code, ErrorCode::unsupported);
    EXPECT_THAT(error.message, HasSubstr("format version " + std::string(version)));
    EXPECT_THAT(error.message, HasSubstr("this program reads 1 to 1"));
    EXPECT_THAT(error.message, HasSubstr("tenor 0.1.0"));
  }
  for (const char* version : {"0", "-1", "1.5", "\"1\"", "null"}) {
    const std::string json =
        replaced(complete_json(), "\"format_version\": 1", "\"format_version\": " + std::string(version));
    EXPECT_EQ(error_of(parse_manifest(json)).code, ErrorCode::corrupt) << version;
  }
}

TEST(Manifest, ErrorsSayWhereAndWhat) {
  const auto error_after = [](const char* from, const char* to) {
    return error_of(parse_manifest(replaced(complete_json(), from, to)));
  };
  EXPECT_THAT(error_after("\"languages\"", "\"tongues\"").message, HasSubstr("languages is missing"));
  EXPECT_THAT(error_after("\"name\": \"svm\"", "\"name\": 3").message,
              HasSubstr("experts[0].name: expected a string, found number"));
  EXPECT_THAT(error_after("\"kind\": \"overall\"", "\"kind\": \"mood\"").message, HasSubstr("found \"mood\""));
  EXPECT_EQ(error_after("\"kind\": \"overall\"", "\"kind\": \"mood\"").code, ErrorCode::unsupported);
  EXPECT_THAT(error_after("\"size\": 10", "\"size\": -10").message, HasSubstr("files.\"svm.safetensors\".size"));
  EXPECT_THAT(error_after("\"normalizer_version\": 1", "\"normalizer_version\": 99999999999").message,
              HasSubstr("features.normalizer_version"));
  EXPECT_THAT(error_after("\"fusion\": {", "\"fusion\": [], \"was\": {").message,
              HasSubstr("fusion: expected an object, found array"));
  EXPECT_THAT(error_after("\"name\": \"zh\"", "\"name\": \"zh\", \"name\": \"en\"").message, HasSubstr("twice"));
}

TEST(Manifest, BothReaderAndWriterRefuseWhatMakesNoSense) {
  const std::vector<std::pair<const char*, std::function<void(Manifest&)>>> breaks = {
      {"name", [](Manifest& m) { m.name = ""; }},
      {"languages", [](Manifest& m) { m.languages.clear(); }},
      {"languages",
       [](Manifest& m) {
         m.languages = {"zh", "zh"};
       }},
      {"normalizer_version", [](Manifest& m) { m.features.normalizer_version = 0; }},
      {"tasks", [](Manifest& m) { m.tasks.clear(); }},
      {"tasks", [](Manifest& m) { m.tasks.push_back(m.tasks[0]); }},
      {"tasks", [](Manifest& m) { m.tasks[0].name = ""; }},
      {"labels", [](Manifest& m) { m.tasks[0].labels = {"one"}; }},
      {"labels",
       [](Manifest& m) {
         m.tasks[0].labels = {"a", "b", "a"};
       }},
      {"experts", [](Manifest& m) { m.experts.clear(); }},
      {"experts", [](Manifest& m) { m.experts.push_back(m.experts[0]); }},
      {"kind", [](Manifest& m) { m.experts[0].kind = ""; }},
      {"not listed", [](Manifest& m) { m.experts[0].file = "other.safetensors"; }},
      {"plain", [](Manifest& m) { m.experts[0].file = "../svm.safetensors"; }},
      {"no task", [](Manifest& m) { m.experts[0].tasks = {"price"}; }},
      {"tasks", [](Manifest& m) { m.experts[0].tasks.clear(); }},
      {"twice",
       [](Manifest& m) {
         m.experts[0].tasks = {"overall", "overall"};
       }},
      {"sha256", [](Manifest& m) { m.files.begin()->second.sha256 = std::string(64, 'A'); }},
      {"sha256", [](Manifest& m) { m.files.begin()->second.sha256 = "ab"; }},
      {"plain",
       [](Manifest& m) {
         m.files["../x"] = {0, std::string(64, 'a')};
       }},
      {"plain",
       [](Manifest& m) {
         m.files["manifest.json"] = {0, std::string(64, 'a')};
       }},
      {"plain",
       [](Manifest& m) {
         m.files["manifest.sha256"] = {0, std::string(64, 'a')};
       }},
  };
  for (const auto& [word, change] : breaks) {
    Manifest manifest = complete_manifest();
    change(manifest);
    const Error error = error_of(to_json(manifest));
    EXPECT_EQ(error.code, ErrorCode::invalid_argument);
    EXPECT_THAT(error.message, HasSubstr(word));
  }
  const Error read = error_of(parse_manifest(replaced(complete_json(), "\"svm.safetensors\": {", "\"a/b\": {")));
  EXPECT_EQ(read.code, ErrorCode::corrupt);
  EXPECT_THAT(read.message, HasSubstr("\"a/b\" is not a plain file name"));
}

TEST(Manifest, WriterRefusesOtherVersionsAndBytesThatAreNotUtf8) {
  Manifest manifest = complete_manifest();
  manifest.description = "\xff";
  EXPECT_EQ(error_of(to_json(manifest)).code, ErrorCode::invalid_argument);
  manifest = complete_manifest();
  manifest.format_version = 2;
  EXPECT_EQ(error_of(to_json(manifest)).code, ErrorCode::invalid_argument);
}

TEST(Manifest, RefusesHugeManifests) {
  const std::string json = complete_json();
  EXPECT_TRUE(parse_manifest(json + std::string(kMaxManifestBytes - json.size(), ' ')));
  EXPECT_EQ(error_of(parse_manifest(json + std::string(kMaxManifestBytes - json.size() + 1, ' '))).code,
            ErrorCode::limit);
  EXPECT_FALSE(parse_manifest(std::string(kMaxManifestBytes, '[')));
}

TEST(Manifest, PlainFileNames) {
  for (const char* name : {"a", "MODEL_CARD.md", "svm-1.safetensors", "a..b"}) EXPECT_TRUE(is_plain_file_name(name));
  for (const char* name : {"", ".", "..", ".hidden", "a/b", "/a", "../a", "a\\b", "C:", "a b", "字", "manifest.json",
                           "manifest.sha256", "a\n"}) {
    EXPECT_FALSE(is_plain_file_name(name)) << name;
  }
  EXPECT_FALSE(is_plain_file_name(std::string_view("a\0b", 3)));
  EXPECT_TRUE(is_plain_file_name(std::string(128, 'a')));
  EXPECT_FALSE(is_plain_file_name(std::string(129, 'a')));
}

}  // namespace
}  // namespace tenor::bundle
