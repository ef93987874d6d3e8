#include "bundle/safetensors.h"

#include <gmock/gmock.h>

#include <cstring>
#include <limits>

#include "base/random.h"
#include "bundle/test_support.h"

namespace tenor::bundle {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

// A file with this header, not padded, and `data` bytes of zeros.
std::string file_with(const std::string& header, std::size_t data, std::uint64_t claimed) {
  std::string out;
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>((claimed >> shift) & 0xFF);
  return out + header + std::string(data, '\0');
}
std::string file_with(const std::string& header, std::size_t data) {
  return file_with(header, data, header.size());
}

Error parse_error(const std::string& file) {
  return error_of(SafeTensors::parse(bytes_of(file), "f"));
}

// A copy on a 64-byte boundary, as a mapped file is.
class Aligned {
 public:
  explicit Aligned(const std::string& content) : size_(content.size()), blocks_(content.size() / sizeof(Block) + 1) {
    std::memcpy(blocks_.data(), content.data(), size_);
  }
  std::span<const std::byte> bytes() const { return std::as_bytes(std::span(blocks_)).first(size_); }

 private:
  struct alignas(64) Block {
    char bytes[64];
  };
  std::size_t size_;
  std::vector<Block> blocks_;
};

TEST(SafeTensors, GivesBackWhatWasWritten) {
  const std::vector<float> floats = {1, 2, 3, 4, 5, 6};
  const std::vector<std::int8_t> codes = {-1, 0, 1};
  const std::vector<std::uint16_t> halves = {0x3C00};
  const std::vector<double> none;
  TensorSource half = tensor_source("half", {1}, halves);
  half.dtype = DType::f16;
  const auto file = write_safetensors({tensor_source("floats", {2, 3}, floats), tensor_source("codes", {3, 1}, codes),
                                       half, tensor_source("none", {0, 4}, none)},
                                      {{"made by", "测试"}});
  ASSERT_TRUE(file);
  const Aligned memory(*file);
  const auto read = SafeTensors::parse(memory.bytes(), "f");
  ASSERT_TRUE(read) << read.error();
  EXPECT_THAT(read->names(), ElementsAre("codes", "floats", "half", "none"));
  EXPECT_EQ(read->metadata().at("made by"), "测试");
  EXPECT_THAT(read->values<float>("floats", {2, 3}).value(), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(read->values<std::int8_t>("codes", {3, 1}).value(), ElementsAre(-1, 0, 1));
  EXPECT_EQ(read->get("half")->dtype, DType::f16);
  EXPECT_THAT(read->values<std::uint16_t>("half", {1}).value(), ElementsAre(0x3C00));
  EXPECT_TRUE(read->values<double>("none", {0, 4})->empty());
}

TEST(SafeTensors, ReadsABareFileOfTheFormat) {
  const std::string header =
      R"({"b":{"shape":[],"dtype":"I32","data_offsets":[4,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  const std::string file = file_with(header, 8);
  const auto read = SafeTensors::parse(bytes_of(file), "f");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->get("b")->bytes.size(), 4u);
  EXPECT_TRUE(read->get("b")->shape.empty());
}

TEST(SafeTensors, WritesTheSameBytesForTheSameTensorsInAnyOrder) {
  const std::vector<float> a(5, 1.0f);
  const std::vector<std::uint8_t> b(7, 2);
  const auto first = write_safetensors({tensor_source("a", {5}, a), tensor_source("b", {7}, b)});
  const auto second = write_safetensors({tensor_source("b", {7}, b), tensor_source("a", {5}, a)});
  EXPECT_EQ(first.value(), second.value());
}

TEST(SafeTensors, EveryTensorStartsAlignedForItsType) {
  Random random(7);
  for (int round = 0; round < 50; ++round) {
    const std::vector<double> numbers(64);
    std::vector<TensorSource> tensors;
    for (int i = 0; i < 12; ++i) {
      const auto dtype = static_cast<DType>(random.below(static_cast<int>(DType::f64) + 1));
      const std::size_t count = random.below(33);
      tensors.push_back(
          {"t" + std::to_string(i), dtype, {count}, std::as_bytes(std::span(numbers)).first(count * size_of(dtype))});
    }
    const Aligned memory(write_safetensors(tensors).value());
    const auto read = SafeTensors::parse(memory.bytes(), "f");
    ASSERT_TRUE(read) << read.error();
    for (const std::string& name : read->names()) {
      const TensorView view = read->get(name).value();
      const auto offset = static_cast<std::size_t>(view.bytes.data() - memory.bytes().data());
      EXPECT_EQ(offset % size_of(view.dtype), 0u);
      EXPECT_TRUE(view.bytes.size() % 64 != 0 || offset % 64 == 0);
    }
  }
}

TEST(SafeTensors, RefusesWrongTypesShapesAndNames) {
  const std::vector<float> a(6);
  const Aligned memory(write_safetensors({tensor_source("a", {2, 3}, a)}).value());
  const auto read = SafeTensors::parse(memory.bytes(), "weights").value();
  EXPECT_THAT(error_of(read.values<float>("a", {3, 2})).message, HasSubstr("expected shape [3, 2], found [2, 3]"));
  EXPECT_EQ(error_of(read.values<float>("a", {6})).code, ErrorCode::corrupt);
  EXPECT_THAT(error_of(read.values<std::int32_t>("a", {2, 3})).message, HasSubstr("F32"));
  EXPECT_EQ(error_of(read.values<float>("b", {2, 3})).code, ErrorCode::not_found);
  EXPECT_THAT(error_of(read.get("b")).message, HasSubstr("it holds \"a\""));
}

TEST(SafeTensors, NumbersThatAreNotAlignedAreAnErrorNotACrash) {
  const std::vector<float> a(6);
  const Aligned memory("x" + write_safetensors({tensor_source("a", {6}, a)}).value());
  const auto read = SafeTensors::parse(memory.bytes().subspan(1), "f").value();
  EXPECT_THAT(error_of(read.values<float>("a", {6})).message, HasSubstr("aligned"));
}

TEST(SafeTensors, WriterRefusesContradictions) {
  const std::vector<float> a(6);
  EXPECT_EQ(error_of(write_safetensors({tensor_source("a", {5}, a)})).code, ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(write_safetensors({tensor_source("", {6}, a)})).code, ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(write_safetensors({tensor_source("__metadata__", {6}, a)})).code, ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(write_safetensors({tensor_source("a", {6}, a), tensor_source("a", {6}, a)})).code,
            ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(write_safetensors({tensor_source("\xff", {6}, a)})).code, ErrorCode::invalid_argument);
  const std::size_t huge = std::numeric_limits<std::size_t>::max();
  EXPECT_EQ(error_of(write_safetensors({tensor_source("a", {huge, huge}, a)})).code, ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(write_safetensors({tensor_source("a", std::vector<std::size_t>(9, 1), a)})).code,
            ErrorCode::limit);
}

TEST(SafeTensors, RefusesBadLengths) {
  EXPECT_THAT(parse_error("").message, HasSubstr("at least 8 bytes, found 0"));
  EXPECT_THAT(parse_error("1234567").message, HasSubstr("found 7"));
  EXPECT_THAT(parse_error(file_with("{}", 0, 3)).message, HasSubstr("truncated"));
  EXPECT_EQ(parse_error(file_with("{}", 0, ~std::uint64_t{0})).code, ErrorCode::limit);
  EXPECT_EQ(parse_error(file_with("{}", 0, kMaxTensorHeaderBytes + 1)).code, ErrorCode::limit);
  EXPECT_EQ(parse_error(file_with("{}", 0, 0)).code, ErrorCode::corrupt);
  EXPECT_EQ(parse_error(file_with(" {}", 0)).code, ErrorCode::corrupt);
}

TEST(SafeTensors, RefusesBadHeaders) {
  const auto tensor = [](const std::string& fields) { return file_with("{\"a\":{" + fields + "}}", 8); };
  const std::string good = R"("dtype":"F32","shape":[2],"data_offsets":[0,8])";
  EXPECT_TRUE(SafeTensors::parse(bytes_of(tensor(good)), "f"));
  for (const char* fields : {
           R"("shape":[2],"data_offsets":[0,8])",
           R"("dtype":"F32","data_offsets":[0,8])",
           R"("dtype":"F32","shape":[2])",
           R"("dtype":32,"shape":[2],"data_offsets":[0,8])",
           R"("dtype":"F32","shape":[-2],"data_offsets":[0,8])",
           R"("dtype":"F32","shape":[2.0],"data_offsets":[0,8])",
           R"("dtype":"F32","shape":2,"data_offsets":[0,8])",
           R"("dtype":"F32","shape":[3],"data_offsets":[0,8])",
           R"("dtype":"F32","shape":[2],"data_offsets":[8,0])",
           R"("dtype":"F32","shape":[2],"data_offsets":[8,16])",
           R"("dtype":"F32","shape":[2],"data_offsets":[0,8,16])",
           R"("dtype":"F32","shape":[2],"data_offsets":[0])",
           R"("dtype":"F32","shape":[1],"data_offsets":[0,4])",
           R"("dtype":"F32","shape":[1],"data_offsets":[4,8])",
           R"("dtype":"U8","shape":[18446744073709551615,18446744073709551615],"data_offsets":[0,8])",
           R"("dtype":"F64","shape":[2305843009213693953],"data_offsets":[0,8])",
           R"("dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,8])",
           R"("dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,8])",
       }) {
    EXPECT_EQ(parse_error(tensor(fields)).code, ErrorCode::corrupt) << fields;
  }
  EXPECT_EQ(parse_error(tensor(R"("dtype":"F4","shape":[2],"data_offsets":[0,8])")).code, ErrorCode::unsupported);
  EXPECT_EQ(parse_error(tensor(R"("dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8])")).code,
            ErrorCode::limit);
  for (const char* header :
       {R"({"a":3})", R"({"a":null})", R"({"__metadata__":3})", R"({"__metadata__":{"x":1}})", "{\"a\":", "{}x"}) {
    EXPECT_EQ(parse_error(file_with(header, 0)).code, ErrorCode::corrupt) << header;
  }
  EXPECT_THAT(parse_error(file_with("{\"a\":{" + good + "},\"a\":{" + good + "}}", 8)).message, HasSubstr("twice"));
  EXPECT_THAT(parse_error(file_with("{\"a\":" + std::string(1 << 20, '['), 0)).message, HasSubstr("deep"));
}

