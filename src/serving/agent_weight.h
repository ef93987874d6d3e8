// What a load balancer should send here, by how full the queue is. A pure function.
#pragma once

#include <string>

#include "serving/admission.h"

namespace tenor::serving {

// A line of HAProxy's agent-check: "drain" once the server is stopping, else "up ready N%", where N falls from 100 to 1
// as the interactive queue fills. Ends in a line feed.
std::string agent_line(bool stopping, const Backlog& backlog, const AdmissionRules& rules);

}  // namespace tenor::serving
