#include "compress/quantize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "bundle/float_tensor.h"
#include "compress/position_table.h"
#include "compress/record.h"
#include "compress/test_support.h"

namespace tenor::compress {
namespace {

using experts::Precision;
using experts::testing::random_encoder_tensors;
using experts::testing::RandomBatch;
using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::float_bundle;
using ::testing::HasSubstr;
using testing::letters_config;
using testing::MemoryBundle;
using ::testing::Not;
using testing::random_texts;

std::vector<float> answer(const experts::Encoder& encoder, const RandomBatch& batch) {
  experts::EncoderScratch scratch;
  std::vector<float> logits(batch.view().texts() * encoder.config().outputs);
  encoder.forward(batch.view(), scratch, logits);
  return logits;
}

RandomBatch some_texts(unsigned seed, std::size_t count = 200) {
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < count; ++i) lengths.push_back(3 + i % 30);
  return RandomBatch(letters_config(), lengths, seed);
}

MemoryBundle int8_of(const MemoryBundle& floats, const QuantizeOptions& options) {
  auto made = quantize(floats.bundle(), options);
  if (!made) throw std::runtime_error(made.error().message);
  return MemoryBundle(made->writer.build().value());
}

double squared_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(double{a[i]} - double{b[i]}, 2);
  return sum;
}

std::size_t flips(const std::vector<float>& a, const std::vector<float>& b) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.size(); i += 3) {
    const auto best = [&](const std::vector<float>& x) {
      const auto row = x.begin() + static_cast<std::ptrdiff_t>(i);
      return std::max_element(row, row + 3) - row;
    };
    count += best(a) != best(b) ? 1 : 0;
  }
  return count;
}

std::string error_of(const bundle::Bundle& bundle, const QuantizeOptions& options) {
  const auto made = quantize(bundle, options);
  return made ? "NO ERROR" : made.error().message;
}

TEST(QuantizeTest, QuantisedBeforeOrAtLoadIsTheSame) {
  const auto config = letters_config();
  const auto floats = float_bundle(config, random_encoder_tensors(config, 1));
  QuantizeOptions options;
  options.search_ranges = false;
  options.words = false;
  const auto before = answer(int8_of(floats, options).open(), some_texts(2));
  const auto at_load = answer(floats.open({Precision::int8, nullptr}), some_texts(2));
  EXPECT_EQ(std::memcmp(before.data(), at_load.data(), before.size() * sizeof(float)), 0);
}

TEST(QuantizeTest, PoolingAndHeadStayFloats) {
  auto config = letters_config();
  config.pooler = experts::Pooler::none;
  config.pooling = experts::Pooling::queries;
  config.group_outputs = {1, 2};
  const auto tensors = random_encoder_tensors(config, 1);
  const MemoryBundle int8 = int8_of(float_bundle(config, tensors), {});
  const auto& expert = int8.bundle().manifest().experts.front();
  EXPECT_EQ(experts::read_encoder_config(expert.settings), config);
  const auto stored = int8.bundle().tensors(expert.file);
  ASSERT_TRUE(stored);
  for (const std::string name : {"pooling.queries", "head.weight"}) {
    const auto view = stored->get(name);
    ASSERT_TRUE(view) << name;
    EXPECT_EQ(view->dtype, bundle::DType::f32);
    const auto& floats = tensors.at(name);
    ASSERT_EQ(view->bytes.size(), floats.size() * sizeof(float));
    EXPECT_EQ(std::memcmp(view->bytes.data(), floats.data(), view->bytes.size()), 0) << name;
  }
  const auto expected = answer(float_bundle(config, tensors).open(), some_texts(3));
  EXPECT_LT(flips(answer(int8.open(), some_texts(3)), expected), 10u);
}

// An encoder that was quantised when the table was float32 is written as today's are.
TEST(QuantizeTest, PositionsAreBf16) {
  const auto config = letters_config();
  const auto floats = float_bundle(config, random_encoder_tensors(config, 1));
  const MemoryBundle int8 = int8_of(floats, {});
  const std::string file = int8.bundle().manifest().experts.front().file;
  const auto stored = int8.bundle().tensors(file);
  ASSERT_TRUE(stored);
  const auto view = stored->get(kPositions);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->dtype, bundle::DType::bf16);
  EXPECT_EQ(view->bytes.size(), config.positions * config.hidden * 2);

  std::vector<float> widened(config.positions * config.hidden);
  bundle::read_floats(*view, 0, widened);
  std::vector<bundle::TensorSource> sources = {
      bundle::tensor_source(kPositions, {config.positions, config.hidden}, widened)};
  for (const std::string& name : stored->names()) {
    const auto other = stored->get(name);
    if (name != kPositions) sources.push_back({name, other->dtype, other->shape, other->bytes});
  }
  const std::string old = bundle::write_safetensors(sources, stored->metadata()).value();
  const auto parsed = bundle::SafeTensors::parse(std::as_bytes(std::span(old)), "old");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(with_bf16_positions(*parsed, config).value(), int8.files().at(file));
  EXPECT_LT(int8.files().at(file).size(), old.size());
}

