// Who may do what: the decision alone, without HTTP.
#pragma once

#include <cstdint>
#include <string_view>

#include "security/key_ring.h"
#include "security/replaceable.h"

namespace tenor::security {

// What a request does.
enum class Need : std::uint8_t {
  nothing,  // liveness, readiness, the page's own files
  reader,
  admin,
};

enum class Access : std::uint8_t {
  granted,
  no_key,        // keys are asked for, and none was shown
  unknown_key,   // the key is not, or no longer, one of the ring
  not_admin,     // a reader's key for an admin's request
  admin_off,     // requests of this kind are not taken here
  foreign_host,  // without keys: the request names another host than this machine, as after DNS rebinding
};

struct Asked {
  Need need = Need::reader;
  std::string_view secret;     // the key that was shown; empty: none
  std::string_view host;       // of the Host header: "127.0.0.1:8080"
  bool admin_allowed = false;  // `--admin`
};

struct Decision {
  Access access = Access::granted;
  const Key* key = nullptr;  // of the ring that decided; null where none was needed
};

// `keys` is null where no keys are asked for: then whoever reaches the port may read, and admin requests must name a
// loopback host.
Decision decide(const KeyRing* keys, const Asked& asked);

// "Bearer KEY" -> KEY; empty for anything else. The scheme's case does not matter.
std::string_view bearer(std::string_view authorization);

// Whether a Host header names this machine itself: localhost, 127.0.0.0/8, ::1, with or without a port.
bool names_loopback(std::string_view host);

using SharedKeys = Replaceable<KeyRing>;

}  // namespace tenor::security
