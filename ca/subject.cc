#include "ca/subject.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ca/object_identifiers.h"
#include "common/der_writer.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"

namespace enkrat::ca {
namespace {

// X.520 upper bounds (RFC 5280 appendix A): ub-common-name, ub-serial-number; the names of persons
// get the same bound, well above what identity documents hold.
constexpr size_t kMaxTextCharacters = 64;
constexpr size_t kMaxIdentifierCharacters = 64;

absl::Status Malformed(absl::string_view message) {
  return MakeError(Reason::kRequestMalformed, message);
}

absl::Status CheckText(absl::string_view attribute, absl::string_view text) {
  ENKRAT_RETURN_IF_ERROR(WithContext(CheckVisibleText(text, kMaxTextCharacters), attribute));
  ENKRAT_ASSIGN_OR_RETURN(const std::string normalised, NormaliseText(text));
  if (text != normalised) return Malformed(absl::StrCat(attribute, ": is not in Unicode NFC"));
  return absl::OkStatus();
}

void WriteAttribute(DerWriter& writer, ByteSpan type, uint8_t tag, absl::string_view text) {
  writer.Nested(der_tag::kSet, [&] {
    writer.Nested(der_tag::kSequence, [&] {
      writer.ObjectIdentifier(type);
      writer.Element(tag, text);
    });
  });
}

void WriteText(DerWriter& writer, ByteSpan type, absl::string_view text) {
  if (!text.empty()) WriteAttribute(writer, type, der_tag::kUtf8String, text);
}

absl::Status CheckAbsent(absl::string_view attribute, absl::string_view text) {
  if (text.empty()) return absl::OkStatus();
  return Malformed(absl::StrCat(attribute, ": does not go with this kind of subject"));
}

absl::Status CheckSerialNumber(const Subject& subject) {
  if (subject.serial_number.size() > kMaxIdentifierCharacters) {
    return MakeError(Reason::kLimitExceeded, "serial number: is too long");
  }
  if (!IsPrintableString(subject.serial_number) ||
      !IsNaturalPersonIdentifier(subject.serial_number)) {
    return Malformed("serial number: is not an identifier of EN 319 412-1 5.1.3");
  }
  return absl::OkStatus();
}

absl::Status CheckNoOrganization(const Subject& subject) {
  ENKRAT_RETURN_IF_ERROR(CheckAbsent("organization", subject.organization));
  return CheckAbsent("organization identifier", subject.organization_identifier);
}

absl::Status CheckNoNames(const Subject& subject) {
  ENKRAT_RETURN_IF_ERROR(CheckAbsent("given name", subject.given_name));
  return CheckAbsent("surname", subject.surname);
}

absl::Status CheckNaturalPerson(const Subject& subject) {
  if (subject.given_name.empty() && subject.surname.empty()) {
    return Malformed("given name and surname: both are missing");
  }
  if (!subject.given_name.empty()) {
    ENKRAT_RETURN_IF_ERROR(CheckText("given name", subject.given_name));
  }
  if (!subject.surname.empty()) ENKRAT_RETURN_IF_ERROR(CheckText("surname", subject.surname));
  // Names or a pseudonym, never both (EN 319 412-2 NAT-4.2.4).
  ENKRAT_RETURN_IF_ERROR(CheckAbsent("pseudonym", subject.pseudonym));
  ENKRAT_RETURN_IF_ERROR(CheckNoOrganization(subject));
  return CheckSerialNumber(subject);
}

absl::Status CheckPseudonym(const Subject& subject) {
  ENKRAT_RETURN_IF_ERROR(CheckText("pseudonym", subject.pseudonym));
  if (CommonNameOf(subject) != subject.pseudonym) {
    return Malformed("common name: is not the pseudonym");
  }
  ENKRAT_RETURN_IF_ERROR(CheckNoNames(subject));
  ENKRAT_RETURN_IF_ERROR(CheckNoOrganization(subject));
  return CheckSerialNumber(subject);
}

absl::Status CheckLegalPerson(const Subject& subject) {
  ENKRAT_RETURN_IF_ERROR(CheckText("organization", subject.organization));
  if (subject.organization_identifier.size() > kMaxIdentifierCharacters) {
    return MakeError(Reason::kLimitExceeded, "organization identifier: is too long");
  }
  if (!IsLegalPersonIdentifier(subject.organization_identifier)) {
    return Malformed("organization identifier: is not one of EN 319 412-1 5.1.4");
  }
  if (subject.organization == subject.organization_identifier) {
    return Malformed("organization: is the organization identifier");
  }
  ENKRAT_RETURN_IF_ERROR(CheckNoNames(subject));
  ENKRAT_RETURN_IF_ERROR(CheckAbsent("pseudonym", subject.pseudonym));
  return CheckAbsent("serial number", subject.serial_number);
}

}  // namespace

std::string CommonNameOf(const Subject& subject) {
  if (!subject.common_name.empty()) return subject.common_name;
  if (subject.kind == SubjectKind::kPseudonym) return subject.pseudonym;
  if (subject.kind == SubjectKind::kLegalPerson) return subject.organization;
  if (subject.given_name.empty()) return subject.surname;
  if (subject.surname.empty()) return subject.given_name;
  return absl::StrCat(subject.given_name, " ", subject.surname);
}

absl::Status CheckSubject(const Subject& subject) {
  if (!IsCountryShape(subject.country)) {
    return Malformed("country: is not an upper-case ISO 3166-1 alpha-2 code");
  }
  switch (subject.kind) {
    case SubjectKind::kNaturalPerson:
      ENKRAT_RETURN_IF_ERROR(CheckNaturalPerson(subject));
      break;
    case SubjectKind::kPseudonym:
      ENKRAT_RETURN_IF_ERROR(CheckPseudonym(subject));
      break;
    case SubjectKind::kLegalPerson:
      ENKRAT_RETURN_IF_ERROR(CheckLegalPerson(subject));
      break;
  }
  return CheckText("common name", CommonNameOf(subject));
}

Bytes EncodeSubject(const Subject& subject) {
  DerWriter writer;
  writer.Nested(der_tag::kSequence, [&] {
    WriteAttribute(writer, oid::kCountry, der_tag::kPrintableString, subject.country);
    // Of a kind that the subject is not, the attributes are empty.
    WriteText(writer, oid::kOrganization, subject.organization);
    WriteText(writer, oid::kOrganizationIdentifier, subject.organization_identifier);
    WriteText(writer, oid::kCommonName, CommonNameOf(subject));
    WriteText(writer, oid::kGivenName, subject.given_name);
    WriteText(writer, oid::kSurname, subject.surname);
    WriteText(writer, oid::kPseudonym, subject.pseudonym);
    if (!subject.serial_number.empty()) {
      WriteAttribute(writer, oid::kSerialNumber, der_tag::kPrintableString, subject.serial_number);
    }
  });
  return std::move(writer).Take();
}

}  // namespace enkrat::ca
