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
      .add_option("--budget", flags.budget,
                  "Whom to ask: fast (linear experts alone, microseconds a text) or best (encoders as well)")
      ->check(CLI::IsMember({"fast", "best"}))
      ->capture_default_str();
}

Result<engine::EngineOptions> engine_options(const EncoderFlags& flags) {
  const auto precision = experts::parse_precision(flags.precision);
  if (!precision) return tl::unexpected(precision.error());
  const auto kernels = kernels::choose_kernels(flags.isa);
  if (!kernels) return tl::unexpected(kernels.error());
  return engine::EngineOptions{.encoder = {.precision = *precision, .kernels = *kernels},
                               .budget = engine::parse_budget(flags.budget).value_or(engine::Budget::best)};
}

}  // namespace tenor::cli
