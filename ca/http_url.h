// The http and https URLs that certificates may point to.
#ifndef ENKRAT_CA_HTTP_URL_H_
#define ENKRAT_CA_HTTP_URL_H_

#include "absl/strings/string_view.h"

namespace enkrat::ca {

// "http://" or "https://" with a host, at most 512 visible ASCII characters (it goes into an
// IA5String), without user information.
bool IsHttpUrl(absl::string_view url);
bool IsHttpsUrl(absl::string_view url);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_HTTP_URL_H_
