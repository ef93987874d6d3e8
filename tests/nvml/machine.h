// A machine with the GPUs of a script.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/file_system.h"

namespace tenor::devices {

// One at a time: the stand-in finds its script through the environment.
class Machine {
 public:
  explicit Machine(const std::string& script)
      : path_(std::filesystem::temp_directory_path() / ("tenor-nvml-" + std::to_string(getpid()) + ".txt")) {
    set(script);
    setenv("TENOR_STANDIN", path_.c_str(), 1);
  }
  ~Machine() { std::filesystem::remove(path_); }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  void set(const std::string& script) { (void)write_file_atomic(path_, script); }

 private:
  std::filesystem::path path_;
};

}  // namespace tenor::devices
