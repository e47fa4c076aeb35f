#include "signer/certificate_subject.h"

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "signer/canonical_octets.h"

namespace enkrat::signer {
namespace {

constexpr size_t kPseudonymOctets = 16;

}  // namespace

Bytes PersonOctets(const idp_client::VerifiedIdentity& identity, absl::string_view relying_party) {
  CanonicalOctets octets("enkrat/person/v1");
  octets.Item(relying_party);
  octets.Item(absl::string_view(identity.issuer));
  octets.Item(absl::string_view(identity.subject));
  return octets.octets();
}

absl::StatusOr<ca::Subject> CertificateSubject(const idp_client::VerifiedIdentity& identity,
                                               ByteSpan person_hash) {
  ca::Subject subject = {
      .country = identity.country,
      .given_name = identity.given_name,
      .surname = identity.surname,
      .common_name = "",
      .serial_number =
          identity.identifier.empty()
              ? absl::StrCat("EID", identity.country, "-",
                             ToHex(person_hash.subspan(0, kPseudonymOctets)))
              : absl::StrCat(identity.identifier_type, identity.country, "-", identity.identifier),
  };
  ENKRAT_RETURN_IF_ERROR(ca::CheckSubject(subject));
  return subject;
}

}  // namespace enkrat::signer
