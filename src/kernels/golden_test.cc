// Digests of what every table must answer, bit for bit, on every instruction set and processor: the same constants
// are asserted on x86-64 and AArch64. Inputs are whole numbers over powers of two, so no library rounds them. Where a
// kernel's arithmetic is changed on purpose, its constant changes with it.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "base/bf16.h"
#include "kernels/pack.h"
#include "kernels/test_support.h"

namespace tenor::kernels {
namespace {

constexpr std::size_t kRows = 11, kInputs = 91, kOutputs = 83;
constexpr std::size_t kInStride = 96, kOutStride = 96;

// Whole numbers in [-2000, 2000] / 512.
std::vector<float> exact_numbers(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> out(count);
  for (float& value : out) value = (static_cast<float>(random() % 4001) - 2000.0f) / 512.0f;
  return out;
}

// RandomMatrix with exact numbers.
RandomMatrix exact_matrix(std::size_t outputs, std::size_t inputs, unsigned seed) {
  RandomMatrix out(outputs, inputs, seed);
  out.weights = exact_numbers(outputs * inputs, seed);
  for (float& weight : out.weights) weight /= 8;
  for (std::size_t i = 0; i < out.weights.size(); ++i) out.bf16[i] = float_to_bf16(out.weights[i]);
  pack<std::uint16_t>(out.bf16, inputs, kGroupBf16, out.packed_bf16);
  pack<float>(out.weights, inputs, kGroupF32, out.packed_f32);
  const std::vector<float> bias = exact_numbers(outputs, seed + 1);
  std::copy(bias.begin(), bias.end(), out.bias.begin());  // in place: the matrix points there
  for (std::size_t o = 0; o < outputs; ++o) out.scales[o] = static_cast<float>(o % 7 + 1) / 8192.0f;
  return out;
}

// FNV-1a, 64 bits.
class Digest {
 public:
  void add(std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) value_ = (value_ ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3u;
  }
  // The first `columns` of each row.
  void add_rows(std::span<const float> rows, std::size_t columns, std::size_t stride) {
    for (std::size_t at = 0; at < rows.size(); at += stride) add(std::as_bytes(rows.subspan(at, columns)));
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325u;
};

ProductCall call_of(const PackedMatrix& weights, std::vector<float>& out) {
  ProductCall call;
  call.rows = kRows;
  call.weights = &weights;
  call.out = out.data();
  call.out_stride = kOutStride;
  return call;
}

// All epilogues of one product, whose rows are `in`.
std::uint64_t digest_product(void (*product)(const ProductCall&), ProductCall call, std::vector<float>& out) {
  Digest digest;
  for (const Epilogue epilogue :
       {Epilogue::store, Epilogue::add, Epilogue::gelu, Epilogue::gelu_tanh, Epilogue::relu}) {
    std::fill(out.begin(), out.end(), 0.25f);
    call.epilogue = epilogue;
    product(call);
    digest.add_rows(out, kOutputs, kOutStride);
  }
  return digest.value();
}

std::uint64_t product_int8(const Kernels& table, const float* smooth) {
  const RandomMatrix matrix = exact_matrix(kOutputs, kInputs, 1);
  std::vector<float> in = exact_numbers(kRows * kInStride, 2), out(kRows * kOutStride), scales(kRows);
  std::vector<std::byte> bytes(kRows * kInStride);
  table.quantize_rows({{in.data(), kInStride, kRows, kInputs}, smooth, bytes.data(), kInStride, scales.data()});
  const PackedMatrix weights = matrix.as_int8();
  ProductCall call = call_of(weights, out);
  call.in = bytes.data();
  call.in_stride = kInStride;
  call.in_scales = scales.data();
  return digest_product(table.product_int8, call, out);
}

std::uint64_t product_f32(const Kernels& table) {
  const RandomMatrix matrix = exact_matrix(kOutputs, kInputs, 3);
  const std::vector<float> in = exact_numbers(kRows * kInStride, 4);
  std::vector<float> out(kRows * kOutStride);
  const PackedMatrix weights = matrix.as_f32();
  ProductCall call = call_of(weights, out);
  call.in = reinterpret_cast<const std::byte*>(in.data());
  call.in_stride = kInStride * sizeof(float);
  return digest_product(table.product_f32, call, out);
}

// Rounded rows, and their product.
std::uint64_t round_bf16(const Kernels& table, bool multiply) {
  std::vector<float> in = exact_numbers(kRows * kInStride, 5), out(kRows * kOutStride);
  for (float& value : in) value /= 3;
  std::vector<std::byte> bytes(kRows * kInStride * 2);
  table.round_rows_bf16({in.data(), kInStride, kRows, kInputs}, bytes.data(), kInStride * 2);
  if (!multiply) {
    Digest digest;
    for (std::size_t r = 0; r < kRows; ++r) digest.add(std::span(bytes).subspan(r * kInStride * 2, kInputs * 2));
    return digest.value();
  }
  const RandomMatrix matrix = exact_matrix(kOutputs, kInputs, 6);
  const PackedMatrix weights = matrix.as_bf16();
  ProductCall call = call_of(weights, out);
  call.in = bytes.data();
  call.in_stride = kInStride * 2;
  return digest_product(table.product_bf16, call, out);
}

std::uint64_t layer_norm(const Kernels& table) {
  std::vector<float> rows = exact_numbers(kRows * kInStride, 7);
  const std::vector<float> weight = exact_numbers(kInStride, 8), bias = exact_numbers(kInStride, 9);
  table.layer_norm({{rows.data(), kInStride, kRows, kInputs}, weight.data(), bias.data(), 1e-12f});
  Digest digest;
  digest.add_rows(rows, kInputs, kInStride);
  return digest.value();
}

std::uint64_t attention(void (*attend)(const AttentionCall&)) {
  Digest digest;
  for (const std::size_t tokens : {1u, 16u, 77u}) {
    constexpr std::size_t kHeads = 3, kHeadSize = 26, kHidden = kHeads * kHeadSize, kStride = 256, kWide = 96;
    const std::vector<float> qkv = exact_numbers(tokens * kStride, 10);
    std::vector<float> out(tokens * kWide), scratch(attention_scratch(tokens, kHeadSize) + 16);
    AttentionCall call;
    call.queries = qkv.data();
    call.keys = qkv.data() + kHidden;
    call.values = qkv.data() + 2 * kHidden;
    call.query_stride = call.stride = kStride;
    call.query_rows = call.tokens = tokens;
    call.heads = kHeads;
    call.head_size = kHeadSize;
    call.scale = 0.1875f;
    call.out = out.data();
    call.out_stride = kWide;
    call.scratch = scratch.data() + (16 - reinterpret_cast<std::uintptr_t>(scratch.data()) / sizeof(float) % 16);
    attend(call);
    digest.add_rows(out, kHidden, kWide);
  }
  return digest.value();
}

std::uint64_t embed(const Kernels& table) {
  const std::vector<float> word = exact_numbers(kInputs, 11), place = exact_numbers(kInStride, 12);
  std::vector<std::int8_t> bytes(kInputs);
  for (std::size_t i = 0; i < kInputs; ++i) bytes[i] = static_cast<std::int8_t>(static_cast<int>(i) * 2 - 90);
  std::vector<float> out(2 * kInStride);
  table.embed({word.data(), nullptr, 0, place.data(), out.data(), kInputs});
  table.embed({nullptr, bytes.data(), 0.013f, place.data(), out.data() + kInStride, kInputs});
  Digest digest;
  digest.add_rows(out, kInputs, kInStride);
  return digest.value();
}

std::uint64_t tanh(const Kernels& table) {
  std::vector<float> row(8192);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = (static_cast<float>(i) - 4096) / 64;
  table.tanh({row.data(), row.size(), 1, row.size()});
  Digest digest;
  digest.add_rows(row, row.size(), row.size());
  return digest.value();
}

std::map<std::string, std::uint64_t> digests(const Kernels& table) {
  std::vector<float> smooth(kInStride);
  for (std::size_t i = 0; i < smooth.size(); ++i) smooth[i] = static_cast<float>(i % 5 + 1) / 4;
  std::map<std::string, std::uint64_t> out = {{"product_int8", product_int8(table, nullptr)},
                                              {"product_int8, smoothed", product_int8(table, smooth.data())},
                                              {"product_f32", product_f32(table)},
                                              {"round_rows_bf16", round_bf16(table, false)},
                                              {"layer_norm", layer_norm(table)},
                                              {"attention", attention(table.attention)},
                                              {"attention_int8", attention(table.attention_int8)},
                                              {"embed", embed(table)},
                                              {"tanh", tanh(table)}};
  if (!has_bf16_products(table.isa)) out["product_bf16"] = round_bf16(table, true);
  return out;
}

const std::map<std::string, std::uint64_t> kGolden = {
    {"attention", 0x1f632518587daba9u},       {"attention_int8", 0x7c6ca6a49ea7b558u},
    {"embed", 0x1a0f2d2d1cfe192du},           {"layer_norm", 0x35509ec279649395u},
    {"product_bf16", 0xd1faa41ddc277b27u},    {"product_f32", 0x9cb6b0b63d0c4296u},
    {"product_int8", 0xde552075d1c1420u},     {"product_int8, smoothed", 0xad5ae0fba4dfc7c2u},
    {"round_rows_bf16", 0x3a5910e186e5d3e5u}, {"tanh", 0x96b4f8a1549463ceu},
};

TEST(GoldenTest, EveryTableOnEveryProcessorGivesTheseBits) {
  for (const Isa isa : available_isas()) {
    for (const auto& [name, value] : digests(*find_kernels(isa))) {
      const auto golden = kGolden.find(name);
      EXPECT_EQ(value, golden == kGolden.end() ? 0 : golden->second)
          << to_string(isa) << ": {\"" << name << "\", 0x" << std::hex << value << "u}";
    }
  }
}

}  // namespace
}  // namespace tenor::kernels
