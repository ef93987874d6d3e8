#include "tenor_server.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

namespace tenor::hostile {

namespace {

// The line that says where the server listens; empty where it ends before.
std::string first_line(int descriptor) {
  std::string line;
  char letter = 0;
  while (::read(descriptor, &letter, 1) == 1 && letter != '\n') line += letter;
  return line;
}

std::uint16_t port_in(const std::string& line) {
  constexpr std::string_view kHost = "http://127.0.0.1:";
  const auto at = line.find(kHost);
  if (at == std::string::npos) return 0;
  return static_cast<std::uint16_t>(std::strtoul(line.c_str() + at + kHost.size(), nullptr, 10));
}

[[noreturn]] void become_server(const std::vector<std::string>& arguments, std::uint16_t port, int output) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(output, STDOUT_FILENO);
  std::vector<std::string> all = {TENOR_BINARY, "serve", "--port", std::to_string(port)};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& argument : all) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::execv(TENOR_BINARY, pointers.data());
  ::_exit(127);
}

}  // namespace

TenorServer::TenorServer(const std::vector<std::string>& arguments, std::uint16_t port) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
  process_ = ::fork();
  if (process_ == 0) become_server(arguments, port, ends[1]);
  ::close(ends[1]);
  output_ = ends[0];
  port_ = port_in(first_line(output_));
}

TenorServer::~TenorServer() {
  kill();
  if (output_ >= 0) ::close(output_);
}

bool TenorServer::reap(bool wait) {
  int status = 0;
  if (process_ <= 0 || ::waitpid(process_, &status, wait ? 0 : WNOHANG) != process_) return false;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  process_ = -1;
  return true;
}

bool TenorServer::alive() {
  return process_ > 0 && !reap(false);
}

void TenorServer::hang_up() {
  if (process_ > 0) ::kill(process_, SIGHUP);
}

void TenorServer::terminate() {
  if (process_ > 0) ::kill(process_, SIGTERM);
}

void TenorServer::kill() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  reap(true);
}

bool TenorServer::limit_files(std::size_t bytes) const {
  const rlimit limit{bytes, RLIM_INFINITY};
  return process_ > 0 && ::prlimit(process_, RLIMIT_FSIZE, &limit, nullptr) == 0;
}

Memory TenorServer::memory() const {
  std::ifstream status("/proc/" + std::to_string(process_) + "/status");
  Memory memory;
  for (std::string line; std::getline(status, line);) {
    std::istringstream words(line);
    std::string name;
    std::size_t kibibytes = 0;
    words >> name >> kibibytes;
    if (name == "VmRSS:") memory.resident = kibibytes << 10;
    if (name == "VmHWM:") memory.highest = kibibytes << 10;
  }
  return memory;
}

int TenorServer::stop() {
  terminate();
  return wait();
}

int TenorServer::wait() {
  if (process_ <= 0) return exit_code_;
  for (int i = 0; i < 2000; ++i) {
    if (reap(false)) return exit_code_;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return -1;
}

bool memory_tells() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return false;
#else
  return true;
#endif
#else
  return true;
#endif
}

}  // namespace tenor::hostile
