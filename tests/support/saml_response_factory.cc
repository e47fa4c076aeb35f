#include "tests/support/saml_response_factory.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/digest.h"

namespace enkrat::testing {
namespace {

constexpr char kSaml[] = "urn:oasis:names:tc:SAML:2.0:assertion";
constexpr char kSamlp[] = "urn:oasis:names:tc:SAML:2.0:protocol";
constexpr char kMd[] = "urn:oasis:names:tc:SAML:2.0:metadata";
constexpr char kDs[] = "http://www.w3.org/2000/09/xmldsig#";

std::string EscapeText(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

// ` name="value"`; nothing for an empty value.
std::string Attribute(absl::string_view name, absl::string_view value) {
  if (value.empty()) return "";
  const std::string escaped =
      absl::StrReplaceAll(value, {{"&", "&amp;"}, {"<", "&lt;"}, {"\"", "&quot;"}});
  return absl::StrCat(" ", name, "=\"", escaped, "\"");
}

std::string IdOf(absl::string_view element) {
  const size_t start = element.find(" ID=\"") + 5;
  return std::string(element.substr(start, element.find('"', start) - start));
}

std::string DigestText(const std::string& method, absl::string_view octets) {
  if (absl::StrContains(method, "sha1")) {
    Bytes digest(20);
    EVP_Digest(octets.data(), octets.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
    return ToBase64(digest);
  }
  const DigestAlgorithm algorithm = absl::StrContains(method, "384")   ? DigestAlgorithm::kSha384
                                    : absl::StrContains(method, "512") ? DigestAlgorithm::kSha512
                                                                       : DigestAlgorithm::kSha256;
  return ToBase64(ComputeDigest(algorithm, AsSpan(octets)));
}

std::string SignedInfo(const SamlSigningPair& key, absl::string_view element,
                       const SamlSignOptions& options) {
  std::string uri =
      options.reference_uri.empty() ? absl::StrCat("#", IdOf(element)) : options.reference_uri;
  if (uri == "(empty)") uri.clear();
  const std::string transforms =
      !options.transforms_xml.empty()
          ? options.transforms_xml
          : absl::StrCat("<ds:Transform Algorithm=\"", kDs,
                         "enveloped-signature\"></ds:Transform><ds:Transform Algorithm=\""
                         "http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>");
  return absl::StrCat(
      "<ds:SignedInfo xmlns:ds=\"", kDs, "\"><ds:CanonicalizationMethod Algorithm=\"",
      options.canonicalization, "\"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"",
      options.method.empty() ? key.Method() : options.method,
      "\"></ds:SignatureMethod><ds:Reference URI=\"", uri, "\"><ds:Transforms>", transforms,
      "</ds:Transforms><ds:DigestMethod Algorithm=\"", options.digest_method,
      "\"></ds:DigestMethod><ds:DigestValue>", DigestText(options.digest_method, element),
      "</ds:DigestValue></ds:Reference>", options.second_reference_xml, "</ds:SignedInfo>");
}

}  // namespace

std::string SamlTimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

SamlAssertion::SamlAssertion(absl::Time now)
    : issue_instant(SamlTimeText(now)),
      confirmation_not_on_or_after(SamlTimeText(now + absl::Minutes(5))),
      not_before(SamlTimeText(now - absl::Seconds(30))),
      not_on_or_after(SamlTimeText(now + absl::Minutes(5))),
      authn_instant(SamlTimeText(now - absl::Seconds(20))),
      attributes({{kGivenNameAttribute, {"Ana"}}, {kSurnameAttribute, {"Novak"}}}) {}

std::string SamlAssertion::Xml() const {
  std::string restrictions;
  if (!audiences.empty()) {
    restrictions = "<saml:AudienceRestriction>";
    for (const std::string& audience : audiences) {
      absl::StrAppend(&restrictions, "<saml:Audience>", EscapeText(audience), "</saml:Audience>");
    }
    absl::StrAppend(&restrictions, "</saml:AudienceRestriction>");
  }
  std::string attribute_elements;
  for (const auto& [name, values] : attributes) {
    absl::StrAppend(&attribute_elements, "<saml:Attribute", Attribute("Name", name), ">");
    for (const std::string& value : values) {
      absl::StrAppend(&attribute_elements, "<saml:AttributeValue>", EscapeText(value),
                      "</saml:AttributeValue>");
    }
    absl::StrAppend(&attribute_elements, "</saml:Attribute>");
  }
  return absl::StrCat(
      "<saml:Assertion xmlns:saml=\"", kSaml, "\"", Attribute("ID", id),
      Attribute("IssueInstant", issue_instant), Attribute("Version", version), "><saml:Issuer>",
      EscapeText(issuer), "</saml:Issuer><saml:Subject><saml:NameID",
      Attribute("Format", name_id_format), Attribute("NameQualifier", name_qualifier),
      Attribute("SPNameQualifier", service_name_qualifier), ">", name_id_xml,
      "</saml:NameID><saml:SubjectConfirmation", Attribute("Method", method),
      "><saml:SubjectConfirmationData", Attribute("InResponseTo", in_response_to),
      Attribute("NotBefore", confirmation_not_before),
      Attribute("NotOnOrAfter", confirmation_not_on_or_after), Attribute("Recipient", recipient),
      "></saml:SubjectConfirmationData></saml:SubjectConfirmation>", more_confirmations_xml,
      "</saml:Subject><saml:Conditions", Attribute("NotBefore", not_before),
      Attribute("NotOnOrAfter", not_on_or_after), ">", restrictions, more_conditions_xml,
      "</saml:Conditions><saml:AuthnStatement", Attribute("AuthnInstant", authn_instant),
      Attribute("SessionNotOnOrAfter", session_not_on_or_after),
      "><saml:AuthnContext><saml:AuthnContextClassRef>", EscapeText(context),
      "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
      "<saml:AttributeStatement>",
      attribute_elements, more_attributes_xml, "</saml:AttributeStatement>", more_xml,
      "</saml:Assertion>");
}

std::string SamlSignature(const SamlSigningPair& key, absl::string_view element,
                          const SamlSignOptions& options) {
  const std::string signed_info = SignedInfo(key, element, options);
  const Bytes value = key.Sign(options.method.empty() ? key.Method() : options.method, signed_info);
  // Inside ds:Signature the namespace is declared already.
  const std::string inner =
      absl::StrReplaceAll(signed_info, {{absl::StrCat(" xmlns:ds=\"", kDs, "\""), ""}});
  return absl::StrCat("<ds:Signature xmlns:ds=\"", kDs, "\">", inner, "<ds:SignatureValue>",
                      ToBase64(value), "</ds:SignatureValue>", options.key_info_xml,
                      options.object_xml, "</ds:Signature>");
}

std::string SignSaml(const SamlSigningPair& key, absl::string_view element,
                     const SamlSignOptions& options) {
  constexpr absl::string_view kAfter = "</saml:Issuer>";
  size_t place = element.find(kAfter);
  place = place == absl::string_view::npos ? element.find('>') + 1 : place + kAfter.size();
  return absl::StrCat(element.substr(0, place), SamlSignature(key, element, options),
                      element.substr(place));
}

std::string SamlResponseAround(absl::string_view assertion, const SamlEnvelope& envelope) {
  const std::string issuer = envelope.issuer.empty()
                                 ? ""
                                 : absl::StrCat("<saml:Issuer xmlns:saml=\"", kSaml, "\">",
                                                EscapeText(envelope.issuer), "</saml:Issuer>");
  return absl::StrCat("<samlp:Response xmlns:samlp=\"", kSamlp, "\"",
                      Attribute("Destination", envelope.destination), Attribute("ID", envelope.id),
                      Attribute("InResponseTo", envelope.in_response_to),
                      " IssueInstant=\"2026-01-01T00:00:00Z\" Version=\"2.0\">", issuer,
                      "<samlp:Status><samlp:StatusCode", Attribute("Value", envelope.status),
                      "></samlp:StatusCode></samlp:Status>", envelope.before_xml, assertion,
                      envelope.after_xml, "</samlp:Response>");
}

std::string SamlMetadataText::Xml() const {
  std::string keys;
  for (const std::string& certificate : certificates) {
    absl::StrAppend(&keys, "<md:KeyDescriptor", Attribute("use", use), "><ds:KeyInfo xmlns:ds=\"",
                    kDs, "\"><ds:X509Data><ds:X509Certificate>", certificate,
                    "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>");
  }
  return absl::StrCat("<md:EntityDescriptor xmlns:md=\"", kMd, "\"", Attribute("ID", id),
                      Attribute("cacheDuration", cache_duration), Attribute("entityID", entity_id),
                      Attribute("validUntil", valid_until),
                      "><md:IDPSSODescriptor protocolSupportEnumeration=\"", kSamlp, "\">", keys,
                      "</md:IDPSSODescriptor></md:EntityDescriptor>");
}

}  // namespace enkrat::testing
