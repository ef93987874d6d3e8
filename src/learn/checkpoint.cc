#include "learn/checkpoint.h"

#include <filesystem>

#include "base/file_system.h"
#include "bundle/json_object.h"

namespace tenor::learn {

namespace {

constexpr const char* kState = "state.json";
constexpr const char* kParameters = "parameters.safetensors";
constexpr const char* kMoments = "moments.safetensors";
constexpr const char* kAverage = "average.safetensors";
constexpr const char* kBest = "best.safetensors";

std::string state_json(const LoopPosition& at, const std::string& fingerprint) {
  bundle::JsonObject json;
  json.set("format", "tenor-checkpoint").set("format_version", std::int64_t{1}).set("fingerprint", fingerprint);
  json.set("step", at.step).set("epoch", at.epoch).set("micro_batch", at.micro_batch).set("tokens", at.tokens);
  json.set("updates", at.updates).set("averaged", at.averaged).set("has_best", at.has_best);
  json.set("best_score", at.best_score).set("evaluations_since_best", at.evaluations_since_best);
  return json.dump() + "\n";
}

Result<LoopPosition> read_state(const bundle::JsonObject& json) {
  LoopPosition at;
  const std::pair<const char*, std::uint64_t*> numbers[] = {{"step", &at.step},
                                                            {"epoch", &at.epoch},
                                                            {"micro_batch", &at.micro_batch},
                                                            {"tokens", &at.tokens},
                                                            {"updates", &at.updates},
                                                            {"averaged", &at.averaged},
                                                            {"evaluations_since_best", &at.evaluations_since_best}};
  for (const auto& [name, target] : numbers) {
    const auto value = json.integer(name);
    if (!value) return tl::unexpected(value.error());
    if (*value < 0) return fail(ErrorCode::corrupt, std::string(name) + " must not be negative");
    *target = static_cast<std::uint64_t>(*value);
  }
  const auto score = json.number("best_score");
  if (!score) return tl::unexpected(score.error());
  at.best_score = *score;
  const auto best = json.flag("has_best", false);
  if (!best) return tl::unexpected(best.error());
  at.has_best = *best;
  return at;
}

Status write_parameters(const std::filesystem::path& path, const Parameters& parameters) {
  const auto bytes = save_parameters(parameters);
  if (!bytes) return tl::unexpected(bytes.error());
  return write_file_atomic(path, *bytes);
}

Result<std::optional<Parameters>> read_optional(const std::filesystem::path& path, const Parameters& like) {
  if (!std::filesystem::exists(path)) return std::optional<Parameters>();
  Parameters out = like.clone();
  if (auto status = load_parameters(path.string(), out); !status) return tl::unexpected(status.error());
  return std::optional<Parameters>(std::move(out));
}

}  // namespace

Status write_checkpoint(const std::string& folder, const std::string& fingerprint, const Checkpoint& checkpoint) {
  auto pending = PendingFolder::create(std::filesystem::path(folder) / "checkpoint");
  if (!pending) return tl::unexpected(pending.error());
  const auto write = [&](const char* name, const Parameters& parameters) {
    return write_parameters(pending->path() / name, parameters);
  };
  if (auto status = write(kParameters, checkpoint.parameters); !status) return status;
  if (auto status = write(kMoments, checkpoint.moments); !status) return status;
  if (checkpoint.average) {
    if (auto status = write(kAverage, *checkpoint.average); !status) return status;
  }
  if (checkpoint.best) {
    if (auto status = write(kBest, *checkpoint.best); !status) return status;
  }
  const std::string state = state_json(checkpoint.position, fingerprint);
  if (auto status = write_file_atomic(pending->path() / kState, state); !status) return status;
  return pending->publish();
}

Result<std::optional<Checkpoint>> read_checkpoint(const std::string& folder, const std::string& fingerprint,
                                                  const Parameters& like, const Parameters& moments) {
  const std::filesystem::path path = std::filesystem::path(folder) / "checkpoint";
  if (!std::filesystem::exists(path)) return std::optional<Checkpoint>();
  const auto text = read_file(path / kState);
  if (!text) return tl::unexpected(text.error());
  const auto json = bundle::JsonObject::parse(*text);
  if (!json) return fail(json.error(), (path / kState).string());
  const auto found = json->text("fingerprint");
  if (!found) return fail(found.error(), (path / kState).string());
  if (*found != fingerprint) {
    return fail(ErrorCode::invalid_argument, path.string() + " is of another configuration or other data (" + *found +
                                                 ", expected " + fingerprint +
                                                 "); choose another folder, or remove it to begin anew");
  }
  auto position = read_state(*json);
  if (!position) return fail(position.error(), (path / kState).string());
  Checkpoint out;
  out.position = *position;
  out.parameters = like.clone();
  out.moments = moments.clone();
  if (auto status = load_parameters((path / kParameters).string(), out.parameters); !status) {
    return tl::unexpected(status.error());
  }
  if (auto status = load_parameters((path / kMoments).string(), out.moments); !status) {
    return tl::unexpected(status.error());
  }
  auto average = read_optional(path / kAverage, like);
  if (!average) return tl::unexpected(average.error());
  out.average = std::move(*average);
  auto best = read_optional(path / kBest, like);
  if (!best) return tl::unexpected(best.error());
  out.best = std::move(*best);
  return std::optional<Checkpoint>(std::move(out));
}

}  // namespace tenor::learn
