// tenor serve: the page and the API over HTTP.
#pragma once

#include "apps/tenor/command.h"

namespace tenor::cli {

void add_serve_command(CLI::App& app, Run& run);

}  // namespace tenor::cli
