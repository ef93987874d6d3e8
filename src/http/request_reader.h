// Bytes of a connection -> requests.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/fault.h"
#include "http/limits.h"
#include "http/message.h"

namespace tenor::http {

// Reads one request after the other, in whatever pieces they come. Stricter than the parser beneath it: exactly one
// Host for HTTP/1.1, no transfer coding but chunked, the head's limit counted over all its pieces. Not for threads to
// share.
class RequestReader {
 public:
  enum class Progress {
    need_more,  // the request is not complete
    head,       // the head is complete, a body follows; said once a request
    complete,   // head() and body() are the request
    failed,     // fault() says why; the connection is of no more use
  };

  explicit RequestReader(const Limits& limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Begins the next request. Keeps the buffers, unless they are large.
  void reset();

  // Takes what it can from `bytes`; `consumed` is how much. What is not consumed must come again, with more after it.
  Progress read(std::string_view bytes, std::size_t& consumed);

  bool started() const;    // a byte of the request was seen
  bool head_done() const;  // the body is being read
  const RequestHead& head() const;
  std::string_view body() const;
  std::size_t body_capacity() const;
  const Fault& fault() const;

 private:
  class Parser;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tenor::http
