// Logits of encoders beside libtorch's in float64.
//
// The bounds are derived from how the arithmetic rounds, not from what is found. Every step of the reference is
// perturbed at random by as much as the precision's roundings may do there: float32 errs by up to 2^-24 of a result
// (Higham 2002, 2.2), a sum of n terms by the root of n such errors of independent signs (Higham and Mary 2019), bf16
// by up to 2^-9 of each number that a product reads. How that spreads to the logits is sampled (Monte Carlo
// arithmetic: Parker 1997), which counts what layers amplify and normalisations damp. Eight standard deviations are the
// bound: of a million normal numbers none is expected beyond five.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "experts/encoder_test_support.h"
#include "torch_encoder.h"

namespace tenor::parity {
namespace {

using experts::Encoder;
using experts::EncoderConfig;
using experts::Precision;
using experts::testing::EncoderBundle;
using experts::testing::RandomBatch;

EncoderConfig tiny() {
  EncoderConfig config;
  config.vocabulary = 21128;
  config.hidden = 312;
  config.layers = 4;
  config.heads = 12;  // of 26
  config.ffn = 1200;
  config.positions = 512;
  config.types = 2;
  config.outputs = 75;
  return config;
}

EncoderConfig base() {
  EncoderConfig config = tiny();
  config.hidden = 768;
  config.layers = 2;
  config.ffn = 3072;
  config.position_offset = 2;
  config.positions = 514;
  config.types = 1;
  config.layer_norm_epsilon = 1e-5;
  return config;
}

// Pooled by a query a task, as encoders trained here are.
EncoderConfig queries() {
  EncoderConfig config = tiny();
  config.vocabulary = 8000;
  config.hidden = 256;
  config.heads = 4;
  config.ffn = 1024;
  config.types = 1;
  config.pooler = experts::Pooler::none;
  config.pooling = experts::Pooling::queries;
  config.group_outputs = {3};
  config.group_outputs.resize(19, 4);
  return config;
}

// A model, its bundle and its reference.
struct Model {
  explicit Model(const EncoderConfig& shape)
      : config(shape),
        tensors(experts::testing::random_encoder_tensors(config, 1)),
        bundle(config, tensors),
        reference(config, tensors) {}

