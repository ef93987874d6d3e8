#include "security/tls.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "security/test_certificate.h"

namespace tenor::security {
namespace {

class Tls : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("tls-test-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    files_ = write_certificate(folder_, "one");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::shared_ptr<const TlsContext> open() {
    auto context = TlsContext::open(files_.certificate, files_.key);
    EXPECT_TRUE(context) << context.error().message;
    return context ? *context : nullptr;
  }

  std::filesystem::path folder_;
  CertificateFiles files_;
};

// OpenSSL's client, which trusts anybody, over memory.
class Client {
 public:
  explicit Client(int newest = TLS1_3_VERSION) : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_max_proto_version(context_, newest);
    SSL_CTX_set_min_proto_version(context_, newest);
    SSL_CTX_set_security_level(context_, 0);
    channel_ = SSL_new(context_);
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    SSL_set_bio(channel_, in_, out_);
    SSL_set_connect_state(channel_);
    static constexpr unsigned char kProtocols[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(channel_, kProtocols, sizeof kProtocols - 1);
  }
  ~Client() {
    SSL_free(channel_);
    SSL_CTX_free(context_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Both sides until neither has anything to say. Bytes go over in pieces of `piece`.
  TlsChannel::State exchange(TlsChannel& server, std::string& heard, std::size_t piece = 100000) {
    auto state = TlsChannel::State::open;
    for (bool moved = true; moved;) {
      SSL_do_handshake(channel_);
      read();
      std::string wire = take();
      moved = !wire.empty();
      for (std::string_view rest = wire; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
        state = server.receive(rest.substr(0, piece), heard);
      }
      std::string back;
      server.take_wire(back);
      moved = moved || !back.empty();
      BIO_write(in_, back.data(), static_cast<int>(back.size()));
    }
    return state;
  }
  void say(const std::string& text) { SSL_write(channel_, text.data(), static_cast<int>(text.size())); }
  void end() { SSL_shutdown(channel_); }
  bool hears_end() const { return (SSL_get_shutdown(channel_) & SSL_RECEIVED_SHUTDOWN) != 0; }
  const std::string& heard() const { return heard_; }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(channel_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }

 private:
  void read() {
    char bytes[4096];
    for (int got = 0; (got = SSL_read(channel_, bytes, sizeof bytes)) > 0;) {
      heard_.append(bytes, static_cast<std::size_t>(got));
    }
  }
  std::string take() {
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(out_, &bytes);
    std::string wire(bytes, static_cast<std::size_t>(size));
    static_cast<void>(BIO_reset(out_));
    return wire;
  }

  SSL_CTX* context_;
  SSL* channel_;
  BIO *in_, *out_;
  std::string heard_;
};

TEST_F(Tls, CarriesBytesBothWaysInWhateverPiecesTheyCome) {
  const auto context = open();
  ASSERT_TRUE(context);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100000}}) {
      Client client(version);
      const auto server = TlsChannel::accept(*context);
      std::string heard;
      EXPECT_FALSE(server->established());
      client.exchange(*server, heard, piece);
      ASSERT_TRUE(server->established());
      EXPECT_EQ(client.protocol(), "http/1.1");
      client.say("GET / HTTP/1.1\r\n\r\n");
      EXPECT_EQ(client.exchange(*server, heard, piece), TlsChannel::State::open);
      EXPECT_EQ(heard, "GET / HTTP/1.1\r\n\r\n");
      const std::string answer(50000, 'x');
      ASSERT_TRUE(server->send(answer));
      client.exchange(*server, heard, piece);
      EXPECT_EQ(client.heard(), answer);
    }
  }
}

TEST_F(Tls, BothSidesSayWhenTheyAreDone) {
  const auto context = open();
  Client client;
  const auto server = TlsChannel::accept(*context);
  std::string heard;
  client.exchange(*server, heard);
  client.say("bye");
  client.end();
  EXPECT_EQ(client.exchange(*server, heard), TlsChannel::State::ended);
  EXPECT_EQ(heard, "bye");
  ASSERT_TRUE(server->send("good bye"));  // the other direction is open still
  server->close();
  client.exchange(*server, heard);
  EXPECT_EQ(client.heard(), "good bye");
  EXPECT_TRUE(client.hears_end());
}

TEST_F(Tls, WhatIsNoTlsFailsAtOnceAndForGood) {
  const auto context = open();
  for (const std::string_view bytes :
       {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\xff\xff\xff\xff\xff\xff\xff"}) {
    const auto server = TlsChannel::accept(*context);
    std::string heard;
    EXPECT_EQ(server->receive(bytes, heard), TlsChannel::State::failed);
    EXPECT_EQ(server->receive("more", heard), TlsChannel::State::failed);
    EXPECT_TRUE(heard.empty());
  }
}

TEST_F(Tls, OldVersionsAreRefused) {
  const auto context = open();
  Client client(TLS1_1_VERSION);
  const auto server = TlsChannel::accept(*context);
  std::string heard;
  EXPECT_EQ(client.exchange(*server, heard), TlsChannel::State::failed);
}

TEST_F(Tls, ABrokenRecordEndsTheChannel) {
  const auto context = open();
  Client client;
  const auto server = TlsChannel::accept(*context);
  std::string heard;
  client.exchange(*server, heard);
  EXPECT_EQ(server->receive(std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, '\0'), heard),
            TlsChannel::State::failed);
}

TEST_F(Tls, RefusesFilesThatDoNotFit) {
  const auto other = write_certificate(folder_, "two");
  const auto plain = (folder_ / "plain.txt").string();
  std::ofstream(plain) << "no PEM";
  EXPECT_NE(TlsContext::open(files_.certificate, other.key).error().message.find(other.key), std::string::npos);
  EXPECT_NE(TlsContext::open(plain, files_.key).error().message.find("expected a certificate"), std::string::npos);
  EXPECT_NE(TlsContext::open(files_.certificate, plain).error().message.find("private key"), std::string::npos);
  EXPECT_FALSE(TlsContext::open((folder_ / "none.pem").string(), files_.key));
}

TEST_F(Tls, KnowsWhenTheCertificateEnds) {
  const auto context = open();
  EXPECT_EQ(context->expires().size(), std::string_view("2027-01-31T12:00:00Z").size());
  EXPECT_TRUE(context->expires().ends_with('Z'));
}

}  // namespace
}  // namespace tenor::security
