// Paths and other request targets.
#include <gtest/gtest.h>

#include "http_case.h"

namespace tenor::hostile {

namespace {

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

}  // namespace

HttpCases target_cases() {
  HttpCases cases;
  for (const std::string target : {"/nothing",
                                   "/../../../etc/passwd",
                                   "/..%2f..%2fetc%2fpasswd",
                                   "/%2e%2e/%2e%2e/etc/passwd",
                                   "/....//etc/passwd",
                                   "/..\\..\\windows\\win.ini",
                                   "//etc/passwd",
                                   "/./info",
                                   "/info/",
                                   "/INFO",
                                   "/info%00",
                                   "/%00",
                                   "/info%00.json",
                                   "/info;x=1",
                                   "/%69nfo",
                                   "/%",
                                   "/%zz",
                                   "/%u0069nfo",
                                   "/info%0d%0aX-Evil:%201",
                                   "/assets/../info",
                                   "/.git/config",
                                   "/.env",
                                   "/proc/self/environ",
                                   "/predict%20",
                                   "/'\"<script>",
                                   "/{{7*7}}",
                                   "/$(id)",
                                   "/|id",
                                   "/*",
                                   "*",
                                   "file:///etc/passwd",
                                   "/healthy",
                                   "/health/live/",
                                   "/v1",
                                   "/v1/analyze/..",
                                   "/index.php",
                                   "/wp-login.php",
                                   "/info/../info",
                                   "info",
                                   "/\xE5\xA5\xBD",
                                   "/\xFF\xFE",
                                   "/info#top"}) {
    cases.push_back(rejects_wire("path " + target, get(target), "not_found"));
  }
  cases.push_back(rejects_wire("path of 8 kB", get("/" + std::string(8'000, 'a')), "not_found"));
  cases.push_back(rejects_wire("path of 4000 slashes", get(std::string(4'000, '/')), "not_found"));
  cases.push_back(rejects_wire("path of 2000 steps up", get(repeated("/..", 2'000)), "not_found"));
  cases.push_back(
      rejects_wire("path with an unknown method", "DELETE /nothing HTTP/1.1\r\nHost: a\r\n\r\n", "not_found"));
  const json live = {{"status", "live"}};
  cases.push_back(answers_wire("absolute form", get("http://a/health/live"), 200, live));
  cases.push_back(answers_wire("absolute form with a user", get("http://user:pass@b:99999/health/live?x"), 200, live));
  cases.push_back(answers_wire("absolute form of another scheme", get("gopher://a/health/live"), 200, live));
  cases.push_back(answers_wire("query of 10 kB", get("/health/live?" + std::string(10'000, '?')), 200, live));
  cases.push_back(answers_wire("query with broken escapes", get("/health/live?%zz=%&&&=%00"), 200, live));
  cases.push_back(answers_wire("options of everything", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 204));
  cases.push_back(rejects_wire("text in the query", get("/predict?text=%E5%A5%BD"), "method_not_allowed"));
  cases.push_back(rejects_wire("proxy tunnel", "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: a\r\n\r\n", "not_found"));
  return cases;
}

}  // namespace tenor::hostile
