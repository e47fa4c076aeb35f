// How the person was authenticated is told where the profile asks for it: not critical, one context
// of the SAML type, whose document is well-formed and names nobody.
#include "ca/authentication_context.h"

#include <openssl/asn1.h>

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/strip.h"
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"
#include "ca/sequence.h"

namespace enkrat::ca::lints {
namespace {

constexpr std::array<absl::string_view, 5> kAttributes = {
    "IdentityProvider", "AuthenticationInstant", "AuthnContextClassRef", "AssertionRef",
    "ServiceID"};
constexpr size_t kRequiredAttributes = 3;  // the first ones
constexpr size_t kMaxDocumentSize = 16384;

// Text of an attribute: no markup but the five predefined entities (XML 1.0 4.6).
bool IsAttributeText(absl::string_view text) {
  static constexpr std::array<absl::string_view, 5> kEntities = {"&amp;", "&lt;", "&gt;", "&quot;",
                                                                 "&apos;"};
  while (!text.empty()) {
    if (text.front() == '&') {
      const bool known = std::any_of(kEntities.begin(), kEntities.end(), [&](absl::string_view e) {
        return absl::ConsumePrefix(&text, e);
      });
      if (!known) return false;
      continue;
    }
    const auto octet = static_cast<unsigned char>(text.front());
    if (octet < 0x20 || octet == '<' || octet == '>' || octet == '\'' || octet == '"') return false;
    text.remove_prefix(1);
  }
  return true;
}

// Takes ` name="text"` off the front; false if there is none.
bool ConsumeAttribute(absl::string_view& xml, absl::string_view& name) {
  if (!absl::ConsumePrefix(&xml, " ")) return false;
  const size_t name_end = xml.find("=\"");
  if (name_end == absl::string_view::npos) return false;
  name = xml.substr(0, name_end);
  xml.remove_prefix(name_end + 2);
  const size_t text_end = xml.find('"');
  if (text_end == absl::string_view::npos || text_end == 0) return false;
  if (!IsAttributeText(xml.substr(0, text_end))) return false;
  xml.remove_prefix(text_end + 1);
  return true;
}

// The one shape that is made: any other element could hold the person's attributes.
LintFinding CheckDocument(absl::string_view xml) {
  if (xml.size() > kMaxDocumentSize) return "is too long";
  if (!absl::ConsumePrefix(&xml, "<saci:SAMLAuthContext xmlns:saci=\"") ||
      !absl::ConsumePrefix(&xml, kSamlContextType) ||
      !absl::ConsumePrefix(&xml, "\"><saci:AuthContextInfo")) {
    return "holds no SAMLAuthContext with AuthContextInfo";
  }
  std::vector<absl::string_view> seen;
  for (absl::string_view name; ConsumeAttribute(xml, name);) {
    if (std::find(kAttributes.begin(), kAttributes.end(), name) == kAttributes.end() ||
        std::find(seen.begin(), seen.end(), name) != seen.end()) {
      return "holds an attribute that is unknown or occurs twice";
    }
    seen.push_back(name);
  }
  if (xml != "/></saci:SAMLAuthContext>") return "is not well-formed";
  for (size_t i = 0; i < kRequiredAttributes; ++i) {
    if (std::find(seen.begin(), seen.end(), kAttributes[i]) == seen.end()) {
      return "lacks provider, instant or class";
    }
  }
  return std::nullopt;
}

LintFinding Check(const LintInput& input) {
  const ParsedExtension* extension = input.tbs.Find(oid::kAuthenticationContext);
  const bool expected = input.profile.spec().authentication_context;
  if (extension == nullptr) return expected ? LintFinding("is missing") : std::nullopt;
  if (!expected) return "is in a certificate whose profile does not ask for it";
  if (extension->critical) return "is critical";
  const SequenceMembers contexts = ReadSequence(extension->value).value_or(SequenceMembers{});
  if (contexts.size() != 1) return "does not hold exactly one context";
  const SequenceMembers context = ReadSequence(contexts.front().octets).value_or(SequenceMembers{});
  if (context.size() != 2 || context[0].type != V_ASN1_UTF8STRING ||
      context[1].type != V_ASN1_UTF8STRING) {
    return "is not a type and a document";
  }
  if (ToString(context[0].octets) != kSamlContextType) return "is not of the SAML type";
  return CheckDocument(ToString(context[1].octets));
}

}  // namespace

const Lint kAuthenticationContext = {
    .name = "authentication_context", .clause = "RFC 7773 2, 3", .check = Check};

}  // namespace enkrat::ca::lints
