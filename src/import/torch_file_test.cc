#include "import/torch_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "base/file_system.h"
#include "import/pickle.h"
#include "import/zip_archive.h"

namespace tenor::import {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// Written by Python: tests/golden/torch/make.py.
std::string golden(const std::string& name) {
  return read_file(std::string(TENOR_SOURCE_DIR "/tests/golden/torch/") + name).value();
}

std::vector<float> floats(const bundle::TensorView& view) {
  std::vector<float> out(view.bytes.size() / sizeof(float));
  std::memcpy(out.data(), view.bytes.data(), view.bytes.size());
  return out;
}

std::string error_of(std::string_view file) {
  const auto parsed = TorchFile::parse(bytes_of(file));
  return parsed ? "" : parsed.error().message;
}

TEST(TorchFile, StateDictOfBothFormats) {
  for (const char* name : {"state_dict.bin", "state_dict_legacy.bin", "training.bin", "parameters.bin"}) {
    const std::string file = golden(name);
    const auto parsed = TorchFile::parse(bytes_of(file));
    ASSERT_TRUE(parsed) << name << ": " << parsed.error().message;
    const auto& weight = parsed->tensors().at("a.weight");
    EXPECT_EQ(weight.dtype, bundle::DType::f32);
    EXPECT_THAT(weight.shape, ElementsAre(2, 3));
    EXPECT_THAT(floats(weight), ElementsAre(0, 1, 2, 3, 4, 5)) << name;
    EXPECT_THAT(floats(parsed->tensors().at("a.bias")), ElementsAre(0.5f, -1.5f)) << name;
    if (std::string_view(name) == "parameters.bin") continue;
    EXPECT_EQ(parsed->tensors().at("position_ids").dtype, bundle::DType::i64);
    EXPECT_THAT(parsed->tensors().at("position_ids").shape, ElementsAre(1, 4));
  }
}

TEST(TorchFile, StridesAndSharedStorages) {
  for (const char* name : {"views.bin", "views_legacy.bin"}) {
    const std::string file = golden(name);
    const auto parsed = TorchFile::parse(bytes_of(file));
    ASSERT_TRUE(parsed) << name << ": " << parsed.error().message;
    const auto& tensors = parsed->tensors();
    EXPECT_THAT(tensors.at("t").shape, ElementsAre(6, 4));
    const auto transposed = floats(tensors.at("t"));
    for (std::size_t row = 0; row < 6; ++row) {
      for (std::size_t column = 0; column < 4; ++column) {
        EXPECT_EQ(transposed[row * 4 + column], static_cast<float>(column * 6 + row));
      }
    }
    EXPECT_THAT(floats(tensors.at("s")), ElementsAre(6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17));
    EXPECT_THAT(floats(tensors.at("c")), ElementsAre(2, 8, 14, 20));
    EXPECT_EQ(floats(tensors.at("all")).size(), 24u);
  }
}

TEST(TorchFile, HalfPrecision) {
  const std::string half = golden("half.bin");
  EXPECT_EQ(TorchFile::parse(bytes_of(half))->tensors().at("a.bias").dtype, bundle::DType::f16);
  const std::string bfloat = golden("bfloat16.bin");
  const auto parsed = TorchFile::parse(bytes_of(bfloat));
  const auto& bias = parsed->tensors().at("a.bias");
  EXPECT_EQ(bias.dtype, bundle::DType::bf16);
  EXPECT_EQ(std::to_integer<int>(bias.bytes[1]) << 8 | std::to_integer<int>(bias.bytes[0]), 0x3F00) << "0.5";
}

TEST(TorchFile, ObjectsAreNotMade) {
  EXPECT_THAT(error_of(golden("module.bin")), HasSubstr("not what torch.save makes of a state_dict()"));
}

TEST(TorchFile, DamageIsFound) {
  for (const char* name : {"state_dict.bin", "state_dict_legacy.bin", "views.bin"}) {
    const std::string file = golden(name);
    for (std::size_t size = 0; size < file.size(); ++size) {
      EXPECT_NE(error_of(std::string_view(file).substr(0, size)), "") << name << " cut after " << size;
    }
  }
  std::string file = golden("state_dict.bin");
  const std::string numbers("\x00\x00\x80\x3f\x00\x00\x00\x40", 8);  // 1.0, 2.0
  file[file.find(numbers)] = 1;
  EXPECT_THAT(error_of(file), HasSubstr("checksum of record"));
}

// Whatever single byte is changed, there is an answer within the file's memory, or an error.
TEST(TorchFile, EveryChangedByteIsSurvived) {
  for (const char* name : {"state_dict.bin", "state_dict_legacy.bin", "parameters.bin", "views.bin"}) {
    const std::string original = golden(name);
    for (std::size_t i = 0; i < original.size(); ++i) {
      for (const int change : {0x01, 0x80, 0xFF}) {
        std::string file = original;
        file[i] = static_cast<char>(file[i] ^ change);
        const auto parsed = TorchFile::parse(bytes_of(file));
        if (!parsed) continue;
        for (const auto& [tensor, view] : parsed->tensors()) {
          const int sum = std::accumulate(view.bytes.begin(), view.bytes.end(), 0, [](int total, std::byte byte) {
            return (total + std::to_integer<int>(byte)) & 0xFFFF;
          });
          EXPECT_GE(sum, 0) << tensor;
        }
      }
    }
  }
}

TEST(Pickle, NothingIsCalled) {
  const std::string bytes = std::string(
                                "\x80\x02"
                                "cos\nsystem\nX\x04") +
                            std::string(3, '\0') + "true\x85R.";
  const auto parsed = read_pickle(bytes_of(bytes));
  ASSERT_TRUE(parsed) << parsed.error().message;
  const PickleNode& call = (*parsed)[parsed->root];
  EXPECT_EQ(call.kind, PickleNode::Kind::call);
  EXPECT_EQ((*parsed)[call.callee].module, "os");
  EXPECT_EQ((*parsed)[call.callee].text, "system");
  EXPECT_THAT(error_of(bytes), HasSubstr("not what torch.save makes"));
}

TEST(Pickle, HostileInstructions) {
  EXPECT_FALSE(read_pickle(bytes_of("(0.")));     // nothing above the mark
  EXPECT_FALSE(read_pickle(bytes_of(".")));       // nothing at all
  EXPECT_FALSE(read_pickle(bytes_of("h\x05.")));  // never remembered
  EXPECT_FALSE(read_pickle(bytes_of("K\x01K\x02s.")));
  EXPECT_FALSE(read_pickle(bytes_of("t.")));
  EXPECT_FALSE(read_pickle(bytes_of("I1\n.")));  // protocol 0
  EXPECT_FALSE(read_pickle(bytes_of("r\xff\xff\xff\xff.")));
  EXPECT_EQ(read_pickle(bytes_of("\x8a\x02\xff\xff.")).value().nodes[0].integer, -1);
  const auto deep = read_pickle(bytes_of(std::string(1u << 20, ']') + std::string((1u << 20) - 1, 'a') + "."));
  ASSERT_TRUE(deep) << deep.error().message;  // a million lists in each other, and no recursion anywhere
  const auto cyclic = read_pickle(bytes_of(std::string("]q\0h\0a.", 7)));
  ASSERT_TRUE(cyclic) << cyclic.error().message;
  EXPECT_EQ(read_pickle(bytes_of(std::string(kMaxPickleNodes + 1, 'N') + ".")).error().code, ErrorCode::limit);
}

TEST(Zip, WhatIsNoArchive) {
  EXPECT_FALSE(looks_like_zip(bytes_of("PK")));
  EXPECT_FALSE(read_zip(bytes_of("")));
  EXPECT_FALSE(read_zip(bytes_of(std::string(100, 'x'))));
}

}  // namespace
}  // namespace tenor::import
