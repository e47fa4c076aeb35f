// SAML responses and metadata for tests: right, or wrong in any one way.
//
// All text is written in the form that exclusive canonicalisation would give it (attributes sorted,
// no empty-element tags, each namespace declared where it is first used), so that signing it takes
// a digest and nothing that the product uses too.
//
//   SamlSigningPair key;
//   const std::string assertion = SamlAssertion(clock.Now()).Xml();
//   const std::string response = SamlResponseAround(SignSaml(key, assertion));
#ifndef ENKRAT_TESTS_SUPPORT_SAML_RESPONSE_FACTORY_H_
#define ENKRAT_TESTS_SUPPORT_SAML_RESPONSE_FACTORY_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/support/saml_signing_pair.h"

namespace enkrat::testing {

// What the assertions say unless a test changes it.
inline constexpr char kTestEntityId[] = "https://saml-idp.example/metadata";
inline constexpr char kTestServiceEntityId[] = "https://enkrat.example/saml";
inline constexpr char kTestRecipient[] = "https://enkrat.example/saml/acs";
inline constexpr char kTestInResponseTo[] = "_0123456789abcdef";
inline constexpr char kTestContextHigh[] = "http://eidas.europa.eu/LoA/high";
inline constexpr char kTestContextSubstantial[] = "http://eidas.europa.eu/LoA/substantial";
inline constexpr char kGivenNameAttribute[] = "urn:oid:2.5.4.42";
inline constexpr char kSurnameAttribute[] = "urn:oid:2.5.4.4";

// "2026-01-02T03:04:05Z"
std::string SamlTimeText(absl::Time time);

// An assertion that passes at `now`. Each public text can be replaced; those named *_xml stand in
// the document as they are. Empty attribute values: the attribute is not there.
struct SamlAssertion {
  explicit SamlAssertion(absl::Time now);

  std::string id = "_assertion-1";
  std::string version = "2.0";
  std::string issue_instant;
  std::string issuer = kTestEntityId;
  std::string name_id_format = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
  std::string name_id_xml = "person-1";
  std::string name_qualifier;
  std::string service_name_qualifier;
  std::string method = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
  std::string recipient = kTestRecipient;
  std::string in_response_to = kTestInResponseTo;
  std::string confirmation_not_before;
  std::string confirmation_not_on_or_after;
  std::string more_confirmations_xml;
  std::string not_before;
  std::string not_on_or_after;
  std::vector<std::string> audiences = {kTestServiceEntityId};
  std::string more_conditions_xml;
  std::string authn_instant;
  std::string session_not_on_or_after;
  std::string context = kTestContextHigh;
  // Name -> values; given name "Ana", surname "Novak".
  std::map<std::string, std::vector<std::string>> attributes;
  std::string more_attributes_xml;
  std::string more_xml;  // at the end

  // <saml:Assertion>, without a signature.
  std::string Xml() const;
};

struct SamlSignOptions {
  std::string method = {};  // empty: the pair's own
  std::string digest_method = "http://www.w3.org/2001/04/xmlenc#sha256";
  std::string reference_uri = {};   // empty: "#" and the ID of the element; "(empty)": URI=""
  std::string transforms_xml = {};  // empty: enveloped-signature and exclusive canonicalisation
  std::string canonicalization = "http://www.w3.org/2001/10/xml-exc-c14n#";
  std::string second_reference_xml = {};
  std::string key_info_xml = {};
  std::string object_xml = {};
};

// The <ds:Signature> over an element given in canonical form.
std::string SamlSignature(const SamlSigningPair& key, absl::string_view element,
                          const SamlSignOptions& options = {});
// The element with its signature in it: after its first Issuer, or, where there is none, as the
// first child.
std::string SignSaml(const SamlSigningPair& key, absl::string_view element,
                     const SamlSignOptions& options = {});

struct SamlEnvelope {
  std::string id = "_response-1";
  std::string status = "urn:oasis:names:tc:SAML:2.0:status:Success";
  std::string issuer = kTestEntityId;  // empty: none
  std::string destination = kTestRecipient;
  std::string in_response_to = kTestInResponseTo;
  std::string before_xml = {};  // between the status and the assertion
  std::string after_xml = {};
};

// <samlp:Response> around an assertion, itself without a signature.
std::string SamlResponseAround(absl::string_view assertion, const SamlEnvelope& envelope = {});

struct SamlMetadataText {
  std::string entity_id = kTestEntityId;
  std::vector<std::string> certificates = {};  // base64
  std::string id = "_metadata-1";
  std::string valid_until = {};
  std::string cache_duration = {};
  std::string use = "signing";  // empty: no such attribute

  // <md:EntityDescriptor>, without a signature.
  std::string Xml() const;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_SAML_RESPONSE_FACTORY_H_
