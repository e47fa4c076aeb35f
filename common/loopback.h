// Which hosts are this machine itself.
#ifndef ENKRAT_COMMON_LOOPBACK_H_
#define ENKRAT_COMMON_LOOPBACK_H_

#include "absl/strings/string_view.h"

namespace enkrat {

// "localhost", a dotted address of 127.0.0.0/8, or the IPv6 address ::1 without brackets. Not a
// name that merely looks like one ("127.0.0.1.example"); no resolver is asked.
bool IsLoopbackHost(absl::string_view host);
// Whether the URL is http or https, names such a host, and no user.
bool IsLoopbackUrl(absl::string_view url);

}  // namespace enkrat

#endif  // ENKRAT_COMMON_LOOPBACK_H_
