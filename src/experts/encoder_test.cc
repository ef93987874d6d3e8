#include "experts/encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "experts/encoder_test_support.h"

namespace tenor::experts {
namespace {

using testing::EncoderBundle;
using ::testing::HasSubstr;
using testing::random_encoder_tensors;
using testing::RandomBatch;
using testing::ReferenceEncoder;

EncoderConfig small_config() {
  EncoderConfig config;
  config.vocabulary = 101;
  config.hidden = 52;  // heads of 26
  config.layers = 2;
  config.heads = 2;
  config.ffn = 100;
  config.positions = 200;
  config.types = 2;
  config.outputs = 3;
  return config;
}

// Families in small: what differs among them.
std::vector<EncoderConfig> configs() {
  std::vector<EncoderConfig> out = {small_config()};
  EncoderConfig roberta = small_config();
  roberta.position_offset = 2;
  roberta.types = 1;
  roberta.layer_norm_epsilon = 1e-5;
  roberta.outputs = 75;
  out.push_back(roberta);
  EncoderConfig distil = small_config();
  distil.types = 0;
  distil.pooler = Pooler::relu;
  distil.hidden = 64;
  distil.heads = 1;
  out.push_back(distil);
  EncoderConfig odd = small_config();
  odd.hidden = 35;
  odd.heads = 5;
  odd.ffn = 17;
  odd.layers = 3;
  odd.activation = Activation::gelu_tanh;
  odd.pooler = Pooler::none;
  odd.outputs = 2;
  out.push_back(odd);
  EncoderConfig shared = small_config();
  shared.shared_layers = true;
  shared.layers = 4;
  shared.activation = Activation::relu;
  out.push_back(shared);
  EncoderConfig single = small_config();
  single.layers = 1;
  out.push_back(single);
  return out;
}

std::vector<float> answer(const Encoder& encoder, const RandomBatch& batch) {
  EncoderScratch scratch;
  std::vector<float> logits(batch.view().texts() * encoder.config().outputs);
  encoder.forward(batch.view(), scratch, logits);
  return logits;
}

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

double largest_difference(const Encoder& encoder, const ReferenceEncoder& reference, const RandomBatch& batch) {
  const auto logits = answer(encoder, batch);
  const std::size_t outputs = encoder.config().outputs;
  double largest = 0;
  for (std::size_t t = 0; t < batch.view().texts(); ++t) {
    const auto expected =
        reference.logits(std::span(batch.ids).subspan(batch.begins[t], batch.begins[t + 1] - batch.begins[t]));
    for (std::size_t o = 0; o < outputs; ++o) {
      largest = std::max(largest, std::fabs(expected[o] - double{logits[t * outputs + o]}));
    }
  }
  return largest;
}

TEST(EncoderTest, FloatsFollowTheReferenceInDouble) {
  for (const EncoderConfig& config : configs()) {
    const auto tensors = random_encoder_tensors(config, 1);
    const EncoderBundle bundle(config, tensors);
    const ReferenceEncoder reference(config, tensors);
    const RandomBatch batch(config, {1, 2, 17, 40, 198}, 2);
    // A layer's products round sums of at most ffn terms; normalisation keeps states, and with them errors, of size
    // one. Errors of independent roundings add up as their root.
    const double roundings = static_cast<double>(config.layers) * 4;
    const double terms = static_cast<double>(std::max(config.hidden, config.ffn));
    for (const Precision precision : {Precision::f32, Precision::bf16}) {
      const double unit = precision == Precision::f32 ? 0x1p-24 : 0x1p-9;
      const double bound = 8 * unit * std::sqrt(roundings * (precision == Precision::f32 ? terms : 4));
      for (const kernels::Isa isa : kernels::available_isas()) {
        const auto encoder = bundle.open({precision, kernels::find_kernels(isa)});
        ASSERT_TRUE(encoder) << encoder.error().message;
        EXPECT_LT(largest_difference(*encoder, reference, batch), bound)
            << to_string(precision) << " " << kernels::to_string(isa) << " hidden " << config.hidden;
      }
    }
  }
}

TEST(EncoderTest, Int8IsCloseToTheReference) {
  for (const EncoderConfig& config : configs()) {
    const auto tensors = random_encoder_tensors(config, 1);
    const EncoderBundle bundle(config, tensors);
    const auto encoder = bundle.open({Precision::int8, nullptr});
    ASSERT_TRUE(encoder);
    EXPECT_LT(largest_difference(*encoder, ReferenceEncoder(config, tensors), RandomBatch(config, {1, 30, 64}, 2)),
              0.15)
        << config.hidden;
  }
}

TEST(EncoderTest, EveryInstructionSetGivesTheSameBits) {
  for (const EncoderConfig& config : configs()) {
    const EncoderBundle bundle(config, random_encoder_tensors(config, 3));
    const RandomBatch batch(config, {1, 5, 16, 33, 128, 198}, 4);
    for (const Precision precision : {Precision::int8, Precision::f32}) {
      const auto truth = answer(*bundle.open({precision, kernels::find_kernels(kernels::Isa::scalar)}), batch);
      for (const kernels::Isa isa : kernels::available_isas()) {
        EXPECT_TRUE(same_bits(truth, answer(*bundle.open({precision, kernels::find_kernels(isa)}), batch)))
            << to_string(precision) << " " << kernels::to_string(isa);
      }
    }
  }
}

TEST(EncoderTest, ATextsAnswerDoesNotDependOnItsBatch) {
  const EncoderConfig config = small_config();
  const EncoderBundle bundle(config, random_encoder_tensors(config, 5));
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < 257; ++i) lengths.push_back(1 + i * 37 % 70);
  const RandomBatch batch(config, lengths, 6);
  for (const Precision precision : {Precision::int8, Precision::bf16, Precision::f32}) {
    const auto encoder = bundle.open({precision, nullptr});
    const auto together = answer(*encoder, batch);
    for (std::size_t t = 0; t < lengths.size(); ++t) {
      RandomBatch alone(config, {}, 0);
      alone.ids.assign(batch.ids.begin() + batch.begins[t], batch.ids.begin() + batch.begins[t + 1]);
      alone.begins.push_back(static_cast<std::uint32_t>(alone.ids.size()));
      ASSERT_TRUE(same_bits(answer(*encoder, alone), std::span(together).subspan(t * 3, 3)))
          << to_string(precision) << " text " << t;
    }
  }
}

TEST(EncoderTest, ThreadsDoNotChangeAnswers) {
  for (const EncoderConfig& config : configs()) {
    const EncoderBundle bundle(config, random_encoder_tensors(config, 7));
    for (const auto& lengths : std::vector<std::vector<std::size_t>>{
             {1}, {2}, {3}, {40}, {198}, {30, 5}, {1, 1, 1}, {50, 1, 60}, std::vector<std::size_t>(40, 23)}) {
      const RandomBatch batch(config, lengths, 8);
      for (const Precision precision : {Precision::int8, Precision::f32}) {
        const auto encoder = bundle.open({precision, nullptr});
        const auto expected = answer(*encoder, batch);
        for (const std::size_t threads : {1u, 2u, 3u}) {
          ThreadTeam team(threads);
          std::vector<EncoderScratch> scratches(threads);
          std::vector<float> logits(expected.size());
          for (int again = 0; again < 3; ++again) {
            encoder->forward(batch.view(), team, scratches, logits);
            ASSERT_TRUE(same_bits(expected, logits)) << threads << " threads, " << lengths.size() << " texts";
          }
        }
      }
    }
  }
}

TEST(EncoderTest, ScratchStopsGrowingAndStaysBelowItsBound) {
  const EncoderConfig config = small_config();
  const EncoderBundle bundle(config, random_encoder_tensors(config, 9));
  const auto encoder = bundle.open({});
  EncoderScratch scratch;
  std::vector<std::size_t> lengths = {198, 7, 1};
  lengths.resize(300, 1);
  const RandomBatch batch(config, lengths, 10);
  std::vector<float> logits(batch.view().texts() * config.outputs);
  encoder->forward(batch.view(), scratch, logits);
  const std::size_t warm = scratch.bytes();
  EXPECT_LE(warm, encoder->scratch_bytes());
  const float* buffer = scratch.hidden.data();
  encoder->forward(batch.view(), scratch, logits);
  EXPECT_EQ(scratch.bytes(), warm);
  EXPECT_EQ(scratch.hidden.data(), buffer);
}

TEST(EncoderTest, BrokenBundlesAreRefused) {
  const EncoderConfig config = small_config();
  const auto tensors = random_encoder_tensors(config, 11);
  const auto error = [&](auto edit) {
    auto sources = testing::float_sources(config, tensors);
    edit(sources);
    const auto opened = EncoderBundle(config, std::move(sources)).open({});
    return opened ? std::string("NO ERROR") : opened.error().message;
  };
  EXPECT_THAT(
      error([](auto& sources) { std::erase_if(sources, [](auto& s) { return s.name == "layers.1.up.bias"; }); }),
      HasSubstr("layers.1.up.bias"));
  EXPECT_THAT(error([](auto& sources) {
                for (auto& s : sources) {
                  if (s.name == "layers.0.qkv.weight") std::swap(s.shape[0], s.shape[1]);
                }
              }),
              HasSubstr("[156, 52]"));
  std::vector<float> nan(52, std::nanf(""));
  EXPECT_THAT(error([&](auto& sources) {
                for (auto& s : sources) {
                  if (s.name == "embeddings.norm.weight") s.bytes = std::as_bytes(std::span(nan));
                }
              }),
              HasSubstr("not finite"));
}

TEST(EncoderTest, Int8BundlesRunAsInt8Only) {
  const EncoderConfig config = small_config();
  const auto tensors = random_encoder_tensors(config, 12);
  auto sources = testing::float_sources(config, tensors);
  std::vector<Int8Matrix> kept;
  kept.reserve(encoder_products(config).size());
  for (const EncoderTensor& product : encoder_products(config)) {
    std::erase_if(sources, [&](const auto& s) { return s.name == product.name + ".weight"; });
    kept.push_back(quantize_matrix(tensors.at(product.name + ".weight"), product.shape[1]));
    const Int8TensorNames names(product.name);
    const std::size_t padded = kernels::round_up(product.shape[0], 16);
    sources.push_back(
        bundle::tensor_source(names.packed, {padded, kernels::round_up(product.shape[1], 4)}, kept.back().packed));
    sources.push_back(bundle::tensor_source(names.scales, {padded}, kept.back().scales));
    sources.push_back(bundle::tensor_source(names.sums, {padded}, kept.back().sums));
  }
  const EncoderBundle stored(config, sources);
  const auto encoder = stored.open({});
  ASSERT_TRUE(encoder) << encoder.error().message;
  EXPECT_EQ(encoder->precision(), Precision::int8);
  const RandomBatch batch(config, {3, 50}, 13);
  const EncoderBundle floats(config, tensors);
  EXPECT_TRUE(same_bits(answer(*encoder, batch), answer(*floats.open({Precision::int8, nullptr}), batch)))
      << "quantised at load, or before";
  const auto refused = stored.open({Precision::f32, nullptr});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("int8"));
  kept[0].packed[5] = -128;
  const auto damaged = EncoderBundle(config, sources).open({});
  ASSERT_FALSE(damaged);
  EXPECT_THAT(damaged.error().message, HasSubstr("-128"));
}

}  // namespace
}  // namespace tenor::experts
