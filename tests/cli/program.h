// Runs the real program as a user does: through pipes, or on a pseudo-terminal.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tenor::test {

struct Invocation {
  std::vector<std::string> arguments = {};
  std::string input = {};     // standard input: a pipe with these bytes
  bool closed_input = false;  // /dev/null instead
  bool terminal = false;      // standard output (and input, where it is empty) is a terminal, 80 columns wide
  std::vector<std::pair<std::string, std::string>> environment = {};  // added to a clean one
};

struct Outcome {
  int exit_code = -1;  // 128 + signal where one ended it
  std::string out;     // on a terminal with line ends as the program wrote them
  std::string error;
};

Outcome run(const Invocation& invocation);

// Splits at line feeds; no empty line at the end.
std::vector<std::string> lines_of(const std::string& text);

}  // namespace tenor::test
