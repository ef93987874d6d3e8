#include <filesystem>

#include "base/file_system.h"
#include "bundle/json_object.h"
#include "learn/body_files.h"
#include "learn/finetune_run.h"

namespace tenor::learn {

namespace {

constexpr const char* kModelFile = "model.json";
constexpr const char* kNumbersFile = "model.safetensors";

bundle::JsonObject task_json(const TaskInfo& task) {
  bundle::JsonObject json;
  return json.set("name", task.name).set("aspect", task.aspect).set("labels", task.labels);
}

Result<std::vector<TaskInfo>> read_tasks(const bundle::JsonObject& json) {
  const auto list = json.objects("tasks");
  if (!list) return tl::unexpected(list.error());
  std::vector<TaskInfo> tasks;
  std::size_t output = 0;
  for (const bundle::JsonObject& entry : *list) {
    const auto name = entry.text("name");
    if (!name) return tl::unexpected(name.error());
    const auto aspect = entry.flag("aspect", false);
    if (!aspect) return tl::unexpected(aspect.error());
    const auto labels = entry.texts("labels");
    if (!labels) return tl::unexpected(labels.error());
    tasks.push_back({*name, *aspect, *labels, output});
    output += labels->size();
  }
  return tasks;
}

}  // namespace

Status save_model(const std::string& folder, const TrainedModel& model) {
  const std::filesystem::path path(folder);
  const auto bytes = save_parameters(model.parameters);
  if (!bytes) return tl::unexpected(bytes.error());
  if (auto status = write_file_atomic(path / kNumbersFile, *bytes); !status) return status;
  if (auto status = write_file_atomic(path / kVocabularyFile, model.vocab_txt); !status) return status;
  bundle::JsonObject json, encoder;
  experts::write_encoder_config(model.config, encoder);
  std::vector<bundle::JsonObject> tasks;
  for (const TaskInfo& task : model.tasks) tasks.push_back(task_json(task));
  json.set("format", "tenor-model").set("format_version", std::int64_t{1});
  json.set("encoder", encoder).set("tasks", tasks).set("languages", model.languages);
  json.set("name", model.name).set("version", model.version).set("description", model.description);
  json.set("license", model.license).set("training_rows", model.fingerprint);
  json.set("max_tokens", static_cast<std::uint64_t>(model.reading.max_tokens));
  json.set("head_share", model.reading.long_text.head_share);
  return write_file_atomic(path / kModelFile, json.dump() + "\n");
}

Result<TrainedModel> load_model(const std::string& folder) {
  const std::filesystem::path path(folder);
  const std::string where = (path / kModelFile).string();
  const auto text = read_file(path / kModelFile);
  if (!text) return fail(text.error(), "a trained model is a folder made by tenor-train finetune");
  const auto json = bundle::JsonObject::parse(*text);
  if (!json) return fail(json.error(), where);
  TrainedModel model;
  const auto encoder = json->object("encoder");
  if (!encoder) return fail(encoder.error(), where);
  const auto config = experts::read_encoder_config(*encoder);
  if (!config) return fail(config.error(), where);
  model.config = *config;
  auto tasks = read_tasks(*json);
  if (!tasks) return fail(tasks.error(), where);
  model.tasks = *std::move(tasks);
  const auto languages = json->texts("languages");
  if (!languages) return fail(languages.error(), where);
  model.languages = *languages;
  for (const auto& [key, target] : {std::pair{"name", &model.name},
                                    {"version", &model.version},
                                    {"description", &model.description},
                                    {"license", &model.license},
                                    {"training_rows", &model.fingerprint}}) {
    const auto value = json->text(key);
    if (!value) return fail(value.error(), where);
    *target = *value;
  }
  const auto max_tokens = json->integer("max_tokens");
  if (!max_tokens) return fail(max_tokens.error(), where);
  model.reading.max_tokens = static_cast<std::size_t>(*max_tokens);
  const auto head = json->number("head_share");
  if (!head) return fail(head.error(), where);
  model.reading.long_text.head_share = *head;
  auto vocabulary = read_file(path / kVocabularyFile);
  if (!vocabulary) return tl::unexpected(vocabulary.error());
  model.vocab_txt = *std::move(vocabulary);
  add_initialised(encoder_shapes(model.config), 0, model.parameters);
  add_initialised(head_shapes(model.config), 0, model.parameters);
  if (auto status = load_parameters((path / kNumbersFile).string(), model.parameters); !status) {
    return tl::unexpected(status.error());
  }
  return model;
}

}  // namespace tenor::learn