  EncoderConfig config;
  FloatTensors tensors;
  EncoderBundle bundle;
  TorchEncoder reference;
};

const Model& tiny_model() {
  static const Model model(tiny());
  return model;
}

const Model& base_model() {
  static const Model model(base());
  return model;
}

const Model& query_model() {
  static const Model model(queries());
  return model;
}

std::span<const std::int32_t> text(const RandomBatch& batch, std::size_t t) {
  return std::span(batch.ids).subspan(batch.begins[t], batch.begins[t + 1] - batch.begins[t]);
}

std::vector<double> reference_logits(const TorchEncoder& reference, const RandomBatch& batch,
                                     const Perturbation& perturbation = {}) {
  std::vector<double> out;
  for (std::size_t t = 0; t < batch.view().texts(); ++t) {
    Perturbation own = perturbation;
    own.seed += static_cast<unsigned>(t);
    const auto logits = reference.logits(text(batch, t), own);
    out.insert(out.end(), logits.begin(), logits.end());
  }
  return out;
}

std::vector<float> answer(const Encoder& encoder, const experts::TokenBatch& batch) {
  experts::EncoderScratch scratch;
  std::vector<float> logits(batch.texts() * encoder.config().outputs);
  encoder.forward(batch, scratch, logits);
  return logits;
}

template <class A>
double root_mean_square(const std::vector<A>& a, const std::vector<double>& b) {
  double total = 0;
  for (std::size_t i = 0; i < a.size(); ++i) total += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
  return std::sqrt(total / static_cast<double>(a.size()));
}

double largest(const std::vector<float>& a, const std::vector<double>& b) {
  double out = 0;
  for (std::size_t i = 0; i < a.size(); ++i) out = std::max(out, std::fabs(double{a[i]} - b[i]));
  return out;
}

// Standard deviation of the errors of a text's logits, by the model of this file's beginning: the largest of a few
// texts'.
double expected_error(const TorchEncoder& reference, const EncoderConfig& config, Perturbation perturbation) {
  constexpr unsigned kSamples = 2;
  double most = 0;
  for (const std::size_t length : {1u, 13u, 40u}) {
    const RandomBatch batch(config, {length}, 77);
    const auto exact = reference_logits(reference, batch);
    double total = 0;
    for (unsigned sample = 0; sample < kSamples; ++sample) {
      perturbation.seed = sample + 1;
      total += std::pow(root_mean_square(reference_logits(reference, batch, perturbation), exact), 2);
    }
    most = std::max(most, std::sqrt(total / kSamples));
  }
  return most;
}

constexpr Perturbation kFloat32{0x1p-24, 0, 0};
constexpr Perturbation kBf16{0x1p-24, 0x1p-9, 0};

// The tables that multiply floats and bf16 in ways of their own; the scalar one, slow here, equals them elsewhere.
std::vector<kernels::Isa> fast_isas() {
  auto out = kernels::available_isas();
  if (out.size() > 1) out.erase(out.begin());
  return out;
}

void expect_parity(const Model& model, const std::vector<std::size_t>& lengths) {
  const RandomBatch batch(model.config, lengths, 2);
  const auto exact = reference_logits(model.reference, batch);
  for (const Precision precision : {Precision::f32, Precision::bf16}) {
    const bool f32 = precision == Precision::f32;
    const double deviation = expected_error(model.reference, model.config, f32 ? kFloat32 : kBf16);
    EXPECT_LT(8 * deviation, f32 ? 1e-4 : 0.3) << "a bound that says nothing";
    for (const kernels::Isa isa : fast_isas()) {
      const auto encoder = model.bundle.open({precision, kernels::find_kernels(isa)});
      ASSERT_TRUE(encoder) << encoder.error().message;
      const auto ours = answer(*encoder, batch.view());
      EXPECT_LT(largest(ours, exact), 8 * deviation) << to_string(precision) << " " << to_string(isa);
    }
  }
}

TEST(EncoderTorchTest, Hidden312IsWithinTheBoundsOfItsPrecision) {
  expect_parity(tiny_model(), {1, 512, 3, 26, 100});
}

TEST(EncoderTorchTest, Hidden768IsWithinTheBoundsOfItsPrecision) {
  expect_parity(base_model(), {1, 40, 130});
}

TEST(EncoderTorchTest, PoolingByQueriesIsWithinTheBoundsOfItsPrecision) {
  expect_parity(query_model(), {1, 512, 3, 26, 100});
}

TEST(EncoderTorchTest, BatchesOfAnySizeAreWithinTheBound) {
  const Model& model = tiny_model();
  std::vector<std::size_t> lengths;
  for (std::size_t t = 0; t < 257; ++t) lengths.push_back(1 + t * 37 % 7);
  const RandomBatch batch(model.config, lengths, 3);
  const auto exact = reference_logits(model.reference, batch);
  const double bound = 8 * expected_error(model.reference, model.config, kFloat32);
  const auto encoder = model.bundle.open({Precision::f32, nullptr});
  ASSERT_TRUE(encoder);
  for (const std::size_t texts : {1u, 2u, 3u, 16u, 31u, 64u, 255u, 256u, 257u}) {
    const experts::TokenBatch first{std::span(batch.ids).first(batch.begins[texts]),
                                    std::span(batch.begins).first(texts + 1)};
    const auto ours = answer(*encoder, first);
    ASSERT_EQ(ours.size(), texts * model.config.outputs);
    EXPECT_LT(largest(ours, exact), bound) << texts;
  }
}

// The quantised network in float64 rounds to int8 where an encoder does. Between those roundings an encoder errs as
// float32 does, and where such an error leads to the neighbouring whole number, later ones follow it: the sampled model
// rounds too, and so counts that.
void expect_quantised_network(const Model& model, const std::vector<std::size_t>& lengths) {
  const TorchEncoder quantised(model.config, model.tensors, Products::int8);
  const RandomBatch batch(model.config, lengths, 4);
  const auto encoder = model.bundle.open({Precision::int8, nullptr});
  ASSERT_TRUE(encoder) << encoder.error().message;
  const auto ours = answer(*encoder, batch.view());
  EXPECT_LT(largest(ours, reference_logits(quantised, batch)), 8 * expected_error(quantised, model.config, kFloat32));
}

TEST(EncoderTorchTest, Int8IsTheQuantisedNetworkAtHidden312) {
  expect_quantised_network(tiny_model(), {1, 2, 26, 63, 64, 130, 512});
}

TEST(EncoderTorchTest, Int8IsTheQuantisedNetworkAtHidden768) {
  expect_quantised_network(base_model(), {1, 40, 100});
}

TEST(EncoderTorchTest, Int8IsTheQuantisedNetworkWherePooledByQueries) {
  expect_quantised_network(query_model(), {1, 2, 26, 63, 64, 130, 512});
}

TEST(EncoderTorchTest, Int8IsTheQuantisedNetworkToFloat32WhereEveryRoundingAgrees) {
  EncoderConfig config = tiny();
  config.vocabulary = 500;
  config.hidden = 52;
  config.heads = 2;
  config.ffn = 100;
  config.layers = 2;
  const Model model(config);
  const TorchEncoder quantised(config, model.tensors, Products::int8);
  const auto encoder = model.bundle.open({Precision::int8, nullptr});
  ASSERT_TRUE(encoder) << encoder.error().message;
  const double bound = 8 * expected_error(model.reference, config, kFloat32);
  std::size_t texts = 0, agreeing = 0;
  for (std::size_t length = 1; length <= 120; length += 7) {  // shorter and longer than where attention turns to int8
    const RandomBatch batch(config, {length}, 5);
    ++texts;
    if (largest(answer(*encoder, batch.view()), reference_logits(quantised, batch)) < bound) ++agreeing;
  }
  // Were anything computed otherwise, none would.
  EXPECT_GE(agreeing * 2, texts) << agreeing << " of " << texts << " texts are closer than " << bound;
}

}  // namespace
}  // namespace tenor::parity
