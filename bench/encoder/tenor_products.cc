#include "encoder/tenor_products.h"

#include <array>

#include "base/aligned_buffer.h"
#include "base/json_writer.h"
#include "encoder/requests.h"
#include "experts/precision.h"
#include "kernels/pack.h"

namespace tenor::bench {

namespace {

using experts::Precision;
using kernels::kLanes;
using kernels::round_up;

// Bytes in which a packed group holds an input.
std::size_t width_of(Precision precision) {
  return precision == Precision::int8 ? 1 : precision == Precision::bf16 ? 2 : 4;
}

}  // namespace

Result<std::string> product(const std::vector<std::string>& words) {
  const auto precision = experts::parse_precision(words[0]);
  if (!precision || !*precision) return fail(ErrorCode::invalid_argument, "product wants int8, bf16 or f32");
  std::array<std::size_t, 4> numbers{};  // M N K MS
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto number = whole_number(words[i + 1]);
    if (!number) return tl::unexpected(number.error());
    numbers[i] = *number;
  }
  const auto [rows, outputs, inputs, milliseconds] = numbers;
  const std::size_t width = width_of(**precision), padded = round_up(outputs, kLanes);
  AlignedBuffer<std::byte> weights(kernels::packed_size(outputs, inputs, 4 / width) * width);
  AlignedBuffer<float> scales(padded), bias(padded), row_scales(rows), out(rows * (padded + kLanes));
  AlignedBuffer<std::int32_t> sums(padded);
  const std::size_t stride = round_up(inputs * width, 64) + 64;
  AlignedBuffer<std::byte> in(rows * stride);
  const kernels::PackedMatrix matrix{weights.data(), scales.data(), sums.data(), bias.data(), outputs, inputs};
  const kernels::ProductCall call{
      in.data(), stride, row_scales.data(), rows, &matrix, kernels::Epilogue::store, out.data(), padded + kLanes};
  const kernels::Kernels& table = **kernels::choose_kernels();
  const auto run = **precision == Precision::int8   ? table.product_int8
                   : **precision == Precision::bf16 ? table.product_bf16
                                                    : table.product_f32;
  const double seconds = median_seconds([&] { run(call); }, static_cast<double>(milliseconds));
  std::string json;
  JsonWriter(json)
      .begin_object()
      .member("gmacs", static_cast<double>(rows * outputs * inputs) / seconds / 1e9)
      .member("implementation", kernels::to_string(table.isa))
      .end_object();
  return json;
}

}  // namespace tenor::bench
