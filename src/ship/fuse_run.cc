#include "ship/fuse_run.h"

#include <optional>

#include "base/progress.h"
#include "ship/drift_reference.h"
#include "ship/fusion_report.h"

namespace tenor::ship {

namespace {

void rename(const BundleNames& names, bundle::Manifest& manifest) {
  const auto set = [](const std::string& given, std::string& field) {
    if (!given.empty()) field = given;
  };
  set(names.name, manifest.name);
  set(names.version, manifest.version);
  set(names.description, manifest.description);
  set(names.license, manifest.license);
  set(names.created, manifest.created);
}

}  // namespace

Result<DevRows> read_dev_rows(const DevSource& source, const Watch& watch) {
  Progress reading("reading", "rows", std::nullopt, watch.progress);
  auto rows = load_dev_rows(source, [&](std::uint64_t count) { reading.update(count); });
  reading.finish();
  if (!rows) return rows;
  if (rows->dataset.bad_row_count > 0) {
    watch.tell("warning: " + std::to_string(rows->dataset.bad_row_count) + " bad rows left out\n");
  }
  std::string names;
  for (const std::string& name : rows->two_class_sources) names += (names.empty() ? "" : ", ") + name;
  watch.tell(std::to_string(rows->dataset.rows.size()) +
             " rows; sources without neutral: " + (names.empty() ? "none" : names) + "\n");
  return rows;
}

Result<FusedBundle> fuse_and_name(FuseInput input, const BundleNames& names, const Watch& watch) {
  Progress asking("asking experts", "rows", input.rows.dataset.rows.size(), watch.progress);
  input.answers.progress = [&](std::uint64_t rows) { asking.update(rows); };
  auto fused = fuse_bundles(input);
  asking.finish();
  if (!fused) return fused;
  watch.tell(fusion_text(fused->tasks));
  rename(names, fused->writer.manifest());
  if (auto status = try_drift_reference(input.rows.dataset, watch, fused->writer); !status) {
    return tl::unexpected(status.error());
  }
  return fused;
}

Status check_written(const FusedBundle& fused, const bundle::Bundle& written, FuseInput input, const Watch& watch) {
  Progress checking("checking answers", "rows", input.rows.dataset.rows.size(), watch.progress);
  input.answers.progress = [&](std::uint64_t rows) { checking.update(rows); };
  return check_answers(fused, written, input);
}

}  // namespace tenor::ship
