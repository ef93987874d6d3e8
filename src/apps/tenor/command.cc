#include "apps/tenor/command.h"

#include <cstdio>
#include <string>

namespace tenor::cli {

namespace {

void print_line(const char* kind, std::string_view message) {
  std::string line = "tenor: ";
  line += kind;
  line += ": ";
  line += message;
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace

int report(const Error& error) {
  print_line("error", error.message);
  return kFailure;
}

int report_usage(std::string_view message) {
  print_line("error", message);
  return kUsage;
}

void warn(std::string_view message) {
  print_line("warning", message);
}

}  // namespace tenor::cli
