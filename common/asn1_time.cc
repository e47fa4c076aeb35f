#include "common/asn1_time.h"

#include <ctime>

#include "common/openssl_ptr.h"

namespace enkrat {

std::optional<absl::Time> TimeFromAsn1(const ASN1_TIME* time) {
  std::tm civil{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &civil) != 1) {
    DrainOpenSslErrors();
    return std::nullopt;
  }
  return absl::FromTM(civil, absl::UTCTimeZone());
}

}  // namespace enkrat
