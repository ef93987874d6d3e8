// What a bundle says about itself: the contents of manifest.json as plain structs. docs/bundle-format.md is the
// description for readers in other languages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle/json_object.h"

namespace tenor::bundle {

inline constexpr std::string_view kFormat = "tenor-bundle";
inline constexpr int kFormatVersion = 1;  // the newest this program reads, and the one it writes
inline constexpr std::string_view kManifestName = "manifest.json";
// Holds what `sha256sum manifest.json` prints: the one file that the manifest cannot vouch for is itself.
inline constexpr std::string_view kManifestDigestName = "manifest.sha256";
inline constexpr std::string_view kModelCardName = "MODEL_CARD.md";
inline constexpr std::size_t kMaxManifestBytes = 4u << 20;
inline constexpr std::size_t kMaxFiles = 4096;
inline constexpr std::size_t kMaxItems = 1024;  // tasks, and experts

enum class TaskKind { overall, aspect };

const char* to_string(TaskKind kind);

// One question that the model answers: how the writer feels overall, or about one aspect.
struct Task {
  std::string name;  // "overall", or the aspect's name; unique in the bundle
  TaskKind kind = TaskKind::overall;
  std::vector<std::string> labels;  // at least two, unique; their order is the order of every score vector
  bool operator==(const Task&) const = default;
};

// How text becomes features; all experts of a bundle share one normaliser.
struct Features {
  int normalizer_version = 0;  // must be one that the program's normaliser implements
  JsonObject settings;
  bool operator==(const Features&) const = default;
};

// One model that scores tasks.
struct Expert {
  std::string name;                // unique in the bundle
  std::string kind;                // "linear"; the experts folder refuses kinds it does not know
  std::string file;                // its tensors: a name in Manifest::files
  std::vector<std::string> tasks;  // names of Manifest::tasks, at least one
  JsonObject settings;
  bool operator==(const Expert&) const = default;
};

struct FileEntry {
  std::uint64_t size = 0;  // bytes
  std::string sha256;      // 64 lower-case hexadecimal digits
  bool operator==(const FileEntry&) const = default;
};

struct Manifest {
  int format_version = kFormatVersion;
  std::string name;     // "zh"
  std::string version;  // of the model, free text: "2024.1"
  std::string description;
  std::string created;                 // given by the maker, never the clock: the same training gives the same bundle
  std::vector<std::string> languages;  // "zh", "en"; at least one
  std::string license;
  std::vector<Task> tasks;  // at least one
  Features features;
  std::vector<Expert> experts;  // at least one
  JsonObject fusion;            // how the experts' scores become one
  JsonObject provenance;        // "program" (text, name and version of the writer), command, config, seeds, data
  std::map<std::string, FileEntry> files;  // every file but the manifest and its digest; filled in by BundleWriter
  bool operator==(const Manifest&) const = default;

  const Task* find_task(std::string_view task_name) const;  // null where there is none
  const Expert* find_expert(std::string_view expert_name) const;
};

// Reads and validates. Errors: limit (over kMaxManifestBytes), unsupported (another format or a newer version),
// corrupt (not JSON, duplicate keys, a field absent or of a wrong type, names that do not refer to anything).
// Unknown fields are ignored.
Result<Manifest> parse_manifest(std::string_view json);

// Keys sorted, indented by two spaces, one newline at the end: equal manifests give equal bytes. Validates as
// parse_manifest does; error: invalid_argument.
Result<std::string> to_json(const Manifest& manifest);

// The content of manifest.sha256 for a manifest's digest (64 hexadecimal digits).
std::string digest_line(std::string_view digest);

// True for a name a bundle may list: 1 to 128 of A-Z a-z 0-9 . _ -, not starting with a dot, not manifest.json
// or manifest.sha256.
bool is_plain_file_name(std::string_view name);

}  // namespace tenor::bundle
