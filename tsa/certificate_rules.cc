#include "tsa/certificate_rules.h"

#include <openssl/x509v3.h>

#include <memory>
#include <optional>

#include "common/asn1_time.h"
#include "common/openssl_ptr.h"

namespace enkrat::tsa {
namespace {

using ExtendedKeyUsagePtr =
    std::unique_ptr<EXTENDED_KEY_USAGE, OpenSslDeleter<EXTENDED_KEY_USAGE_free>>;

// Critical, and id-kp-timeStamping alone.
bool HasTimestampingPurposeAlone(X509* certificate) {
  int critical = -1;
  ExtendedKeyUsagePtr usages(static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(certificate, NID_ext_key_usage, &critical, nullptr)));
  return usages != nullptr && critical == 1 && sk_ASN1_OBJECT_num(usages.get()) == 1 &&
         OBJ_obj2nid(sk_ASN1_OBJECT_value(usages.get(), 0)) == NID_time_stamp;
}

}  // namespace

absl::Status CheckUnitCertificate(X509* certificate, Reason reason) {
  if (X509_get_version(certificate) != X509_VERSION_3) {
    return MakeError(reason, "the unit's certificate is not of version 3");
  }
  const uint32_t flags = X509_get_extension_flags(certificate);
  if ((flags & EXFLAG_INVALID) != 0) {
    return MakeError(reason, "the unit's certificate has broken extensions");
  }
  if ((flags & EXFLAG_CA) != 0) return MakeError(reason, "the unit's certificate is a CA's");
  if (!HasTimestampingPurposeAlone(certificate)) {
    return MakeError(reason,
                     "the unit's extendedKeyUsage is not id-kp-timeStamping, critical, alone");
  }
  constexpr uint32_t kAllowed = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION;
  const uint32_t usage = X509_get_key_usage(certificate);  // all ones when there is none
  if ((usage & kAllowed) == 0 || (usage & ~kAllowed) != 0) {
    return MakeError(reason, "the unit's keyUsage is not for signatures alone");
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> ToTime(const ASN1_TIME* time) {
  const std::optional<absl::Time> read = TimeFromAsn1(time);
  if (!read.has_value()) {
    return MakeError(Reason::kConfigurationInvalid, "a time in a certificate cannot be read");
  }
  return *read;
}

}  // namespace enkrat::tsa
