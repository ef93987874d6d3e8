#include "apps/tenor/encoder_flags.h"

#include "experts/precision.h"
#include "kernels/isa.h"

namespace tenor::cli {

void add_encoder_flags(CLI::App& command, EncoderFlags& flags) {
  command
      .add_option("--precision", flags.precision,
                  "What encoders multiply in: auto (as the bundle is stored), int8, bf16 or f32")
      ->capture_default_str();
  command.add_option("--isa", flags.isa, "Instruction set of encoders: auto, or one that the processor has")
      ->envname("TENOR_ISA")
      ->capture_default_str();
  command
      .add_option(
          "--budget", flags.budget,
          "Whom to ask: fast (linear experts alone), balanced (encoders for texts that gain by them), best (all), "
          "or microseconds a text on average")
      ->check([](const std::string& value) {
        return engine::parse_spending(value) ? std::string()
                                             : "expected fast, balanced, best or a number above 0, found " + value;
      })
      ->type_name("BUDGET")
      ->capture_default_str();
  command
      .add_option("--gate", flags.gate,
                  "How experts become one: vote, average, weighted, stacking, learned (default: the model's own)")
      ->check(CLI::IsMember({"vote", "average", "weighted", "stacking", "learned"}))
      ->type_name("METHOD");
}

Result<engine::EngineOptions> engine_options(const EncoderFlags& flags) {
  const auto precision = experts::parse_precision(flags.precision);
  if (!precision) return tl::unexpected(precision.error());
  const auto kernels = kernels::choose_kernels(flags.isa);
  if (!kernels) return tl::unexpected(kernels.error());
  const auto spending = engine::parse_spending(flags.budget).value_or(engine::Spending());
  return engine::EngineOptions{.encoder = {.precision = *precision, .kernels = *kernels},
                               .budget = spending.named.value_or(engine::Budget::best),
                               .budget_us = spending.us,
                               .method = engine::parse_method(flags.gate)};
}

std::optional<engine::Budget> named_budget(const engine::EngineOptions& options) {
  if (options.budget_us || options.method) return {};
  return options.budget;
}

}  // namespace tenor::cli
