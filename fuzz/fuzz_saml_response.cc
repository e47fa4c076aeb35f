// SAML responses and metadata as they come in: nothing crashes, no signature is good for keys that
// never signed, and what is read of a person is in the form that the workflow may rely on.
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "common/reason.h"
#include "idp_client/saml_assertion_rules.h"
#include "idp_client/saml_metadata.h"
#include "idp_client/saml_person.h"
#include "idp_client/saml_response.h"
#include "xml/signature_form.h"

namespace enkrat::idp_client {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void RequireRejected(const absl::Status& status) {
  Require(status.ok() || ReasonOf(status) == Reason::kAssertionRejected);
}

xml::SignatureKey KeyOf(EVP_PKEY* generated) {
  const EvpPkeyPtr pkey(generated);
  const X509Ptr certificate(X509_new());
  Require(pkey != nullptr && X509_set_pubkey(certificate.get(), pkey.get()) == 1 &&
          X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0) != nullptr &&
          X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 60) != nullptr &&
          X509_sign(certificate.get(), pkey.get(), EVP_sha256()) > 0);
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  Require(size > 0);
  const absl::StatusOr<xml::SignatureKey> key =
      xml::SignatureKey::FromCertificate(ByteSpan(der, static_cast<size_t>(size)));
  OPENSSL_free(der);
  return key.value();
}

// Keys that have signed nothing: every signature of allowed form is canonicalised, digested and
// held against one of them, none is good.
const std::vector<xml::SignatureKey>& Keys() {
  static const std::vector<xml::SignatureKey> kKeys = {KeyOf(EVP_EC_gen("P-256")),
                                                       KeyOf(EVP_RSA_gen(2048))};
  return kKeys;
}

void ReadResponse(ByteSpan input) {
  const absl::StatusOr<SamlResponse> response = SamlResponse::Parse(input);
  RequireRejected(response.status());
  if (!response.ok()) return;
  RequireRejected(response->ClaimedIssuer().status());
  RequireRejected(response->CheckEnvelope("https://idp.example", {"https://sp.example"}, "_1"));
  const auto assertion = response->SignedAssertion(Keys());
  RequireRejected(assertion.status());
  Require(!assertion.ok() || !assertion->has_value());
}

// All rules, each by itself, for no input gets through them all.
void CheckRules(xml::Element assertion) {
  const SamlTimeDemands times = {.now = absl::FromUnixSeconds(1'800'000'000),
                                 .skew = absl::Seconds(10),
                                 .max_authentication_age = absl::Seconds(180)};
  const absl::StatusOr<std::string> id = CheckAssertionShape(assertion, times);
  RequireRejected(id.status());
  Require(!id.ok() || xml::IsPlainId(*id));
  RequireRejected(CheckIssuer(assertion, "https://saml-idp.example/metadata"));
  RequireRejected(CheckConditions(assertion, {"https://enkrat.example/saml"}, times).status());
  const auto bearer = CheckBearer(assertion,
                                  {.recipients = {"https://enkrat.example/saml/acs"},
                                   .expected_in_response_to = "_0123456789abcdef"},
                                  times);
  RequireRejected(bearer.status());
  Require(!bearer.ok() || bearer->bound);
  RequireRejected(CheckAuthentication(assertion, times).status());
}

// The readers of an assertion, as if the provider had signed this.
void ReadAssertion(ByteSpan input) {
  const absl::StatusOr<xml::Document> document = xml::Document::Parse(input, {});
  if (!document.ok()) return;
  (void)xml::CheckSignatureForm(document->root(),
                                {.whole_document_allowed = true, .own_parts_allowed = true});
  CheckRules(document->root());
  SamlIdentityProvider provider;
  provider.entity_id = "https://idp.example";
  provider.audiences = {"https://sp.example"};
  provider.attributes.fixed_country = "SI";
  VerifiedIdentity identity;
  const absl::Status status = ReadSamlPerson(document->root(), provider, identity);
  RequireRejected(status);
  if (!status.ok()) return;
  Require(!identity.subject.empty());
  Require(!identity.given_name.empty() || !identity.surname.empty());
}

}  // namespace
}  // namespace enkrat::idp_client

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  const enkrat::ByteSpan input(octets, size);
  enkrat::idp_client::ReadResponse(input);
  enkrat::idp_client::ReadAssertion(input);
  (void)enkrat::idp_client::ReadSamlMetadata(
      input, {.entity_id = "https://saml-idp.example/metadata", .signer = std::nullopt});
  return 0;
}
