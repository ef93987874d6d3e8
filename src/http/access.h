// Whether a request may do what it asks for, as a fault.
#pragma once

#include <optional>

#include "http/fault.h"
#include "http/message.h"
#include "http/route.h"
#include "http/service.h"
#include "security/access.h"

namespace tenor::http {

// What a request of this kind does. Everything is a reader's business that is not named as anybody's or an admin's.
security::Need need_of(Route route, Method method);

// Nothing where it may; `who` is the name of the key that was shown, or empty.
std::optional<Fault> check_access(const Service& service, const RequestHead& head, Route route, std::string& who);

}  // namespace tenor::http
