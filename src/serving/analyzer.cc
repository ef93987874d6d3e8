#include "serving/analyzer.h"

#include <utility>

namespace tenor::serving {

namespace {

class EngineSession final : public Session {
 public:
  explicit EngineSession(const engine::Engine& engine) : engine_(engine), scratch_(engine.make_scratch()) {}

  Status classify(std::string_view text, const engine::Options& options, engine::Verdict& verdict) override {
    return engine_.classify(text, options, *scratch_, verdict);
  }

 private:
  const engine::Engine& engine_;
  engine::ScratchPtr scratch_;
};

}  // namespace

std::unique_ptr<Session> EngineAnalyzer::open_session() const {
  return std::make_unique<EngineSession>(engine_);
}

}  // namespace tenor::serving
