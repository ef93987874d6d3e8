// TLS as a filter of bytes: what came over the wire in, what it says out, and the other way round. Knows no sockets.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "security/replaceable.h"

struct ssl_ctx_st;
struct ssl_st;
struct bio_st;

namespace tenor::security {

// A certificate with its chain and its key, and how TLS is spoken: 1.2 or newer, no compression, no renegotiation,
// ALPN http/1.1. Immutable; threads may share it.
class TlsContext {
 public:
  // PEM files. Refused: files that are not there or no PEM, a key with a passphrase, or one of another certificate.
  static Result<std::shared_ptr<const TlsContext>> open(const std::string& certificate, const std::string& key);

  ssl_ctx_st* get() const { return context_.get(); }
  // "2027-01-31T12:00:00Z" of the certificate itself.
  const std::string& expires() const { return expires_; }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  TlsContext() = default;
  std::unique_ptr<ssl_ctx_st, Free> context_;
  std::string expires_;
};

using SharedTls = Replaceable<TlsContext>;

// One connection's server side. Not for threads to share.
class TlsChannel {
 public:
  enum class State : std::uint8_t {
    open,    // more may come
    ended,   // the client said that it sends no more
    failed,  // of no more use; what take_wire() gives may still be sent (an alert)
  };

  // Null where memory is short. The context may go before the channel.
  static std::unique_ptr<TlsChannel> accept(const TlsContext& context);

  // Bytes from the wire; what they say is appended to `plain`. May leave bytes for take_wire().
  State receive(std::string_view wire, std::string& plain);
  // Encrypts. Only once established().
  bool send(std::string_view plain);
  // Says that nothing more will be sent.
  void close();
  // Appends what is to go over the wire now.
  void take_wire(std::string& wire);

  bool established() const;

 private:
  struct Free {
    void operator()(ssl_st* channel) const;
  };
  TlsChannel() = default;
  bool handshake();

  std::unique_ptr<ssl_st, Free> channel_;
  bio_st* in_ = nullptr;   // owned by channel_
  bio_st* out_ = nullptr;  // owned by channel_
  bool failed_ = false;
};

}  // namespace tenor::security
