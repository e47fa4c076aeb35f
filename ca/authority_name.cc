#include "ca/authority_name.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ca/semantics_identifier.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"

namespace enkrat::ca {
namespace {

constexpr size_t kMaxTextCharacters = 64;

absl::Status Invalid(absl::string_view message) {
  return MakeError(Reason::kConfigurationInvalid, message);
}

absl::Status CheckText(absl::string_view attribute, absl::string_view text) {
  const absl::Status status = CheckVisibleText(text, kMaxTextCharacters);
  if (!status.ok()) return Invalid(absl::StrCat(attribute, " ", status.message()));
  return absl::OkStatus();
}

// Of EN 319 412-1 5.1.4; a type of a country's own ("SI:SI-1") too, as no semantics are claimed for
// the names of authorities.
bool IsOrganizationIdentifier(absl::string_view text) {
  if (IsLegalPersonIdentifier(text)) return true;
  return text.size() > 6 && IsCountryShape(text.substr(0, 2)) && text[2] == ':' &&
         IsCountryShape(text.substr(3, 2)) && text[5] == '-';
}

bool AddEntry(X509_NAME* name, int nid, int type, absl::string_view text) {
  return X509_NAME_add_entry_by_NID(name, nid, type,
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()), -1, 0) == 1;
}

}  // namespace

absl::Status CheckAuthorityName(const AuthorityName& name) {
  if (!IsCountryShape(name.country)) {
    return Invalid("country is not an upper-case ISO 3166-1 alpha-2 code");
  }
  ENKRAT_RETURN_IF_ERROR(CheckText("organization", name.organization));
  ENKRAT_RETURN_IF_ERROR(CheckText("common name", name.common_name));
  if (name.organization_identifier.empty()) return absl::OkStatus();
  ENKRAT_RETURN_IF_ERROR(CheckText("organization identifier", name.organization_identifier));
  if (!IsOrganizationIdentifier(name.organization_identifier)) {
    return Invalid("organization identifier is not one of EN 319 412-1 5.1.4");
  }
  return absl::OkStatus();
}

absl::StatusOr<X509NamePtr> MakeX509Name(const AuthorityName& name) {
  X509NamePtr result(X509_NAME_new());
  bool done = AddEntry(result.get(), NID_countryName, V_ASN1_PRINTABLESTRING, name.country) &&
              AddEntry(result.get(), NID_organizationName, V_ASN1_UTF8STRING, name.organization);
  if (done && !name.organization_identifier.empty()) {
    done = AddEntry(result.get(), NID_organizationIdentifier, V_ASN1_UTF8STRING,
                    name.organization_identifier);
  }
  done = done && AddEntry(result.get(), NID_commonName, V_ASN1_UTF8STRING, name.common_name);
  if (!done) return OpenSslError(Reason::kInternal, "cannot make a distinguished name");
  return result;
}

}  // namespace enkrat::ca
