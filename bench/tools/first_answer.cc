// tenor_bench_first_answer: milliseconds from starting a server to its first answer, and its memory then.
//   tenor_bench_first_answer PORT COMMAND...
// Starts COMMAND, posts a short review to http://127.0.0.1:PORT/predict until an answer with status 200 has come,
// prints "MILLISECONDS RESIDENT_KB", and stops the server.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

namespace {

using Clock = std::chrono::steady_clock;

// Empty where nobody listens yet, or where the answer is not complete.
std::string ask(std::uint16_t port) {
  const std::string body = "{\"text\":\"味道很好，服务也热情，下次还会再来。\"}";
  const std::string request =
      "POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_fd < 0) return {};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(socket_fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      send(socket_fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
    char buffer[4096];
    for (ssize_t n; (n = recv(socket_fd, buffer, sizeof buffer, 0)) > 0;) {
      answer.append(buffer, static_cast<std::size_t>(n));
    }
  }
  close(socket_fd);
  return answer;
}

pid_t start(char** command) {
  const pid_t child = fork();
  if (child != 0) return child;
  const int null = open("/dev/null", O_WRONLY);
  if (null >= 0) dup2(null, STDOUT_FILENO);
  execvp(command[0], command);
  std::perror(command[0]);
  _exit(127);
}

long resident_kb(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: tenor_bench_first_answer PORT COMMAND...\n", stderr);
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  if (!ask(port).empty()) {
    std::fprintf(stderr, "port %u is taken; choose another\n", port);
    return 2;
  }
  const auto begin = Clock::now();
  const pid_t server = start(argv + 2);
  if (server < 0) {
    std::perror("fork");
    return 1;
  }
  std::string answer;
  bool good = false;
  while (!good && Clock::now() - begin < std::chrono::seconds(20)) {
    if (waitpid(server, nullptr, WNOHANG) == server) {
      std::fputs("the server ended before it answered\n", stderr);
      return 1;
    }
    answer = ask(port);
    good = answer.starts_with("HTTP/1.1 200");
    if (!good) std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
  const std::chrono::duration<double, std::milli> taken = Clock::now() - begin;
  const long memory = resident_kb(server);
  kill(server, SIGTERM);
  waitpid(server, nullptr, 0);
  if (!good) {
    std::fprintf(stderr, "no answer with status 200 within 20 s; the last one: %.200s\n", answer.c_str());
    return 1;
  }
  std::printf("%.2f %ld\n", taken.count(), memory);
  return 0;
}