TEST(QuantizeTest, TheBundleIsAboutAQuarterAndSaysWhatItHolds) {
  const auto config = letters_config();
  const auto floats = float_bundle(config, random_encoder_tensors(config, 1));
  const auto made = quantize(floats.bundle());
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_LT(made->bytes_after, made->bytes_before * 4 / 10);
  EXPECT_EQ(made->matrices.size(), 13u) << "twelve products and the word table";
  for (const MatrixReport& matrix : made->matrices) {
    EXPECT_GT(matrix.snr_db, 35) << matrix.name;
    EXPECT_LE(matrix.worst_snr_db, matrix.snr_db) << matrix.name;
    EXPECT_FALSE(matrix.output_snr_db) << "nothing was calibrated";
  }
  const MemoryBundle int8(made->writer.build().value());
  const auto& settings = int8.bundle().manifest().experts.front().settings;
  EXPECT_EQ(settings.text("precision").value(), "int8");
  EXPECT_TRUE(settings.texts("float_layers")->empty());
  EXPECT_EQ(int8.files().at("vocab.txt"), floats.files().at("vocab.txt"));
  const experts::Encoder encoder = int8.open();
  EXPECT_EQ(encoder.precision(), Precision::int8);
  const auto expected = answer(floats.open(), some_texts(3)), found = answer(encoder, some_texts(3));
  EXPECT_LT(squared_difference(expected, found) / static_cast<double>(found.size()), 0.02 * 0.02);
}

TEST(QuantizeTest, SmoothingHelpsWhereFewInputsAreLarge) {
  const auto config = letters_config();
  const auto floats = float_bundle(config, testing::tensors_with_outliers(config, 4));
  const auto calibration = calibrate(floats.bundle(), "", random_texts(100, 5));
  ASSERT_TRUE(calibration);
  QuantizeOptions options;
  options.calibration = &*calibration;
  options.words = false;  // their rounding would hide the difference
  options.smooth = false;
  const auto truth = answer(floats.open(), some_texts(6));
  const auto plain = answer(int8_of(floats, options).open(), some_texts(6));
  options.smooth = true;
  const auto made = quantize(floats.bundle(), options);
  ASSERT_TRUE(made);
  const MemoryBundle bundle(made->writer.build().value());
  const auto smoothed = answer(bundle.open(), some_texts(6));
  EXPECT_LT(squared_difference(truth, smoothed), squared_difference(truth, plain) / 20);
  EXPECT_LT(flips(truth, smoothed), flips(truth, plain));
  const auto tensors = bundle.bundle().tensors("encoder.safetensors");
  for (const MatrixReport& matrix : made->matrices) {
    EXPECT_EQ(matrix.smoothing.has_value(), tensors->has(matrix.name + ".smooth")) << matrix.name;
    EXPECT_GE(*matrix.output_snr_db + 0.01, *matrix.plain_output_snr_db) << matrix.name;
    if (matrix.name.ends_with("qkv") || matrix.name.ends_with("up")) {
      EXPECT_TRUE(matrix.smoothing) << matrix.name;
      EXPECT_GT(*matrix.output_snr_db, *matrix.plain_output_snr_db + 6) << matrix.name;
    }
  }
}

TEST(QuantizeTest, NamedLayersStayFloats) {
  const auto config = letters_config();
  const auto floats = float_bundle(config, random_encoder_tensors(config, 10));
  QuantizeOptions options;
  options.keep_float = {"layers.0", "layers.2.down", "embeddings.word"};
  const auto made = quantize(floats.bundle(), options);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_THAT(made->float_layers, ElementsAre("layers.0.qkv", "layers.0.attention", "layers.0.up", "layers.0.down",
                                              "layers.2.down", "embeddings.word"));
  const MemoryBundle mixed(made->writer.build().value());
  EXPECT_EQ(mixed.bundle().manifest().experts.front().settings.texts("float_layers").value(), made->float_layers);
  const auto tensors = mixed.bundle().tensors("encoder.safetensors");
  EXPECT_TRUE(tensors->has("layers.0.up.weight"));
  EXPECT_FALSE(tensors->has("layers.0.up.packed"));
  EXPECT_TRUE(tensors->has("layers.1.up.packed"));
  EXPECT_EQ(tensors->get("embeddings.word")->dtype, bundle::DType::f32);
  const auto truth = answer(floats.open(), some_texts(11));
  EXPECT_LT(squared_difference(truth, answer(mixed.open(), some_texts(11))),
            squared_difference(truth, answer(int8_of(floats, {}).open(), some_texts(11))));
}