TEST(SafeTensors, RefusesOverlapsAndHoles) {
  const auto two = [](const std::string& first, const std::string& second, std::size_t data) {
    return file_with(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)" + first +
                         R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)" + second + "}}",
                     data);
  };
  EXPECT_TRUE(SafeTensors::parse(bytes_of(two("[4,8]", "[0,4]", 8)), "f"));
  for (const auto& file : {two("[0,4]", "[0,4]", 4), two("[0,4]", "[2,6]", 6), two("[0,4]", "[5,9]", 9),
                           two("[1,5]", "[5,9]", 9), two("[0,4]", "[4,8]", 9), file_with("{}", 1)}) {
    EXPECT_EQ(parse_error(file).code, ErrorCode::corrupt) << file.substr(8);
  }
}

TEST(SafeTensors, SurvivesEveryTruncationAndFlip) {
  const std::vector<float> a(3, 1.0f);
  const std::vector<std::uint8_t> b(5, 9);
  const std::string file =
      write_safetensors({tensor_source("a", {3}, a), tensor_source("b", {5}, b)}, {{"k", "v"}}).value();
  for (std::size_t size = 0; size < file.size(); ++size) {
    const std::string cut = file.substr(0, size);
    EXPECT_FALSE(SafeTensors::parse(bytes_of(cut), "f")) << size;
  }
  EXPECT_FALSE(SafeTensors::parse(bytes_of(file + "x"), "f"));
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (int mask : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
      std::string flipped = file;
      flipped[i] = static_cast<char>(flipped[i] ^ mask);
      const auto read = SafeTensors::parse(bytes_of(flipped), "f");
      if (!read) continue;
      for (const std::string& name : read->names()) {  // whatever still opens is consistent
        const TensorView view = read->get(name).value();
        EXPECT_EQ(element_count(view.shape).value() * size_of(view.dtype), view.bytes.size());
      }
    }
  }
}

TEST(Tensor, NamesOfTypesGoBothWays) {
  for (int i = 0; i <= static_cast<int>(DType::f64); ++i) {
    EXPECT_EQ(parse_dtype(to_string(static_cast<DType>(i))), static_cast<DType>(i));
  }
  EXPECT_FALSE(parse_dtype("f32"));
  EXPECT_EQ(size_of(DType::bf16), 2u);
  EXPECT_EQ(dtype_of<std::uint8_t>(), DType::u8);
  EXPECT_EQ(dtype_of<std::uint16_t>(), DType::u16);
}

TEST(Tensor, CountsElementsWithoutOverflow) {
  const std::size_t huge = std::size_t{1} << 40;
  EXPECT_EQ(element_count(std::vector<std::size_t>{}), 1u);
  EXPECT_EQ(element_count(std::vector<std::size_t>{2, 3}), 6u);
  EXPECT_EQ(element_count(std::vector<std::size_t>{huge, huge}), std::nullopt);
  EXPECT_EQ(element_count(std::vector<std::size_t>{huge, huge, 0}), 0u);
}

}  // namespace
}  // namespace tenor::bundle
