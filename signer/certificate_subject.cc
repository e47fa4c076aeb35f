#include "signer/certificate_subject.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "signer/canonical_octets.h"

namespace enkrat::signer {
namespace {

constexpr size_t kPseudonymOctets = 16;
constexpr size_t kLongestCommonName = 64;  // characters (X.520 ub-common-name)

// Of UTF-8, which the identity's texts are: every octet that begins a character.
size_t CharacterCount(absl::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char octet) { return (octet & 0xC0) != 0x80; }));
}

// Given name and surname; where that is longer than X.520 lets it be, the surname, which is not.
std::string CommonName(const idp_client::VerifiedIdentity& identity) {
  std::string both = absl::StrCat(
      identity.given_name, identity.given_name.empty() || identity.surname.empty() ? "" : " ",
      identity.surname);
  if (CharacterCount(both) <= kLongestCommonName) return both;
  return identity.surname;
}

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
      .common_name = CommonName(identity),
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
