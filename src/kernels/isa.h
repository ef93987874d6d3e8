// Which instruction sets this program was built with, and which of them the processor has.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tenor::kernels {

struct Kernels;

// In the order of preference: a later one that the processor has is faster. avx512_bf16 has all of avx512_vnni,
// amx all of avx512_bf16.
enum class Isa { scalar, neon, avx2, avx512, avx512_vnni, avx512_bf16, amx };

const char* to_string(Isa isa);  // "scalar", "neon", "avx2", ...

// The functions of one instruction set, or null where they are not part of this build or the processor lacks it.
// The scalar table is always there: plain loops, the truth that the others are tested against.
const Kernels* find_kernels(Isa isa);

// Those that find_kernels() has, in the order of preference; never empty.
std::vector<Isa> available_isas();

// A name as flags and TENOR_ISA give it, or the best there is where it is empty or "auto". Errors: invalid_argument (no
// such name), unsupported (the processor, or this build, lacks it); both list what can be asked for.
Result<const Kernels*> choose_kernels(std::string_view name = {});

}  // namespace tenor::kernels
