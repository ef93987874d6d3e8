#include "experts/encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <map>
#include <random>

#include "experts/encoder_test_support.h"

namespace tenor::experts {
namespace {

using testing::EncoderBundle;
using testing::FloatTensors;
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

// A group of rows for each of 19 tasks; groups cross the panels of 16 outputs.
EncoderConfig query_config() {
  EncoderConfig config = small_config();
  config.pooler = Pooler::none;
  config.pooling = Pooling::queries;
  config.outputs = 75;
  config.group_outputs = {3};
  config.group_outputs.resize(19, 4);
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
  out.push_back(query_config());
  EncoderConfig wide = query_config();
  wide.hidden = 35;
  wide.heads = 5;
  wide.layers = 1;
  wide.outputs = 21;
  wide.group_outputs = {1, 18, 2};
  out.push_back(wide);
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

RandomBatch alone(const EncoderConfig& config, const RandomBatch& batch, std::size_t text) {
  RandomBatch out(config, {}, 0);
  out.ids.assign(batch.ids.begin() + batch.begins[text], batch.ids.begin() + batch.begins[text + 1]);
  out.begins.push_back(static_cast<std::uint32_t>(out.ids.size()));
  return out;
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
  for (const EncoderConfig& config : {small_config(), query_config()}) {
    const EncoderBundle bundle(config, random_encoder_tensors(config, 5));
    std::vector<std::size_t> lengths;
    for (std::size_t i = 0; i < 257; ++i) lengths.push_back(1 + i * 37 % 70);
    const RandomBatch batch(config, lengths, 6);
    for (const Precision precision : {Precision::int8, Precision::bf16, Precision::f32}) {
      const auto encoder = bundle.open({precision, nullptr});
      const auto together = answer(*encoder, batch);
      for (std::size_t t = 0; t < lengths.size(); ++t) {
        ASSERT_TRUE(same_bits(answer(*encoder, alone(config, batch, t)),
                              std::span(together).subspan(t * config.outputs, config.outputs)))
            << to_string(precision) << " text " << t;
      }
    }
  }
}

TEST(EncoderTest, WhatNobodyWantsIsNotWorkedOutAndChangesNothing) {
  const EncoderConfig config = query_config();
  const EncoderBundle bundle(config, random_encoder_tensors(config, 15));
  const RandomBatch batch(config, {1, 16, 33, 128}, 16);
  for (const Precision precision : {Precision::int8, Precision::f32}) {
    const auto encoder = bundle.open({precision, nullptr});
    const auto all = answer(*encoder, batch);
    ThreadTeam team(2);
    std::vector<EncoderScratch> scratches(2);
    for (const std::size_t wanted : {std::size_t{1}, std::size_t{3}, std::size_t{4}, config.outputs}) {
      const std::size_t answered = wanted <= 3 ? 3 : wanted == 4 ? 7 : config.outputs;  // whole groups
      std::vector<float> some(all.size(), 9.0f), shared(all.size(), 9.0f);
      EncoderScratch scratch;
      encoder->forward(batch.view(), scratch, some, wanted);
      encoder->forward(batch.view(), team, scratches, shared, wanted);
      for (std::size_t i = 0; i < all.size(); ++i) {
        ASSERT_EQ(some[i], i % config.outputs < answered ? all[i] : 0) << wanted << " wanted, output " << i;
      }
      EXPECT_TRUE(same_bits(some, shared));
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
  for (const EncoderConfig& config : {small_config(), query_config()}) {
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

TEST(EncoderTest, BadPoolingIsRefused) {
  const auto error = [](const EncoderConfig& config, const auto& edit) {
    bundle::JsonObject settings;
    write_encoder_config(config, settings);
    edit(settings);
    const auto read = read_encoder_config(settings);
    return read ? std::string("NO ERROR") : read.error().message;
  };
  const EncoderConfig config = query_config();
  bundle::JsonObject written;
  write_encoder_config(config, written);
  EXPECT_EQ(read_encoder_config(written), config);
  const auto groups = [](std::vector<double> counts) {
    return [counts](bundle::JsonObject& settings) { settings.set("group_outputs", counts); };
  };
  EXPECT_THAT(error(config, groups({70, 4})), HasSubstr("add up to the 75 outputs, found 2 groups of 74"));
  EXPECT_THAT(error(config, groups({75, 0})), HasSubstr("whole numbers from 1 on"));
  EXPECT_THAT(error(config, groups({74.5, 0.5})), HasSubstr("whole numbers from 1 on"));
  EXPECT_THAT(error(config, groups({})), HasSubstr("group_outputs"));
  EXPECT_THAT(error(config, [](auto& settings) { settings.set("pooler", "tanh"); }), HasSubstr("pooler 'none'"));
  EXPECT_THAT(error(config, [](auto& settings) { settings.set("pooling", "mean"); }), HasSubstr("first, queries"));
  EXPECT_THAT(error(small_config(), groups({3})), HasSubstr("pooling 'queries'"));
  EXPECT_THAT(error(small_config(), [](auto& settings) { settings.set("pooling", "queries"); }),
              HasSubstr("group_outputs"));
  EncoderConfig zero = config;
  zero.group_outputs = {75, 0};
  EXPECT_FALSE(validate(zero));
}

TEST(EncoderTest, PoolingNeedsItsQueries) {
  const EncoderConfig config = query_config();
  const auto tensors = random_encoder_tensors(config, 11);
  auto sources = testing::float_sources(config, tensors);
  std::erase_if(sources, [](const auto& s) { return s.name == kPoolingQueries; });
  const auto opened = EncoderBundle(config, std::move(sources)).open({});
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("pooling.queries"));
}

// Views of an int8 bundle's tensors, for as long as `tensors` lives; `kept` products stay floats, and all others are
// smoothed where `smooth` says so.
class Int8Sources {
 public:
  Int8Sources(const EncoderConfig& config, FloatTensors&& tensors, const std::vector<std::string>& kept = {},
              bool smooth = false) = delete;
  Int8Sources(const EncoderConfig& config, const FloatTensors& tensors, const std::vector<std::string>& kept = {},
              bool smooth = false)
      : sources_(testing::float_sources(config, tensors)) {
    std::mt19937 random(99);
    for (const EncoderTensor& product : encoder_products(config)) {
      if (std::find(kept.begin(), kept.end(), product.name) != kept.end()) continue;
      std::erase_if(sources_, [&](const auto& s) { return s.name == product.name + ".weight"; });
      std::vector<float> weights = tensors.at(product.name + ".weight");
      if (smooth) smooth_inputs(product, random, weights);
      add(product, quantize_matrix(weights, product.shape[1]));
    }
  }

  const std::vector<bundle::TensorSource>& sources() const { return sources_; }
  Int8Matrix& matrix(std::size_t product) { return matrices_[product]; }

 private:
  void smooth_inputs(const EncoderTensor& product, std::mt19937& random, std::vector<float>& weights) {
    std::uniform_real_distribution<float> factors(0.5f, 2.0f);
    std::vector<float>& smooth = smooth_.emplace_back();
    for (std::size_t i = 0; i < product.shape[1]; ++i) smooth.push_back(factors(random));
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] /= smooth[i % smooth.size()];
    sources_.push_back(bundle::tensor_source(Int8TensorNames(product.name).smooth, {smooth.size()}, smooth));
  }
  void add(const EncoderTensor& product, Int8Matrix made) {
    const Int8Matrix& matrix = matrices_.emplace_back(std::move(made));
    const Int8TensorNames names(product.name);
    const std::size_t padded = kernels::round_up(product.shape[0], 16);
    sources_.push_back(
        bundle::tensor_source(names.packed, {padded, kernels::round_up(product.shape[1], 4)}, matrix.packed));
    sources_.push_back(bundle::tensor_source(names.scales, {padded}, matrix.scales));
    sources_.push_back(bundle::tensor_source(names.sums, {padded}, matrix.sums));
  }

  std::vector<bundle::TensorSource> sources_;
  std::deque<Int8Matrix> matrices_;
  std::deque<std::vector<float>> smooth_;
};

TEST(EncoderTest, Int8BundlesRunAsInt8Only) {
  const EncoderConfig config = small_config();
  const auto tensors = random_encoder_tensors(config, 12);
  Int8Sources sources(config, tensors);
  const EncoderBundle stored(config, sources.sources());
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
  sources.matrix(0).packed[5] = -128;
  const auto damaged = EncoderBundle(config, sources.sources()).open({});
  ASSERT_FALSE(damaged);
  EXPECT_THAT(damaged.error().message, HasSubstr("-128"));
}

TEST(EncoderTest, ProductsThatAnInt8BundleKeepsAsFloatsRunInF32) {
  const EncoderConfig config = small_config();
  const auto tensors = random_encoder_tensors(config, 14);
  std::vector<std::string> all_but_one;
  for (const EncoderTensor& product : encoder_products(config)) all_but_one.push_back(product.name);
  all_but_one.pop_back();
  const EncoderBundle mixed(config, Int8Sources(config, tensors, all_but_one).sources());
  const auto encoder = mixed.open({});
  ASSERT_TRUE(encoder) << encoder.error().message;
  EXPECT_EQ(encoder->precision(), Precision::int8);
  const ReferenceEncoder reference(config, tensors);
  const RandomBatch batch(config, {1, 30, 64}, 15);
  const double mixed_error = largest_difference(*encoder, reference, batch);
  const EncoderBundle whole(config, Int8Sources(config, tensors).sources());
  EXPECT_LT(mixed_error, largest_difference(*whole.open({}), reference, batch));
  EXPECT_GT(mixed_error, 1e-5) << "one product is int8";
  EXPECT_FALSE(mixed.open({Precision::bf16, nullptr}));
}

TEST(EncoderTest, SmoothingAndMixedPrecisionDependOnNeitherInstructionSetNorBatchNorThreads) {
  for (const EncoderConfig& config : configs()) {
    const std::string first = layer_prefix(config, 0), last = layer_prefix(config, config.layers - 1);
    const auto tensors = random_encoder_tensors(config, 16);
    const Int8Sources sources(config, tensors, {first + "up", last + "qkv"}, true);
    const EncoderBundle bundle(config, sources.sources());
    const std::vector<std::size_t> lengths = {1, 5, 16, 33, 128, 70, 2, 2, 9};
    const RandomBatch batch(config, lengths, 17);
    const auto scalar = bundle.open({{}, kernels::find_kernels(kernels::Isa::scalar)});
    ASSERT_TRUE(scalar) << scalar.error().message;
    const auto truth = answer(*scalar, batch);
    for (const kernels::Isa isa : kernels::available_isas()) {
      const auto encoder = bundle.open({{}, kernels::find_kernels(isa)});
      ASSERT_TRUE(encoder) << encoder.error().message;
      EXPECT_TRUE(same_bits(truth, answer(*encoder, batch))) << kernels::to_string(isa);
      for (std::size_t t = 0; t < lengths.size(); ++t) {
        EXPECT_TRUE(same_bits(answer(*encoder, alone(config, batch, t)),
                              std::span(truth).subspan(t * config.outputs, config.outputs)))
            << kernels::to_string(isa) << " text " << t;
      }
      ThreadTeam team(2);
      std::vector<EncoderScratch> scratches(2);
      std::vector<float> logits(truth.size());
      encoder->forward(batch.view(), team, scratches, logits);
      EXPECT_TRUE(same_bits(truth, logits)) << kernels::to_string(isa) << ", two threads";
    }
  }
}

TEST(EncoderTest, ObserversHearOfTheRowsThatProductsRead) {
  EncoderConfig config = small_config();
  config.layers = 3;
  const EncoderBundle bundle(config, random_encoder_tensors(config, 18));
  const auto encoder = bundle.open({});
  const RandomBatch batch(config, {4, 30}, 19);
  std::map<std::string, std::size_t> rows;
  const RowObserver observer = [&](const ProductWeights& product, const kernels::Rows& heard) {
    rows[product.name()] += heard.rows;
    EXPECT_EQ(heard.columns, product.matrix().inputs) << product.name();
  };
  EncoderScratch scratch;
  std::vector<float> logits(2 * config.outputs);
  encoder->observe(batch.view(), scratch, observer, logits);
  EXPECT_TRUE(same_bits(logits, answer(*encoder, batch)));
  EXPECT_EQ(rows.size(), 12u);
  EXPECT_EQ(rows["layers.0.qkv"], 34u);
  EXPECT_EQ(rows["layers.1.down"], 34u);
  EXPECT_EQ(rows["layers.2.qkv"], 34u + 2) << "the first tokens' queries apart";
  EXPECT_EQ(rows["layers.2.up"], 2u);
}

}  // namespace
}  // namespace tenor::experts
