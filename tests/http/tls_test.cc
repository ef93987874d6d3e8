// The server over TLS, asked by OpenSSL's own client.
#include "security/tls.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "security/test_certificate.h"
#include "server_fixture.h"

namespace tenor::http {
namespace {

namespace fs = std::filesystem;

// Trusts one certificate and nothing else.
class TlsClient {
 public:
  TlsClient(std::uint16_t port, const std::string& trusted) : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_load_verify_locations(context_, trusted.c_str(), nullptr);
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    channel_ = SSL_new(context_);
    SSL_set_fd(channel_, socket_);
    SSL_set1_host(channel_, "localhost");
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                 SSL_connect(channel_) == 1;
  }
  ~TlsClient() {
    SSL_free(channel_);
    SSL_CTX_free(context_);
    ::close(socket_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool connected() const { return connected_; }
  bool send(std::string_view bytes) {
    return SSL_write(channel_, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
  }
  // The whole answer; empty where the connection ended before.
  std::string receive() {
    for (;;) {
      const auto head_end = received_.find("\r\n\r\n");
      if (head_end != std::string::npos) {
        const auto length = std::stoul(received_.substr(received_.find("Content-Length: ") + 16));
        const auto size = head_end + 4 + length;
        if (received_.size() >= size) {
          auto answer = received_.substr(0, size);
          received_.erase(0, size);
          return answer;
        }
      }
      if (!fill()) return "";
    }
  }
  std::string ask(std::string_view bytes) { return send(bytes) ? receive() : ""; }
  // Whether the server said that it sends no more.
  bool told_goodbye() {
    while (fill()) {
    }
    return (SSL_get_shutdown(channel_) & SSL_RECEIVED_SHUTDOWN) != 0;
  }

 private:
  bool fill() {
    char bytes[16384];
    const int got = SSL_read(channel_, bytes, sizeof bytes);
    if (got > 0) received_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
  }

  SSL_CTX* context_;
  SSL* channel_ = nullptr;
  int socket_ = -1;
  bool connected_ = false;
  std::string received_;
};

class TlsServerTest : public ServerTest {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tenor-tls-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    files_ = security::write_certificate(folder_, "one");
    tls_.replace(open(files_));
    auto options = default_options();
    options.tls = &tls_;
    options.limits.header_timeout = std::chrono::milliseconds(300);
    start(options);
  }
  void TearDown() override {
    ServerTest::TearDown();
    server_.reset();
    fs::remove_all(folder_);
  }

  static security::SharedTls::Held open(const security::CertificateFiles& files) {
    auto context = security::TlsContext::open(files.certificate, files.key);
    EXPECT_TRUE(context) << context.error().message;
    return context ? *context : nullptr;
  }

  fs::path folder_;
  security::CertificateFiles files_;
  security::SharedTls tls_;
};

TEST_F(TlsServerTest, AnswersOverTlsAndKeepsTheConnection) {
  EXPECT_TRUE(server_->url().starts_with("https://"));
  TlsClient client(port(), files_.certificate);
  ASSERT_TRUE(client.connected());
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.ask(post("/predict", R"({"text":"good"})"));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
  }
}

TEST_F(TlsServerTest, TakesLargeBodiesAndGivesLargeAnswers) {
  std::string body = R"({"texts":["good")";
  for (int i = 0; i < 999; ++i) body += ",\"good " + std::string(1000, 'x') + "\"";
  body += "]}";
  TlsClient client(port(), files_.certificate);
  ASSERT_TRUE(client.connected());
  const auto answer = client.ask(post("/predict_batch", body));
  ASSERT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer.substr(0, 300);
  EXPECT_EQ(nlohmann::json::parse(answer.substr(answer.find("\r\n\r\n") + 4))["results"].size(), 1000U);
  EXPECT_TRUE(client.ask(get("/health/live")).starts_with("HTTP/1.1 200"));
}

TEST_F(TlsServerTest, ANewCertificateIsForNewConnections) {
  TlsClient before(port(), files_.certificate);
  ASSERT_TRUE(before.connected());
  const auto next = security::write_certificate(folder_, "two");
  tls_.replace(open(next));
  EXPECT_TRUE(before.ask(get("/health/live")).starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(TlsClient(port(), next.certificate).connected());
  EXPECT_FALSE(TlsClient(port(), files_.certificate).connected());
}

TEST_F(TlsServerTest, PlainHttpAndSilenceAreCutOff) {
  Client plain(port());
  ASSERT_TRUE(plain.send(get("/health/live")));
  EXPECT_FALSE(plain.receive());
  Client silent(port());
  EXPECT_TRUE(silent.closed_by_server());
  EXPECT_TRUE(wait_until([&] { return metric("tenor_connections") == 0; }));
}

TEST_F(TlsServerTest, ADrainSaysGoodbye) {
  TlsClient idle(port(), files_.certificate);
  ASSERT_TRUE(idle.connected());
  ASSERT_TRUE(idle.ask(get("/health/live")).starts_with("HTTP/1.1 200"));
  server_->begin_drain();
  EXPECT_TRUE(idle.told_goodbye());
  EXPECT_TRUE(wait_until([&] { return server_->drained(); }));
}

}  // namespace
}  // namespace tenor::http