TEST(QuantizeTest, LayersThatAnswerPoorlyStayFloats) {
  const auto config = letters_config();
  const auto floats = float_bundle(config, testing::tensors_with_outliers(config, 12));
  const auto calibration = calibrate(floats.bundle(), "", random_texts(60, 13));
  ASSERT_TRUE(calibration);
  QuantizeOptions options;
  options.calibration = &*calibration;
  options.smooth = false;
  options.min_output_snr_db = 25;
  const auto made = quantize(floats.bundle(), options);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_FALSE(made->float_layers.empty());
  for (const MatrixReport& matrix : made->matrices) {
    if (matrix.output_snr_db) {
      EXPECT_EQ(matrix.kept_float, *matrix.output_snr_db < 25) << matrix.name;
    }
  }
  options.min_output_snr_db = 1000;
  EXPECT_THAT(error_of(floats.bundle(), options), HasSubstr("nothing to quantise"));
}

TEST(QuantizeTest, TheSameInputGivesTheSameBytes) {
  const auto config = letters_config();
  const auto floats = float_bundle(config, testing::tensors_with_outliers(config, 14));
  const auto calibration = calibrate(floats.bundle(), "", random_texts(20, 15));
  QuantizeOptions options;
  options.calibration = &*calibration;
  EXPECT_EQ(int8_of(floats, options).files(), int8_of(floats, options).files());
}

TEST(QuantizeTest, WhatCannotBeQuantisedIsSaid) {
  const auto config = letters_config();
  const auto floats = float_bundle(config, random_encoder_tensors(config, 16));
  EXPECT_THAT(error_of(int8_of(floats, {}).bundle(), {}), HasSubstr("encoder encoder is int8 already"));
  QuantizeOptions options;
  options.keep_float = {"layers.0.up", "layers.7"};
  EXPECT_THAT(error_of(floats.bundle(), options),
              AllOf(HasSubstr("no 'layers.7'"), HasSubstr("layers.2.down"), HasSubstr("embeddings.word")));
  options.keep_float = {"layers.0", "layers.1", "layers.2"};
  EXPECT_THAT(error_of(floats.bundle(), options), HasSubstr("nothing to quantise"));
  options = {};
  options.expert = "other";
  EXPECT_THAT(error_of(floats.bundle(), options), HasSubstr("no encoder is called 'other'"));

  bundle::Manifest linear = floats.bundle().manifest();
  linear.experts.front().kind = "linear";
  bundle::BundleWriter writer(linear);
  for (const auto& [name, content] : floats.files()) {
    if (!name.starts_with("manifest")) {
      ASSERT_TRUE(writer.add_file(name, content));
    }
  }
  EXPECT_THAT(error_of(MemoryBundle(writer.build().value()).bundle(), {}), HasSubstr("the bundle has no encoder"));
}

TEST(QuantizeTest, CardAndProvenanceSayHowItWasMade) {
  const auto config = letters_config();
  const auto floats = float_bundle(config, random_encoder_tensors(config, 17));
  auto made = quantize(floats.bundle());
  ASSERT_TRUE(made);
  QuantizationRecord record;
  record.command = "make it";
  record.comparison_markdown = "| compared |\n";
  ASSERT_TRUE(add_record(record, *made));
  const MemoryBundle int8(made->writer.build().value());
  EXPECT_THAT(int8.files().at("MODEL_CARD.md"),
              AllOf(HasSubstr("# letters\n"), HasSubstr("`make it`"), HasSubstr("| layers.1.up | int8 |"),
                    HasSubstr("| compared |"), HasSubstr(floats.bundle().digest())));
  const auto provenance = int8.bundle().manifest().provenance;
  EXPECT_EQ(provenance.text("program").value(), "tenor test") << "what was there stays";
  EXPECT_EQ(provenance.object("quantization")->text("source_digest").value(), floats.bundle().digest());
  EXPECT_EQ(record_json(record, *made, true).objects("matrices")->size(), 13u);
  EXPECT_THAT(report_text(made->matrices),
              AllOf(HasSubstr("worst row (dB)"), HasSubstr("layers.2.down"), Not(HasSubstr("nan"))));
}

}  // namespace
}  // namespace tenor::compress
