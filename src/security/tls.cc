#include "security/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <cstring>
#include <ctime>
#include <utility>

namespace tenor::security {

namespace {

constexpr std::size_t kRecord = 16384;  // the largest that TLS has

std::string last_reason() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown error" : reason;
}

// A key that wants a passphrase is refused instead of asked for on the terminal.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

int choose_http_1_1(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* in,
                    unsigned in_length, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, kOurs, sizeof kOurs - 1, in, in_length) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

std::string end_of(const X509* certificate) {
  std::tm time{};
  std::array<char, 32> text{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) != 1) return "";
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &time);
  return text.data();
}

tl::unexpected<Error> refuse(const std::string& what, const std::string& path) {
  return fail(ErrorCode::invalid_argument, what + " " + path + ": " + last_reason());
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}
void TlsChannel::Free::operator()(ssl_st* channel) const {
  SSL_free(channel);
}

Result<std::shared_ptr<const TlsContext>> TlsContext::open(const std::string& certificate, const std::string& key) {
  ERR_clear_error();
  std::shared_ptr<TlsContext> opened(new TlsContext);
  opened->context_.reset(SSL_CTX_new(TLS_server_method()));
  auto* context = opened->context_.get();
  if (context == nullptr) return fail(ErrorCode::io, "TLS: " + last_reason());
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Idle connections keep no buffers, and a write may come from another place than the one that was tried before.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(context, choose_http_1_1, nullptr);
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
    return refuse("expected a certificate and its chain as PEM in", certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return refuse("expected the certificate's private key, as PEM without a passphrase, in", key);
  }
  if (SSL_CTX_check_private_key(context) != 1) return refuse("expected the key of " + certificate + " in", key);
  opened->expires_ = end_of(SSL_CTX_get0_certificate(context));
  return std::shared_ptr<const TlsContext>(std::move(opened));
}

std::unique_ptr<TlsChannel> TlsChannel::accept(const TlsContext& context) {
  std::unique_ptr<TlsChannel> channel(new TlsChannel);
  channel->channel_.reset(SSL_new(context.get()));
  channel->in_ = BIO_new(BIO_s_mem());
  channel->out_ = BIO_new(BIO_s_mem());
  if (!channel->channel_ || channel->in_ == nullptr || channel->out_ == nullptr) {
    BIO_free(channel->in_);
    BIO_free(channel->out_);
    return nullptr;
  }
  SSL_set_bio(channel->channel_.get(), channel->in_, channel->out_);
  SSL_set_accept_state(channel->channel_.get());
  return channel;
}

bool TlsChannel::established() const {
  return SSL_is_init_finished(channel_.get()) == 1;
}

// False where it failed; true where it is done, or waits for the client.
bool TlsChannel::handshake() {
  const int done = SSL_do_handshake(channel_.get());
  return done == 1 || SSL_get_error(channel_.get(), done) == SSL_ERROR_WANT_READ;
}

TlsChannel::State TlsChannel::receive(std::string_view wire, std::string& plain) {
  if (failed_) return State::failed;
  ERR_clear_error();
  while (!wire.empty()) {
    const auto piece = wire.substr(0, kRecord);
    if (BIO_write(in_, piece.data(), static_cast<int>(piece.size())) != static_cast<int>(piece.size())) {
      failed_ = true;
      return State::failed;
    }
    wire.remove_prefix(piece.size());
  }
  if (!established() && !handshake()) failed_ = true;
  if (failed_ || !established()) return failed_ ? State::failed : State::open;
  std::array<char, kRecord> bytes{};
  for (;;) {
    const int got = SSL_read(channel_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (got > 0) {
      plain.append(bytes.data(), static_cast<std::size_t>(got));
      continue;
    }
    const int error = SSL_get_error(channel_.get(), got);
    if (error == SSL_ERROR_ZERO_RETURN) return State::ended;
    failed_ = error != SSL_ERROR_WANT_READ;
    return failed_ ? State::failed : State::open;
  }
}

bool TlsChannel::send(std::string_view plain) {
  ERR_clear_error();
  while (!failed_ && !plain.empty()) {
    const auto piece = plain.substr(0, kRecord);
    const int sent = SSL_write(channel_.get(), piece.data(), static_cast<int>(piece.size()));
    if (sent <= 0) {
      failed_ = true;
      break;
    }
    plain.remove_prefix(static_cast<std::size_t>(sent));
  }
  return !failed_;
}

void TlsChannel::close() {
  ERR_clear_error();
  if (!failed_ && established()) SSL_shutdown(channel_.get());
}

void TlsChannel::take_wire(std::string& wire) {
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(out_, &bytes);
  if (size > 0) wire.append(bytes, static_cast<std::size_t>(size));
  static_cast<void>(BIO_reset(out_));
}

}  // namespace tenor::security
