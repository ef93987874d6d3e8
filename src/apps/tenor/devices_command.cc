// tenor devices: the processors that the server would use.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>

#include "apps/tenor/command.h"
#include "apps/tenor/device_table.h"
#include "apps/tenor/output.h"
#include "devices/monitor.h"
#include "devices/snapshot_json.h"

namespace tenor::cli {

namespace {

using std::chrono::milliseconds;

constexpr const char* kDeviceExamples = R"(Examples:
  tenor devices
  tenor devices --watch
  tenor devices --watch 0.5
  tenor devices --json | jq '.gpus[] | select(.health != "ok")'
  CUDA_VISIBLE_DEVICES=1 tenor devices)";

constexpr milliseconds kOnce{250};       // between the two readings that a load needs
constexpr milliseconds kPatience{5000};  // for a driver that is slow to start
constexpr const char* kClearScreen = "\x1b[H\x1b[2J";

struct DevicesOptions {
  double watch_seconds = 0;
  bool json = false;
};

Status show(Output& output, const devices::Snapshot& snapshot, const DevicesOptions& options, bool clear) {
  std::string& out = output.buffer();
  if (clear) out += kClearScreen;
  if (options.json) {
    devices::append_json(out, snapshot, devices::Clock::now());
    out += '\n';
  } else {
    append_device_table(out, snapshot);
  }
  return output.flush();
}

int show_devices(const DevicesOptions& options) {
  const bool watch = options.watch_seconds > 0;
  const milliseconds pause(watch ? static_cast<long>(options.watch_seconds * 1000) : kOnce.count());
  auto monitored = devices::MonitorOptions::from_environment();
  monitored.interval = pause;
  const devices::Monitor monitor(monitored);
  if (!monitor.wait_ready(kPatience)) warn("the NVIDIA driver does not answer; what follows is without its devices");
  auto snapshot = monitor.snapshot();
  const auto end = devices::Clock::now() + 4 * kOnce;
  while (!snapshot->cpu.load && devices::Clock::now() < end) snapshot = monitor.wait_beyond(snapshot->number, kOnce);

  Output output = Output::standard();
  const bool clear = watch && !options.json && isatty(STDOUT_FILENO) == 1;
  while (true) {
    if (Status status = show(output, *snapshot, options, clear); !status) return report(status.error());
    if (!watch || output.closed_early()) return kOk;
    const auto next = devices::Clock::now() + pause;
    while (devices::Clock::now() < next) {
      snapshot = monitor.wait_beyond(snapshot->number, std::chrono::ceil<milliseconds>(next - devices::Clock::now()));
    }
  }
}

}  // namespace

void add_devices_command(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("devices", "Show processors and GPUs: memory, load, heat, health");
  auto options = std::make_shared<DevicesOptions>();
  command->add_option("-w,--watch", options->watch_seconds, "Show them again and again, every so many seconds")
      ->check(CLI::Range(0.1, 3600.0).description(""))
      ->expected(0, 1)
      ->default_str("1")
      ->type_name("SECONDS");
  command->add_flag("--json", options->json, "Print a JSON object, with --watch one a line");
  command->footer(kDeviceExamples);
  command->callback([options, &run] { run = [options] { return show_devices(*options); }; });
}

}  // namespace tenor::cli
