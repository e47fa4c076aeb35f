#include "common/openssl_ptr.h"

#include <openssl/err.h>

#include "absl/strings/str_cat.h"

namespace enkrat {

absl::Status OpenSslError(Reason reason, absl::string_view attempted) {
  std::string message(attempted);
  for (unsigned long code = ERR_get_error(); code != 0; code = ERR_get_error()) {
    const char* text = ERR_reason_error_string(code);
    absl::StrAppend(&message, "; ", text != nullptr ? text : "unknown OpenSSL error");
  }
  return MakeError(reason, message);
}

void DrainOpenSslErrors() { ERR_clear_error(); }

}  // namespace enkrat
