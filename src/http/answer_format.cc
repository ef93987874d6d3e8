#include "http/answer_format.h"

namespace tenor::http {

void mark_binary(Response& response, std::size_t json_bytes) {
  response.content_type = "application/octet-stream";
  response.headers += "Inference-Header-Content-Length: " + std::to_string(json_bytes) + "\r\n";
}

}  // namespace tenor::http
