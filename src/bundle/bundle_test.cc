// Opening and publishing bundles, and what becomes of damaged ones.
#include "bundle/bundle.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <optional>

#include "base/file_system.h"
#include "bundle/bundle_writer.h"
#include "bundle/test_support.h"

namespace tenor::bundle {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using testing::error_of;
using testing::Files;
using ::testing::HasSubstr;
using testing::open_embedded;
using testing::replaced;
using testing::small_files;
using testing::small_writer;
using testing::TemporaryFolder;
using testing::write_folder;

void expect_small_bundle(const Bundle& bundle) {
  EXPECT_EQ(bundle.manifest().name, "zh");
  EXPECT_EQ(bundle.manifest().files.size(), 3u);
  EXPECT_EQ(bundle.digest(), testing::digest_of(small_files()["manifest.json"]));
  EXPECT_EQ(bundle.text_file("vocabulary.txt").value(), "好\n坏\n");
  EXPECT_THAT(bundle.tensors("svm.safetensors")->names(), ElementsAre("codes", "weights"));
  EXPECT_EQ(error_of(bundle.file("other")).code, ErrorCode::not_found);
  EXPECT_EQ(error_of(bundle.tensors("vocabulary.txt")).code, ErrorCode::not_found);
  std::size_t size = 0;
  for (const auto& [name, content] : small_files()) size += content.size();
  EXPECT_EQ(bundle.size_bytes(), size);
  EXPECT_TRUE(bundle.unlisted().empty());
}

TEST(Bundle, OpensFromAFolder) {
  TemporaryFolder temporary;
  ASSERT_TRUE(small_writer().publish(temporary / "zh"));
  const auto bundle = Bundle::open(temporary / "zh");
  ASSERT_TRUE(bundle) << bundle.error();
  expect_small_bundle(*bundle);
  EXPECT_EQ(bundle->origin(), (temporary / "zh").string());
  EXPECT_THAT(bundle->tensors("svm.safetensors")->values<float>("weights", {2, 3}).value(),
              ElementsAre(1.5f, -2.0f, 0.25f, 0.0f, 3.0f, -0.5f));
  EXPECT_THAT(bundle->tensors("svm.safetensors")->values<std::int8_t>("codes", {3}).value(), ElementsAre(1, -2, 3));
}

TEST(Bundle, OpensFromMemoryAsFromAFolder) {
  TemporaryFolder temporary;
  const Files files = small_files();
  write_folder(temporary / "zh", files);
  const auto on_disk = Bundle::open(temporary / "zh");
  const auto embedded = open_embedded(files);
  ASSERT_TRUE(on_disk) << on_disk.error();
  ASSERT_TRUE(embedded) << embedded.error();
  expect_small_bundle(*embedded);
  EXPECT_EQ(embedded->origin(), "embedded");
  EXPECT_EQ(embedded->manifest(), on_disk->manifest());
  EXPECT_EQ(embedded->digest(), on_disk->digest());
  for (const auto& [name, entry] : on_disk->manifest().files) {
    EXPECT_EQ(embedded->text_file(name).value(), on_disk->text_file(name).value());
  }
}

TEST(Bundle, LivesAsLongAsItsLastCopy) {
  TemporaryFolder temporary;
  ASSERT_TRUE(small_writer().publish(temporary / "zh"));
  std::optional<Bundle> first = Bundle::open(temporary / "zh").value();
  const Bundle second = *first;
  first.reset();
  fs::remove_all(temporary / "zh");
  expect_small_bundle(second);
}

TEST(Bundle, ReportsFilesThatAreNotItsOwn) {
  TemporaryFolder temporary;
  Files files = small_files();
  files["notes.txt"] = "mine";
  write_folder(temporary / "zh", files);
  fs::create_directory(temporary / "zh/cache");
  EXPECT_THAT(Bundle::open(temporary / "zh")->unlisted(), ElementsAre("cache", "notes.txt"));
  EXPECT_THAT(open_embedded(files)->unlisted(), ElementsAre("notes.txt"));
}

TEST(Bundle, RefusesForeignFolders) {
  TemporaryFolder temporary;
  EXPECT_EQ(error_of(Bundle::open(temporary / "nothing")).code, ErrorCode::not_found);
  EXPECT_EQ(error_of(Bundle::open("")).code, ErrorCode::not_found);

  fs::create_directory(temporary / "empty");
  EXPECT_EQ(error_of(Bundle::open(temporary / "empty")).code, ErrorCode::unsupported);
  EXPECT_THAT(error_of(Bundle::open(temporary / "empty")).message, HasSubstr("empty"));

  write_folder(temporary / "bert", {{"config.json", "{}"}, {"model.safetensors", "x"}});
  EXPECT_EQ(error_of(Bundle::open(temporary / "bert")).code, ErrorCode::unsupported);
  EXPECT_THAT(error_of(Bundle::open(temporary / "bert")).message, HasSubstr("Hugging Face"));

  write_folder(temporary / "extension", {{"manifest.json", R"({"manifest_version": 3})"}});
  EXPECT_EQ(error_of(Bundle::open(temporary / "extension")).code, ErrorCode::unsupported);

  testing::write_raw(temporary / "file", "x");
  EXPECT_EQ(error_of(Bundle::open(temporary / "file")).code, ErrorCode::unsupported);
  EXPECT_THAT(error_of(Bundle::open(temporary / "file")).message, HasSubstr("found a file"));
  EXPECT_FALSE(Bundle::open(temporary / "file/below"));
  EXPECT_FALSE(Bundle::open("/dev/null"));
}

TEST(Bundle, RefusesANewerVersion) {
  Files files = small_files();
  files["manifest.json"] = replaced(files["manifest.json"], "\"format_version\": 1", "\"format_version\": 2");
  testing::refresh_digest(files);
  EXPECT_EQ(error_of(open_embedded(files)).code, ErrorCode::unsupported);
  files.erase("manifest.sha256");  // a newer version may do without it
  EXPECT_EQ(error_of(open_embedded(files)).code, ErrorCode::unsupported);
}

TEST(Bundle, RefusesMissingFiles) {
  const Files files = small_files();
  for (const auto& [name, content] : files) {
    TemporaryFolder temporary;
    Files incomplete = files;
    incomplete.erase(name);
    write_folder(temporary / "zh", incomplete);
    EXPECT_THAT(error_of(Bundle::open(temporary / "zh")).message, HasSubstr(name));
    EXPECT_THAT(error_of(open_embedded(incomplete)).message, HasSubstr(name));
  }
}

TEST(Bundle, RefusesLinksFoldersAndPipesInThePlaceOfFiles) {
  TemporaryFolder temporary;
  const Files files = small_files();
  write_folder(temporary / "zh", files);
  testing::write_raw(temporary / "elsewhere", files.at("vocabulary.txt"));
  const fs::path victim = temporary / "zh/vocabulary.txt";
  fs::remove(victim);
  fs::create_symlink(temporary / "elsewhere", victim);
  EXPECT_THAT(error_of(Bundle::open(temporary / "zh")).message, HasSubstr("symbolic link"));
  fs::remove(victim);
  fs::create_directory(victim);
  EXPECT_EQ(error_of(Bundle::open(temporary / "zh")).code, ErrorCode::corrupt);
  fs::remove(victim);
  ASSERT_EQ(::mkfifo(victim.c_str(), 0600), 0);  // opening it for reading would wait for ever
  EXPECT_EQ(error_of(Bundle::open(temporary / "zh")).code, ErrorCode::corrupt);
  fs::remove(victim);
  testing::write_raw(victim, files.at("vocabulary.txt"));
  EXPECT_TRUE(Bundle::open(temporary / "zh"));
  fs::create_directory_symlink(temporary / "zh", temporary / "current");  // the folder itself may be a link
  EXPECT_TRUE(Bundle::open(temporary / "current"));
}

TEST(Bundle, RefusesATraversingNameWithoutTouchingTheFile) {
  Files files = small_files();
  files["manifest.json"] = replaced(files["manifest.json"], "\"vocabulary.txt\"", "\"../vocabulary.txt\"");
  testing::refresh_digest(files);
  EXPECT_THAT(error_of(open_embedded(files)).message, HasSubstr("not a plain file name"));
}

TEST(Bundle, RefusesWrongSizesAndChecksums) {
  Files files = small_files();
  files["vocabulary.txt"] += "x";
  EXPECT_THAT(error_of(open_embedded(files)).message, HasSubstr("expected 8 bytes, found 9"));
  files["vocabulary.txt"] = "好\n好\n";
  EXPECT_THAT(error_of(open_embedded(files)).message, HasSubstr("checksum"));
  files = small_files();
  files["manifest.sha256"] = testing::digest_of("other") + "  manifest.json\n";
  EXPECT_THAT(error_of(open_embedded(files)).message, HasSubstr("manifest.sha256"));
}

TEST(Bundle, RefusesBrokenTensorsWhoseChecksumsAreRight) {
  Files files = small_files();
  files["svm.safetensors"].pop_back();
  testing::refresh_entry(files, "svm.safetensors");
  const Error error = error_of(open_embedded(files));
  EXPECT_EQ(error.code, ErrorCode::corrupt);
  EXPECT_THAT(error.message, HasSubstr("svm.safetensors"));
}

TEST(Bundle, RefusesAFileGivenTwice) {
  const Files files = small_files();
  std::vector<EmbeddedFile> embedded;
  for (const auto& [name, content] : files) embedded.push_back({name, std::as_bytes(std::span(content))});
  embedded.push_back(embedded[0]);
  EXPECT_EQ(error_of(Bundle::open(embedded, "embedded")).code, ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(Bundle::open(std::span<const EmbeddedFile>(), "nothing")).code, ErrorCode::not_found);
}

TEST(Bundle, NoticesEveryTruncation) {
  const Files files = small_files();
  for (const auto& [name, content] : files) {
    for (std::size_t size = 0; size < content.size(); ++size) {
      Files cut = files;
      cut[name].resize(size);
      EXPECT_FALSE(open_embedded(cut)) << name << " cut to " << size;
    }
  }
}

TEST(Bundle, NoticesEveryFlippedByte) {
  Files files = small_files();
  for (auto& [name, content] : files) {
    for (std::size_t i = 0; i < content.size(); ++i) {
      for (int mask : {1, 32, 128, 255}) {
        content[i] = static_cast<char>(content[i] ^ mask);
        EXPECT_FALSE(open_embedded(files)) << name << " byte " << i << " mask " << mask;
        content[i] = static_cast<char>(content[i] ^ mask);
      }
    }
  }
  EXPECT_TRUE(open_embedded(files));
}

// Somebody who changes a manifest and its checksum may get another bundle, but never a crash or a contradiction.
TEST(Bundle, SurvivesEveryChangeOfAManifestWithItsChecksum) {
  Files files = small_files();
  const std::string original = files["manifest.json"];
  for (std::size_t i = 0; i < original.size(); ++i) {
    for (char byte : {'"', '{', ']', '9', '-', ' ', '\0', '\xff'}) {
      files["manifest.json"] = original;
      files["manifest.json"][i] = byte;
      testing::refresh_digest(files);
      const auto bundle = open_embedded(files);
      EXPECT_TRUE(!bundle || to_json(bundle->manifest())) << i;
    }
  }
}

TEST(BundleWriter, WritesTheSameBytesForTheSameInput) {
  TemporaryFolder temporary;
  ASSERT_TRUE(small_writer().publish(temporary / "a"));
  ASSERT_TRUE(small_writer().publish(temporary / "b"));
  for (const auto& [name, content] : small_files()) {
    EXPECT_EQ(read_file(temporary / "a" / name).value(), content);
    EXPECT_EQ(read_file(temporary / "b" / name).value(), content);
  }
}

TEST(BundleWriter, RefusesBadNamesAndWantsAModelCard) {
  BundleWriter writer(testing::small_manifest());
  EXPECT_EQ(error_of(writer.add_file("manifest.json", "{}")).code, ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(writer.add_file("../x", "")).code, ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(writer.add_tensors("weights.bin", {})).code, ErrorCode::invalid_argument);
  ASSERT_TRUE(writer.add_tensors("svm.safetensors", {}));
  EXPECT_EQ(error_of(writer.add_tensors("svm.safetensors", {})).code, ErrorCode::invalid_argument);
  EXPECT_THAT(error_of(writer.build()).message, HasSubstr("MODEL_CARD.md"));
  ASSERT_TRUE(writer.add_file("MODEL_CARD.md", "#"));
  EXPECT_TRUE(writer.build());
}

TEST(BundleWriter, PublishesNothingThatDoesNotOpenOrPassTheCheck) {
  TemporaryFolder temporary;
  BundleWriter writer(testing::small_manifest());
  ASSERT_TRUE(writer.add_file("svm.safetensors", "short"));
  ASSERT_TRUE(writer.add_file("MODEL_CARD.md", "#"));
  EXPECT_EQ(error_of(writer.publish(temporary / "zh")).code, ErrorCode::corrupt);
  const Status refused = small_writer().publish(temporary / "zh", [](const Bundle& bundle) -> Status {
    return fail(ErrorCode::corrupt, bundle.manifest().name + " answers wrongly");
  });
  EXPECT_THAT(error_of(refused).message, HasSubstr("zh answers wrongly"));
  EXPECT_TRUE(fs::is_empty(temporary / ""));  // no temporary folder stays behind
}

TEST(BundleWriter, ReplacesAnOlderBundleAndNothingElse) {
  TemporaryFolder temporary;
  const fs::path target = temporary / "zh";
  fs::create_directory(target);
  ASSERT_TRUE(small_writer().publish(target));
  BundleWriter newer = small_writer();
  ASSERT_TRUE(newer.add_file("extra.txt", "new"));
  ASSERT_TRUE(newer.publish(target));
  EXPECT_EQ(Bundle::open(target)->text_file("extra.txt").value(), "new");

  testing::write_raw(target / "notes.txt", "mine");
  EXPECT_THAT(error_of(newer.publish(target)).message, HasSubstr("notes.txt"));
  EXPECT_EQ(read_file(target / "notes.txt").value(), "mine");

  write_folder(temporary / "photos", {{"a.jpg", "x"}});
  EXPECT_EQ(error_of(newer.publish(temporary / "photos")).code, ErrorCode::invalid_argument);
  EXPECT_TRUE(fs::exists(temporary / "photos/a.jpg"));
  EXPECT_EQ(error_of(newer.publish(temporary / "no/such/parent")).code, ErrorCode::io);
}

}  // namespace
}  // namespace tenor::bundle
