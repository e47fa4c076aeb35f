#include "signer/certificate_subject.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "signer/canonical_octets.h"
#include "signer/transliteration.h"

namespace enkrat::signer {
namespace {

// Of the person's hash: those of the pairwise serial number, then those of the pseudonym.
constexpr size_t kPairwiseOctets = 16;
constexpr size_t kPseudonymOctets = 8;
constexpr size_t kLongestCommonName = 64;  // characters (X.520 ub-common-name)

// Of UTF-8, which the identity's texts are: every octet that begins a character.
size_t CharacterCount(absl::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char octet) { return (octet & 0xC0) != 0x80; }));
}

// Given name and surname; where that is longer than X.520 lets it be, the surname, which is not.
std::string CommonName(const ca::Subject& subject) {
  std::string both = absl::StrCat(subject.given_name,
                                  subject.given_name.empty() || subject.surname.empty() ? "" : " ",
                                  subject.surname);
  if (CharacterCount(both) <= kLongestCommonName) return both;
  return subject.surname;
}

std::string PairwiseIdentifier(const idp_client::VerifiedIdentity& identity, ByteSpan person_hash) {
  return absl::StrCat("EID", identity.country, "-", ToHex(person_hash.subspan(0, kPairwiseOctets)));
}

std::string SerialNumber(const idp_client::VerifiedIdentity& identity, ByteSpan person_hash) {
  if (identity.identifier.empty()) return PairwiseIdentifier(identity, person_hash);
  return absl::StrCat(identity.identifier_type, identity.country, "-", identity.identifier);
}

// Transliterates one attribute, and notes that it did.
absl::Status MakeLatin(absl::string_view attribute, std::string& text, NamedSubject& named) {
  absl::StatusOr<std::string> latin = TransliterateToLatin(text);
  if (!latin.ok()) return WithContext(latin.status(), attribute);
  if (*latin == text) return absl::OkStatus();
  text = *std::move(latin);
  named.transliterated.emplace_back(attribute);
  named.method = TransliterationMethod();
  named.reason = "the profile asks for names in Latin script";
  return absl::OkStatus();
}

// A certificate cannot be unmasked by what else stands in it: no names, no identifier of the
// provider's.
ca::Subject PseudonymousSubject(const idp_client::VerifiedIdentity& identity,
                                ByteSpan person_hash) {
  std::string pseudonym = identity.pseudonym;
  if (pseudonym.empty()) {
    pseudonym =
        absl::StrCat("pseudonym-", ToHex(person_hash.subspan(kPairwiseOctets, kPseudonymOctets)));
  }
  return {.kind = ca::SubjectKind::kPseudonym,
          .country = identity.country,
          .given_name = "",
          .surname = "",
          .serial_number = PairwiseIdentifier(identity, person_hash),
          .pseudonym = std::move(pseudonym)};
}

absl::StatusOr<NamedSubject> NamedPerson(const idp_client::VerifiedIdentity& identity,
                                         ByteSpan person_hash, ca::SubjectNames names) {
  NamedSubject named = {.subject = {.country = identity.country,
                                    .given_name = identity.given_name,
                                    .surname = identity.surname,
                                    .serial_number = SerialNumber(identity, person_hash)}};
  ca::Subject& subject = named.subject;
  if (names == ca::SubjectNames::kLatin) {
    ENKRAT_RETURN_IF_ERROR(MakeLatin("givenName", subject.given_name, named));
    ENKRAT_RETURN_IF_ERROR(MakeLatin("surname", subject.surname, named));
    if (!named.transliterated.empty()) named.transliterated.emplace_back("commonName");
  }
  ENKRAT_RETURN_IF_ERROR(
      WithContext(CheckOneScript({subject.given_name, subject.surname}), "given name and surname"));
  subject.common_name = CommonName(subject);
  return named;
}

}  // namespace

Bytes PersonOctets(const idp_client::VerifiedIdentity& identity, absl::string_view relying_party) {
  CanonicalOctets octets("enkrat/person/v1");
  octets.Item(relying_party);
  octets.Item(absl::string_view(identity.issuer));
  octets.Item(absl::string_view(identity.subject));
  return octets.octets();
}

absl::StatusOr<NamedSubject> CertificateSubject(const idp_client::VerifiedIdentity& identity,
                                                ByteSpan person_hash, ca::SubjectNames names) {
  if (person_hash.size() < kPairwiseOctets + kPseudonymOctets) {
    return MakeError(Reason::kInternal, "a person's hash is too short");
  }
  if (names == ca::SubjectNames::kPseudonym) {
    NamedSubject named = {.subject = PseudonymousSubject(identity, person_hash)};
    ENKRAT_RETURN_IF_ERROR(ca::CheckSubject(named.subject));
    return named;
  }
  ENKRAT_ASSIGN_OR_RETURN(NamedSubject named, NamedPerson(identity, person_hash, names));
  ENKRAT_RETURN_IF_ERROR(ca::CheckSubject(named.subject));
  return named;
}

absl::StatusOr<NamedSubject> OrganizationSubject(const Organization& organization,
                                                 ca::SubjectNames names) {
  NamedSubject named = {
      .subject = {.kind = ca::SubjectKind::kLegalPerson,
                  .country = organization.country,
                  .given_name = "",
                  .surname = "",
                  .common_name = organization.common_name.empty() ? organization.name
                                                                  : organization.common_name,
                  .serial_number = "",
                  .organization = organization.name,
                  .organization_identifier = organization.organization_identifier}};
  if (names == ca::SubjectNames::kLatin) {
    ENKRAT_RETURN_IF_ERROR(MakeLatin("organizationName", named.subject.organization, named));
    ENKRAT_RETURN_IF_ERROR(MakeLatin("commonName", named.subject.common_name, named));
  }
  ENKRAT_RETURN_IF_ERROR(ca::CheckSubject(named.subject));
  return named;
}

const std::string& DisplayName(const ca::Subject& subject) {
  return subject.kind == ca::SubjectKind::kPseudonym ? subject.pseudonym : subject.common_name;
}

}  // namespace enkrat::signer
