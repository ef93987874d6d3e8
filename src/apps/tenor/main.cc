// tenor: scores texts and serves answers. Every command lives in a file of its own; see command.h.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "apps/tenor/command.h"
#include "apps/tenor/serve_command.h"
#include "base/standard_descriptors.h"

namespace {

constexpr const char* kFooter = R"(Examples:
  tenor predict "味道很好，服务也热情"
  tenor predict --file reviews.csv --out scored.csv
  tenor serve --port 8080
`tenor COMMAND --help` has more. Exit codes: 0 done, 1 failed, 2 the command line makes no sense.)";

int run_program(int argc, char** argv) {
  CLI::App app("Sentiment of texts, Chinese first, English second: overall and aspect by aspect, offline.", "tenor");
  app.set_version_flag("-V,--version", "tenor " TENOR_VERSION);
  app.require_subcommand(1);
  app.footer(kFooter);
  tenor::cli::Run run;
  tenor::cli::add_predict_command(app, run);
  tenor::cli::add_serve_command(app, run);
  tenor::cli::add_evaluate_command(app, run);
  tenor::cli::add_behaviour_command(app, run);
  tenor::cli::add_inspect_command(app, run);
  tenor::cli::add_models_command(app, run);
  tenor::cli::add_bench_command(app, run);
  tenor::cli::add_devices_command(app, run);
  tenor::cli::add_drift_command(app, run);
  tenor::cli::add_check_config_command(app, run);
  tenor::cli::add_keys_command(app, run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help and --version
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    return tenor::cli::report_usage(std::string(error.what()) + " (see tenor --help)");
  }
  return run();
}

}  // namespace

int main(int argc, char** argv) {
  tenor::fill_standard_descriptors();
  // A reader that goes away is an ordinary end of work (see Output::closed_early), not a reason to die half-way.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run_program(argc, argv);
  } catch (const std::exception& unexpected) {  // memory, in practice: nothing else is thrown past the commands
    return tenor::cli::report({tenor::ErrorCode::limit, unexpected.what()});
  }
}
