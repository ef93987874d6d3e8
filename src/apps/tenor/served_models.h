// The models of a server: engine, cache and drift watch as one analyzer that can be swapped for another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/tenor/encoder_flags.h"
#include "base/result.h"
#include "bundle/bundle.h"
#include "drift/monitor.h"
#include "engine/engine.h"
#include "engine/verdict_cache.h"
#include "serving/analyzer.h"
#include "serving/listening_analyzer.h"

namespace tenor::cli {

struct ServedOptions {
  EncoderFlags encoder;
  std::int64_t drift_window_seconds = 3600;
};

// Thread-safe, as the analyzers that it is made of. Opened whole or not at all.
class ServedModels final : public serving::Analyzer {
 public:
  // The cache may be null; it must outlive this. Errors: those of Engine::open, read_reference and engine_options().
  static Result<std::shared_ptr<const ServedModels>> open(std::span<const bundle::Bundle> bundles,
                                                          const ServedOptions& options, engine::VerdictCache* cache);
  // The same for models that are to replace others: their golden answers are checked, and it scores a few texts of each
  // language first, so that they are known to answer, and memory is touched before clients wait for it.
  static Result<std::shared_ptr<const ServedModels>> open_warm(std::span<const bundle::Bundle> bundles,
                                                               const ServedOptions& options,
                                                               engine::VerdictCache* cache);
  static Result<std::shared_ptr<const ServedModels>> open_warm(std::span<const std::filesystem::path> folders,
                                                               const ServedOptions& options,
                                                               engine::VerdictCache* cache);

  std::unique_ptr<serving::Session> open_session() const override { return listening_.open_session(); }
  Status check(const engine::Options& options) const override { return listening_.check(options); }
  serving::LoadedModels models() const override { return listening_.models(); }

  std::vector<drift::ModelDrift> drift() const;
  const std::string& unwatched() const { return unwatched_; }  // for people; empty where all models are watched

  // For open().
  struct Parts {
    engine::Engine engine;
    std::vector<drift::WatchedModel> watched;
    std::optional<engine::Budget> budget;
    std::string unwatched;
  };
  ServedModels(Parts parts, const ServedOptions& options, engine::VerdictCache* cache);

 private:
  serving::EngineAnalyzer scoring_;
  std::unique_ptr<drift::Monitor> monitor_;
  serving::ListeningAnalyzer listening_;
  std::string unwatched_;
};

}  // namespace tenor::cli
