#include "ca/subject.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
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
constexpr size_t kMaxSerialNumberCharacters = 64;

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

}  // namespace

bool IsCountryShape(absl::string_view text) {
  return text.size() == 2 && absl::ascii_isupper(static_cast<unsigned char>(text[0])) &&
         absl::ascii_isupper(static_cast<unsigned char>(text[1]));
}

bool IsPrintableString(absl::string_view text) {
  static constexpr absl::string_view kPunctuation = " '()+,-./:=?";
  for (const char c : text) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) &&
        kPunctuation.find(c) == absl::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool IsNaturalPersonIdentifier(absl::string_view text) {
  static constexpr std::array<absl::string_view, 5> kTypes = {"PAS", "IDC", "PNO", "TIN", "EID"};
  if (text.size() < 7 || text[5] != '-' || text.back() == ' ') return false;
  if (text[6] == ' ' || !IsCountryShape(text.substr(3, 2))) return false;
  for (const absl::string_view type : kTypes) {
    if (text.substr(0, 3) == type) return true;
  }
  return false;
}

std::string CommonNameOf(const Subject& subject) {
  if (!subject.common_name.empty()) return subject.common_name;
  if (subject.given_name.empty()) return subject.surname;
  if (subject.surname.empty()) return subject.given_name;
  return absl::StrCat(subject.given_name, " ", subject.surname);
}

absl::Status CheckSubject(const Subject& subject) {
  if (!IsCountryShape(subject.country)) {
    return Malformed("country: is not an upper-case ISO 3166-1 alpha-2 code");
  }
  if (subject.given_name.empty() && subject.surname.empty()) {
    return Malformed("given name and surname: both are missing");
  }
  if (!subject.given_name.empty()) {
    ENKRAT_RETURN_IF_ERROR(CheckText("given name", subject.given_name));
  }
  if (!subject.surname.empty()) ENKRAT_RETURN_IF_ERROR(CheckText("surname", subject.surname));
  ENKRAT_RETURN_IF_ERROR(CheckText("common name", CommonNameOf(subject)));
  if (subject.serial_number.size() > kMaxSerialNumberCharacters) {
    return MakeError(Reason::kLimitExceeded, "serial number: is too long");
  }
  if (!IsPrintableString(subject.serial_number) ||
      !IsNaturalPersonIdentifier(subject.serial_number)) {
    return Malformed("serial number: is not an identifier of EN 319 412-1 5.1.3");
  }
  return absl::OkStatus();
}

Bytes EncodeSubject(const Subject& subject) {
  DerWriter writer;
  writer.Nested(der_tag::kSequence, [&] {
    WriteAttribute(writer, oid::kCountry, der_tag::kPrintableString, subject.country);
    WriteAttribute(writer, oid::kCommonName, der_tag::kUtf8String, CommonNameOf(subject));
    if (!subject.given_name.empty()) {
      WriteAttribute(writer, oid::kGivenName, der_tag::kUtf8String, subject.given_name);
    }
    if (!subject.surname.empty()) {
      WriteAttribute(writer, oid::kSurname, der_tag::kUtf8String, subject.surname);
    }
    WriteAttribute(writer, oid::kSerialNumber, der_tag::kPrintableString, subject.serial_number);
  });
  return std::move(writer).Take();
}

}  // namespace enkrat::ca
