#include "program.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace tenor::test {

namespace {

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  return {ends[0], ends[1]};
}

// A pseudo-terminal that leaves line feeds alone.
Pipe make_terminal() {
  winsize size{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
  termios settings{};
  ::cfmakeraw(&settings);
  Pipe ends;
  if (::openpty(&ends.read_end, &ends.write_end, nullptr, &settings, &size) != 0) std::abort();
  ::fcntl(ends.read_end, F_SETFD, FD_CLOEXEC);
  ::fcntl(ends.write_end, F_SETFD, FD_CLOEXEC);
  return ends;
}

std::string read_all(int descriptor) {
  std::string all;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got <= 0) return all;  // the end of a terminal reads as an error
    all.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

void write_and_close(int descriptor, const std::string& bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t now = ::write(descriptor, bytes.data() + written, bytes.size() - written);
    if (now <= 0) break;
    written += static_cast<std::size_t>(now);
  }
  ::close(descriptor);
}

[[noreturn]] void become_program(const Invocation& invocation, int in, int out, int error) {
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(error, STDERR_FILENO);
  ::signal(SIGPIPE, SIG_DFL);
  std::vector<std::string> environment = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TERM=xterm"};
  if (const char* sanitizer = std::getenv("ASAN_OPTIONS"))
    environment.push_back(std::string("ASAN_OPTIONS=") + sanitizer);
  for (const auto& [name, value] : invocation.environment) environment.push_back(name + "=" + value);
  std::vector<char*> arguments = {const_cast<char*>(TENOR_BINARY)};
  for (const std::string& argument : invocation.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::vector<char*> variables;
  for (std::string& variable : environment) variables.push_back(variable.data());
  variables.push_back(nullptr);
  ::execve(TENOR_BINARY, arguments.data(), variables.data());
  ::_exit(127);
}

}  // namespace

Outcome run(const Invocation& invocation) {
  ::signal(SIGPIPE, SIG_IGN);  // the program may stop reading
  const Pipe out = invocation.terminal ? make_terminal() : make_pipe();
  const Pipe error = make_pipe();
  const bool piped = !invocation.closed_input && (!invocation.terminal || !invocation.input.empty());
  const Pipe in = piped ? make_pipe() : Pipe{};
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const pid_t child = ::fork();
  if (child == 0) {
    const int input = piped ? in.read_end : (invocation.closed_input ? nothing : out.write_end);
    become_program(invocation, input, out.write_end, error.write_end);
  }
  ::close(nothing);
  ::close(out.write_end);
  ::close(error.write_end);
  if (piped) ::close(in.read_end);
  Outcome outcome;
  std::thread feeder([&] {
    if (piped) write_and_close(in.write_end, invocation.input);
  });
  std::thread listener([&] { outcome.error = read_all(error.read_end); });
  outcome.out = read_all(out.read_end);
  feeder.join();
  listener.join();
  ::close(out.read_end);
  ::close(error.read_end);
  int status = 0;
  ::waitpid(child, &status, 0);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

}  // namespace tenor::test
