// The command line of `tenor predict` as a plain struct, and what follows from it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/tenor/cache_flag.h"
#include "apps/tenor/encoder_flags.h"
#include "apps/tenor/row_writer.h"
#include "apps/tenor/style.h"
#include "base/result.h"
#include "data/row_reader.h"
#include "engine/engine.h"

namespace CLI {
class App;
}

namespace tenor::cli {

struct PredictOptions {
  std::vector<std::string> texts;
  std::string file;
  std::string input_format;
  std::string column;
  std::string out;
  std::string format;
  std::string aspects;
  std::string language;
  std::string granularity = "document";
  std::vector<std::string> models;
  EncoderFlags encoder;
  std::size_t cache_megabytes = kDefaultCacheMegabytes;
  std::string color = "auto";
  std::size_t threads = 0;  // 0: not given
  bool explain = false;
  bool unbuffered = false;
  bool no_progress = false;
  bool quiet = false;
  bool fail_on_error = false;
};

// Declares the flags on `command`; values land in `options`, which must outlive the parsing.
void add_predict_flags(CLI::App& command, PredictOptions& options);

// The flag --color, shared by commands that print for people.
void add_color_flag(CLI::App& command, std::string& value);
ColorMode color_mode(std::string_view value);

struct FormatFacts {
  std::string_view asked;      // --format
  std::string_view out;        // --out
  std::size_t text_count = 0;  // texts on the command line
  bool explain = false;        // or sentences: more than a line a text
  bool from_file = false;      // --file with a name
  bool to_terminal = false;
  data::RowFormat input = data::RowFormat::txt;
};

// --format, else the extension of --out, else a table for texts or standard input on a terminal, else the input's
// format (JSON lines for plain text). Errors (invalid_argument): an unknown format, an --out that ends in .gz.
Result<OutputFormat> choose_output_format(const FormatFacts& facts);

// "all", "none", "a,b", or empty for the default: all where the answer is for eyes and about one text, else none.
void set_aspects(std::string_view list, bool pretty, engine::Options& options);

// 0 asked: all processors for files, one thread for texts and pipes that are meant to answer at once.
std::size_t choose_threads(std::size_t asked, bool from_file, std::size_t processors);

}  // namespace tenor::cli
