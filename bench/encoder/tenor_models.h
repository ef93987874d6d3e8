// Models and loads of bench/encoder, opened as tenor opens them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "experts/encoder.h"

namespace tenor::bench {

// A file of token ids, a text a line.
class Load {
 public:
  static Result<Load> read(const std::string& path);
  experts::TokenBatch batch() const { return {ids_, begins_}; }

 private:
  std::vector<std::int32_t> ids_;
  std::vector<std::uint32_t> begins_{0};
};

// Opens what is asked for and keeps it. Not for threads to share.
class Models {
 public:
  Models(std::string models, std::string loads) : models_(std::move(models)), loads_(std::move(loads)) {}

  // VARIANT is int8, bf16 or f32, with @ISA where an instruction set is forced. int8 opens a bundle that was quantised
  // before, the others a float bundle; both are made from encoder.safetensors when they are missing.
  Result<std::shared_ptr<const experts::Encoder>> encoder(const std::string& model, const std::string& variant);
  Result<const Load*> load(const std::string& name);
  void forget();
  std::uint64_t file_bytes() const { return file_bytes_; }  // of the bundle opened last

 private:
  Result<bundle::Bundle> open_bundle(const std::string& model, bool int8);

  std::string models_, loads_;
  std::map<std::string, std::shared_ptr<const experts::Encoder>> encoders_;
  std::map<std::string, Load> opened_loads_;
  std::uint64_t file_bytes_ = 0;
};

std::uint64_t resident_kilobytes();  // of this process; 0 where /proc does not say

}  // namespace tenor::bench
