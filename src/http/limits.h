// How much of anything one client, and all of them together, may take.
#pragma once

#include <chrono>
#include <cstddef>

namespace tenor::http {

struct Limits {
  std::size_t max_body = std::size_t{8} << 20;        // bytes of a request's body
  std::size_t max_header = std::size_t{16} << 10;     // bytes of a request's head
  std::size_t max_texts = 1000;                       // in one request
  std::size_t max_text = std::size_t{2} << 20;        // bytes of one text: scoring needs many times its size
  std::size_t max_answer = std::size_t{64} << 20;     // bytes of an answer's body
  std::size_t max_connections = 10000;                // open at once
  std::size_t max_queue = 64;                         // large requests worked on, waiting, or being answered
  std::size_t max_buffered = std::size_t{512} << 20;  // bytes of large bodies and answers of all connections
  std::chrono::milliseconds header_timeout{10'000};   // first byte to the end of the head
  std::chrono::milliseconds body_timeout{30'000};     // end of the head to the end of the body
  std::chrono::milliseconds idle_timeout{60'000};     // between requests on a connection
  std::chrono::milliseconds write_timeout{30'000};    // for an answer; large ones get a second more a 100 kB
};

}  // namespace tenor::http
