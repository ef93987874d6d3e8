// From a request's body to the verdicts in its answer: what all scoring paths have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/json_writer.h"
#include "http/fault.h"
#include "http/service.h"

namespace tenor::http {

// Writes the members of one text's answer, without braces; `time_us` is what its scoring took.
using VerdictWriter = void (*)(JsonWriter& json, const engine::Verdict& verdict, std::string_view text,
                               std::uint64_t time_us);

// Fills workspace.response: one object for {"text"}, {"results": […], "errors": n} for {"texts"}.
std::optional<Fault> score(const Service& service, Workspace& workspace, const RequestForm& form, VerdictWriter write,
                           std::string_view body);

}  // namespace tenor::http
