// Clients that speak something else, or nothing sensible.
#include <gtest/gtest.h>

#include "http_case.h"

namespace tenor::hostile {

using namespace std::string_literals;

HttpCases stranger_cases() {
  HttpCases cases;
  const std::pair<const char*, std::string> greetings[] = {
      {"TLS 1.2", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + random_bytes(1, 500) + "\r\n\r\n"},
      {"TLS alert", "\x15\x03\x01\x00\x02\x02\x28\r\n\r\n"s},
      {"SSL 2", "\x80\x2e\x01\x00\x02\r\n\r\n"s},
      {"HTTP 2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"HTTP 2 with frames", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"s},
      {"an HTTP answer", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
      {"SSH", "SSH-2.0-OpenSSH_9.2\r\n"},
      {"SMTP", "EHLO example.org\r\n"},
      {"FTP", "USER anonymous\r\nPASS x\r\n"},
      {"Redis", "*1\r\n$4\r\nPING\r\n"},
      {"Memcached", "stats\r\n"},
      {"PostgreSQL", "\0\0\0\x08\x04\xd2\x16/\r\n\r\n"s},
      {"SOCKS 5", "\x05\x01\0\r\n\r\n"s},
      {"the PROXY protocol", "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\nGET /info HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"the PROXY protocol in binary", "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\r\n\r\n"s},
      {"RTSP", "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"},
      {"SIP", "REGISTER sip:127.0.0.1 SIP/2.0\r\n\r\n"},
      {"JSON alone", "{\"text\":\"好\"}\r\n\r\n"},
      {"JSON-RPC", "{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"id\":1}\n\r\n\r\n"},
      {"words", "hello?\r\n\r\n"},
      {"Chinese", "好好好\r\n\r\n"},
      {"NUL bytes", std::string(1000, '\0')},
      {"FF bytes", std::string(1000, '\xFF')},
      {"line feeds", std::string(1000, '\n')},
      {"a shell shock", "() { :;}; echo x\r\n\r\n"},
      {"a gzip stream", "\x1f\x8b\x08\0\0\0\0\0\0\x03\r\n\r\n"s},
      {"a BitTorrent handshake",
       "\x13"
       "BitTorrent protocol\r\n\r\n"},
      {"an RDP cookie", "\x03\0\0\x2f\x2a\xe0\0\0\0\0\0Cookie: mstshash=x\r\n\r\n"s},
      {"DNS over TCP", "\0\x1d\x12\x34\x01\0\0\x01\0\0\0\0\0\0\r\n\r\n"s},
  };
  for (const auto& [name, bytes] : greetings) cases.push_back(rejects_wire("stranger "s + name, bytes, "bad_request"));
  for (const std::uint64_t seed : {11, 12, 13, 14, 15, 16, 17, 18}) {
    const std::string name = "random bytes " + std::to_string(seed);
    cases.push_back(rejects_wire(name, "\x01" + random_bytes(seed, 2000) + "\r\n\r\n", "bad_request"));
    cases.push_back(
        rejects("random body " + std::to_string(seed), "/predict", "\x01" + random_bytes(seed, 2000), "broken_json"));
    // Behind a good request line.
    cases.push_back(rejects_wire("random fields " + std::to_string(seed),
                                 "GET /info HTTP/1.1\r\n\x01" + random_bytes(seed, 2000) + "\r\n\r\n", "bad_request"));
  }
  return cases;
}

}  // namespace tenor::hostile
