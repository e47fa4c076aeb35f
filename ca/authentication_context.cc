#include "ca/authentication_context.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ca/extension.h"
#include "ca/object_identifiers.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"

namespace enkrat::ca {
namespace {

constexpr size_t kMaxTextCharacters = 512;
constexpr absl::string_view kUnspecifiedClass =
    "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";
// Years of four digits, as xs:dateTime and the rest of the certificate have them.
constexpr absl::Time kEarliest = absl::UnixEpoch();
constexpr int64_t kLatestUnix = 253402300799;  // 9999-12-31T23:59:59Z

absl::Status CheckText(absl::string_view member, absl::string_view text) {
  return WithContext(CheckVisibleText(text, kMaxTextCharacters), member);
}

// Escaped for an XML attribute in double quotes (XML 1.0 2.4, 3.3.3).
void AppendEscaped(std::string& xml, absl::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        xml += "&amp;";
        break;
      case '<':
        xml += "&lt;";
        break;
      case '>':
        xml += "&gt;";
        break;
      case '"':
        xml += "&quot;";
        break;
      case '\'':
        xml += "&apos;";
        break;
      default:
        xml += c;
    }
  }
}

void AppendAttribute(std::string& xml, absl::string_view name, absl::string_view text) {
  if (text.empty()) return;
  absl::StrAppend(&xml, " ", name, "=\"");
  AppendEscaped(xml, text);
  xml += '"';
}

std::string ContextDocument(const AuthenticationContext& context) {
  std::string xml = absl::StrCat("<saci:SAMLAuthContext xmlns:saci=\"", kSamlContextType,
                                 "\"><saci:AuthContextInfo");
  AppendAttribute(xml, "IdentityProvider", context.identity_provider);
  AppendAttribute(xml, "AuthenticationInstant",
                  absl::FormatTime("%Y-%m-%d%ET%H:%M:%SZ", context.authentication_instant,
                                   absl::UTCTimeZone()));
  AppendAttribute(xml, "AuthnContextClassRef",
                  context.context_class.empty() ? kUnspecifiedClass : context.context_class);
  AppendAttribute(xml, "AssertionRef", context.assertion_reference);
  AppendAttribute(xml, "ServiceID", context.service_id);
  xml += "/></saci:SAMLAuthContext>";
  return xml;
}

}  // namespace

absl::Status CheckAuthenticationContext(const AuthenticationContext& context) {
  ENKRAT_RETURN_IF_ERROR(CheckText("identity provider", context.identity_provider));
  if (context.authentication_instant < kEarliest ||
      context.authentication_instant > absl::FromUnixSeconds(kLatestUnix)) {
    return MakeError(Reason::kRequestMalformed, "authentication instant: is not a time");
  }
  const std::pair<absl::string_view, absl::string_view> optional[] = {
      {"context class", context.context_class},
      {"assertion reference", context.assertion_reference},
      {"service id", context.service_id}};
  for (const auto& [member, text] : optional) {
    if (!text.empty()) ENKRAT_RETURN_IF_ERROR(CheckText(member, text));
  }
  return absl::OkStatus();
}

Bytes EncodeAuthenticationContext(const AuthenticationContext& context) {
  DerWriter writer(512);
  WriteExtension(writer, oid::kAuthenticationContext, Criticality::kNonCritical, [&] {
    writer.Nested(der_tag::kSequence, [&] {    // AuthenticationContexts
      writer.Nested(der_tag::kSequence, [&] {  // AuthenticationContext
        writer.Element(der_tag::kUtf8String, absl::string_view(kSamlContextType));
        writer.Element(der_tag::kUtf8String, ContextDocument(context));
      });
    });
  });
  return std::move(writer).Take();
}

}  // namespace enkrat::ca
