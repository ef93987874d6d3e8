// Small bundles for the tests of this folder.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/sha256.h"
#include "bundle/bundle_writer.h"

namespace tenor {

// For GoogleTest's messages.
inline std::ostream& operator<<(std::ostream& out, const Error& error) {
  return out << to_string(error.code) << ": " << error.message;
}

}  // namespace tenor

namespace tenor::bundle::testing {

using Files = std::map<std::string, std::string>;

inline std::string digest_of(std::string_view text) {
  return sha256_hex(std::as_bytes(std::span(text)));
}

inline Manifest small_manifest() {
  Manifest manifest;
  manifest.name = "zh";
  manifest.version = "1";
  manifest.description = "测试";
  manifest.created = "2024-01-02";
  manifest.languages = {"zh"};
  manifest.license = "CC0";
  manifest.tasks = {{"overall", TaskKind::overall, {"positive", "neutral", "negative"}},
                    {"food taste", TaskKind::aspect, {"positive", "negative"}}};
  manifest.features.normalizer_version = 1;
  manifest.features.settings.set("buckets", 16);
  Expert expert{"svm", "linear", "svm.safetensors", {"overall", "food taste"}, {}};
  expert.settings.set("temperature", 1.25);
  manifest.experts = {expert};
  manifest.fusion.set("weights", std::vector<double>{1.0});
  manifest.provenance.set("program", "tenor 0.1.0");
  return manifest;
}

inline BundleWriter small_writer() {
  const std::vector<float> weights = {1.5f, -2.0f, 0.25f, 0.0f, 3.0f, -0.5f};
  const std::vector<std::int8_t> codes = {1, -2, 3};
  BundleWriter writer(small_manifest());
  EXPECT_TRUE(writer.add_tensors("svm.safetensors",
                                 {tensor_source("weights", {2, 3}, weights), tensor_source("codes", {3}, codes)}));
  EXPECT_TRUE(writer.add_file("vocabulary.txt", "好\n坏\n"));
  EXPECT_TRUE(writer.add_file("MODEL_CARD.md", "# zh\n"));
  return writer;
}

inline Files small_files() {
  return small_writer().build().value();
}

// After an edit of the manifest.
inline void refresh_digest(Files& files) {
  files["manifest.sha256"] = digest_line(digest_of(files["manifest.json"]));
}

// After an edit of file `name`: what somebody does who tampers with care.
inline void refresh_entry(Files& files, const std::string& name) {
  Manifest manifest = parse_manifest(files["manifest.json"]).value();
  manifest.files[name] = {files[name].size(), digest_of(files[name])};
  files["manifest.json"] = to_json(manifest).value();
  refresh_digest(files);
}

inline Result<Bundle> open_embedded(const Files& files) {
  std::vector<EmbeddedFile> embedded;
  for (const auto& [name, content] : files) embedded.push_back({name, std::as_bytes(std::span(content))});
  return Bundle::open(embedded, "embedded");
}

inline void write_raw(const std::filesystem::path& path, std::string_view content) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"), &std::fclose);
  ASSERT_NE(file, nullptr) << path;
  ASSERT_EQ(std::fwrite(content.data(), 1, content.size(), file.get()), content.size());
}

inline void write_folder(const std::filesystem::path& folder, const Files& files) {
  std::filesystem::create_directories(folder);
  for (const auto& [name, content] : files) write_raw(folder / name, content);
}

// An empty folder of one test, removed afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "tenor-bundle-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// The error of something that must fail; an unmistakable message where it does not.
template <class T>
Error error_of(const Result<T>& result) {
  EXPECT_FALSE(result.has_value());
  return result ? Error{ErrorCode::io, "NO ERROR"} : result.error();
}

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

}  // namespace tenor::bundle::testing
