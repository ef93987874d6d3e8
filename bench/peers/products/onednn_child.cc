// tenor_bench_onednn: oneDNN's products as a child of bench/encoder, in one thread.
#include <oneapi/dnnl/dnnl_version.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <iostream>

#include "base/json_writer.h"
#include "encoder/requests.h"
#include "onednn.h"

namespace {

using tenor::Result;
using tenor::bench::OneDnnProduct;
using tenor::bench::Precision;
using tenor::bench::ProductShape;
using Words = std::vector<std::string>;

// PRECISION and numbers from the words.
struct Arguments {
  Precision precision = Precision::int8;
  std::vector<std::size_t> numbers;
};

Result<Arguments> parse(const Words& words) {
  Arguments arguments;
  const auto precision = tenor::bench::parse_precision(words[0]);
  if (!precision) return tl::unexpected(precision.error());
  arguments.precision = *precision;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto number = tenor::bench::whole_number(words[i]);
    if (!number) return tl::unexpected(number.error());
    arguments.numbers.push_back(*number);
  }
  return arguments;
}

std::string object(const char* name, double value, const char* implementation) {
  std::string json;
  tenor::JsonWriter(json).begin_object().member(name, value).member("implementation", implementation).end_object();
  return json;
}

Result<std::string> info(const Words&) {
  const std::string version = std::to_string(DNNL_VERSION_MAJOR) + "." + std::to_string(DNNL_VERSION_MINOR);
  return R"({"name":"onednn","version":")" + version + R"(","variants":[],"ways":[]})";
}

// PRECISION M N K MS
Result<std::string> product(const Words& words) {
  const auto arguments = parse(words);
  if (!arguments) return tl::unexpected(arguments.error());
  const auto& n = arguments->numbers;
  const auto made = OneDnnProduct::create(arguments->precision, {n[0], n[1], n[2]});
  if (!made) return tl::unexpected(made.error());
  const double seconds = tenor::bench::median_seconds([&] { made->run(); }, static_cast<double>(n[3]));
  return object("gmacs", static_cast<double>(n[0] * n[1] * n[2]) / seconds / 1e9, made->implementation());
}

// PRECISION LAYERS HIDDEN FFN M MS
Result<std::string> stack(const Words& words) {
  const auto arguments = parse(words);
  if (!arguments) return tl::unexpected(arguments.error());
  const auto& n = arguments->numbers;
  const std::size_t hidden = n[1], ffn = n[2], m = n[3];
  const std::array<ProductShape, 4> layer{ProductShape{m, 3 * hidden, hidden}, ProductShape{m, hidden, hidden},
                                          ProductShape{m, ffn, hidden}, ProductShape{m, hidden, ffn}};
  std::vector<OneDnnProduct> products;
  for (std::size_t i = 0; i < n[0]; ++i) {
    for (const ProductShape& shape : layer) {
      auto made = OneDnnProduct::create(arguments->precision, shape);
      if (!made) return tl::unexpected(made.error());
      products.push_back(std::move(*made));
    }
  }
  const auto all = [&] {
    for (const OneDnnProduct& one : products) one.run();
  };
  const double seconds = tenor::bench::median_seconds(all, static_cast<double>(n[4]));
  return object("milliseconds", seconds * 1e3, products.front().implementation());
}

}  // namespace

int main(int, char** argv) {
  // OpenMP reads its settings when the program is loaded.
  if (std::getenv("OMP_NUM_THREADS") == nullptr && setenv("OMP_NUM_THREADS", "1", 0) == 0)
    execv("/proc/self/exe", argv);
  tenor::bench::answer_requests(std::cin, std::cout,
                                {{"info", {0, info}}, {"product", {5, product}}, {"stack", {6, stack}}});
}
