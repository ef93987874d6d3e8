// SHA-256 as lower-case hexadecimal, computed by OpenSSL.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace tenor {

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::span<const std::byte> bytes);

}  // namespace tenor
