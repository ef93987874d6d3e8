// Inputs that are no files, outputs that cannot be written, and closed descriptors.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "file_case.h"

namespace tenor::hostile {

namespace {

namespace fs = std::filesystem;

// Exit code 1 and a message for `tenor predict FLAGS`.
void expect_refused(const Workplace& place, const std::vector<std::string>& flags) {
  const auto outcome = place.predict(flags);
  EXPECT_EQ(outcome.exit_code, 1) << outcome.error;
  EXPECT_NE(outcome.error.find("tenor: error: "), std::string::npos) << outcome.error;
}

// Exit code of the program in a shell, so that descriptors can be closed and redirected.
int shell(const Workplace& place, const std::string& arguments) {
  const std::string command =
      "'" TENOR_BINARY "' predict --model '" + (place.models / "zh").string() + "' " + arguments;
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Writes to a pipe with a name once somebody reads it; gives up after ten seconds.
void feed(const std::string& path, const std::string& content) {
  for (int i = 0; i < 1000; ++i) {
    const int pipe = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (pipe >= 0) {
      EXPECT_EQ(::write(pipe, content.data(), content.size()), static_cast<ssize_t>(content.size()));
      ::close(pipe);
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

void add_inputs(FileCases& cases) {
  cases.push_back({"a folder", [](const Workplace& place) { expect_refused(place, {"--file", place.folder}); }});
  cases.push_back({"a folder named like a table", [](const Workplace& place) {
                     fs::create_directory(place.path("in.csv"));
                     expect_refused(place, {"--file", place.path("in.csv")});
                   }});
  cases.push_back({"nothing there", [](const Workplace& place) {
                     expect_refused(place, {"--file", place.path("no.csv")});
                   }});
  cases.push_back({"a path through a file", [](const Workplace& place) {
                     expect_refused(place, {"--file", place.write("in.txt", "好\n") + "/in.csv"});
                   }});
  cases.push_back({"a file that may not be read", [](const Workplace& place) {
                     if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
                     place.write("in.txt", "好\n");
                     fs::permissions(place.path("in.txt"), fs::perms::none);
                     expect_refused(place, {"--file", place.path("in.txt")});
                   }});
  cases.push_back({"a link to nowhere", [](const Workplace& place) {
                     fs::create_symlink("nowhere", place.path("in.csv"));
                     expect_refused(place, {"--file", place.path("in.csv")});
                   }});
  cases.push_back({"a link to itself", [](const Workplace& place) {
                     fs::create_symlink("in.csv", place.path("in.csv"));
                     expect_refused(place, {"--file", place.path("in.csv")});
                   }});
  cases.push_back({"a name too long", [](const Workplace& place) {
                     expect_refused(place, {"--file", place.path(std::string(300, 'x') + ".csv")});
                   }});
  cases.push_back({"a name of a megabyte of steps up", [](const Workplace& place) {
                     expect_refused(place, {"--file", repeated("../", 30'000) + "in.csv"});
                   }});
  cases.push_back({"a socket", [](const Workplace& place) {
                     const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
                     sockaddr_un address{};
                     address.sun_family = AF_UNIX;
                     place.path("s.csv").copy(address.sun_path, sizeof address.sun_path - 1);
                     ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
                     expect_refused(place, {"--file", place.path("s.csv")});
                     ::close(socket);
                   }});
  cases.push_back({"no input at all", [](const Workplace& place) {
                     expect_refused(place, {"--file", "/dev/null", "--input-format", "csv"});
                     const auto outcome = place.predict({"--file", "/dev/null", "--input-format", "jsonl"});
                     EXPECT_EQ(outcome.exit_code, 0);
                     EXPECT_EQ(outcome.out, "");
                   }});
  cases.push_back({"a pipe with a name", [](const Workplace& place) {
                     ASSERT_EQ(::mkfifo(place.path("in.csv").c_str(), 0600), 0);
                     std::thread writer(feed, place.path("in.csv"), "text\n好\n\"差\n");
                     const auto outcome = place.predict({"--file", place.path("in.csv"), "--format", "jsonl"});
                     writer.join();
                     EXPECT_EQ(outcome.exit_code, 0) << outcome.error;
                     EXPECT_EQ(rows_of_json_lines(outcome.out), (Rows{"positive", kBad}));
                   }});
  for (const std::string name : {"a\nb.txt", "'\";$(id)`.txt", "好 好.txt", "-.txt", "\xFF\xFE.txt", "%s%n.txt"}) {
    cases.push_back(scores("a file named " + name, name, "好\n", {"positive"}));
  }
  cases.push_back({"standard input that is no UTF-8", [](const Workplace& place) {
                     const auto outcome = place.predict({"--file", "-"}, "好\xFF\n\n差");
                     EXPECT_EQ(outcome.exit_code, 0) << outcome.error;
                     EXPECT_EQ(rows_of_json_lines(outcome.out), (Rows{"positive", kBad, "negative"}));
                   }});
  cases.push_back({"texts that are nothing", [](const Workplace& place) {
                     EXPECT_EQ(place.predict({""}).exit_code, 1);
                     EXPECT_EQ(place.predict({" ", "\u200b"}).exit_code, 1);
                     EXPECT_EQ(place.predict({"--format", "jsonl", "", "好"}).exit_code, 0);
                   }});
  cases.push_back({"a text of 100 kB that is no UTF-8", [](const Workplace& place) {
                     const auto outcome = place.predict({"--format", "jsonl", "好" + std::string(100'000, '\xFF')});
                     EXPECT_EQ(outcome.exit_code, 0) << outcome.error;
                     EXPECT_EQ(rows_of_json_lines(outcome.out).size(), 1U);
                   }});
  cases.push_back({"aspects that are not there", [](const Workplace& place) {
                     EXPECT_EQ(place.predict({"--aspects", "nope", "好"}).exit_code, 2);
                     EXPECT_LT(place.predict({"--aspects", std::string(100'000, 'a'), "好"}).error.size(), 2'000U);
                   }});
}

void add_outputs(FileCases& cases) {
  const auto refused = [&](std::string name, std::function<std::string(const Workplace&)> out) {
    cases.push_back({"out: " + std::move(name), [out](const Workplace& place) {
                       const auto in = place.write("in.txt", "好\n");
                       const auto target = out(place);
                       const auto before = place.files();
                       expect_refused(place, {"--file", in, "--out", target});
                       EXPECT_EQ(place.files(), before);
                     }});
  };
  refused("a full disk", [](const Workplace&) { return "/dev/full"; });
  refused("a folder", [](const Workplace& place) { return place.folder.string(); });
  refused("in a folder that is not there", [](const Workplace& place) { return place.path("no/out.csv"); });
  refused("in a file", [](const Workplace& place) { return place.path("in.txt/out.csv"); });
  refused("where nobody may write", [](const Workplace&) { return "/proc/out.csv"; });
  refused("of a name too long", [](const Workplace& place) { return place.path(std::string(300, 'x')); });
  cases.push_back({"out: a folder that may not be written", [](const Workplace& place) {
                     if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
                     const auto in = place.write("in.txt", "好\n");
                     fs::create_directory(place.path("locked"));
                     fs::permissions(place.path("locked"), fs::perms::owner_read | fs::perms::owner_exec);
                     expect_refused(place, {"--file", in, "--out", place.path("locked/out.csv")});
                   }});
  cases.push_back({"out: a large file to a full disk", [](const Workplace& place) {
                     const auto in = place.write("in.txt", repeated("好\n", 50'000));
                     expect_refused(place, {"--file", in, "--out", "/dev/full"});
                   }});
  cases.push_back({"out: the input itself", [](const Workplace& place) {
                     const auto in = place.write("in.csv", "text\n好\n\"差\n");
                     EXPECT_EQ(place.predict({"--file", in, "--out", in}).exit_code, 0);
                     EXPECT_EQ(place.read("in.csv").substr(0, 11), "text,label,");
                     EXPECT_EQ(place.files(), (std::vector<std::string>{"in.csv"}));
                   }});
}

void add_descriptors(FileCases& cases) {
  cases.push_back({"standard output on a full disk", [](const Workplace& place) {
                     place.write("in.txt", "好\n");
                     EXPECT_EQ(shell(place, "--file '" + place.path("in.txt") + "' >/dev/full 2>/dev/null"), 1);
                   }});
  cases.push_back({"standard output closed", [](const Workplace& place) {
                     place.write("in.txt", "好\n");
                     EXPECT_EQ(shell(place, "--file '" + place.path("in.txt") + "' >&- 2>/dev/null"), 1)
                         << "what cannot be said must not look said";
                     EXPECT_EQ(place.read("in.txt"), "好\n");
                   }});
  cases.push_back({"standard output closed for a text",
                   [](const Workplace& place) { EXPECT_EQ(shell(place, "好 >&- 2>/dev/null"), 1); }});
  // A file that is opened gets the lowest free number: without care it becomes standard error, and messages its text.
  cases.push_back({"standard error closed", [](const Workplace& place) {
                     place.write("in.txt", "好\n\n差\n");
                     const std::string out = place.path("out.jsonl");
                     EXPECT_EQ(shell(place, "--out '" + out + "' <'" + place.path("in.txt") + "' 2>&-"), 0);
                     EXPECT_EQ(rows_of_json_lines(place.read("out.jsonl")), (Rows{"positive", kBad, "negative"}));
                   }});
  cases.push_back({"everything closed", [](const Workplace& place) {
                     const std::string in = place.write("in.txt", "好\n\n差\n");
                     const std::string out = place.path("out.jsonl");
                     EXPECT_EQ(shell(place, "--file '" + in + "' --out '" + out + "' <&- >&- 2>&-"), 0);
                     EXPECT_EQ(rows_of_json_lines(place.read("out.jsonl")), (Rows{"positive", kBad, "negative"}));
                     EXPECT_EQ(place.read("in.txt"), "好\n\n差\n");
                   }});
  cases.push_back({"standard input closed",
                   [](const Workplace& place) { EXPECT_EQ(shell(place, "--file - <&- >/dev/null 2>&1"), 1); }});
  cases.push_back({"a reader that leaves early", [](const Workplace& place) {
                     place.write("in.txt", repeated("好好好好好好好好\n", 100'000));
                     EXPECT_EQ(shell(place, "--file '" + place.path("in.txt") + "' 2>'" + place.path("error") +
                                                "' | head -n 1 >'" + place.path("first") + "'"),
                               0);
                     EXPECT_EQ(rows_of_json_lines(place.read("first")), (Rows{"positive"}));
                     EXPECT_EQ(place.read("error").find("error"), std::string::npos);
                   }});
}

}  // namespace

FileCases path_cases() {
  FileCases cases;
  add_inputs(cases);
  add_outputs(cases);
  add_descriptors(cases);
  return cases;
}

}  // namespace tenor::hostile
