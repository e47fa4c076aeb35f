// A samlp:Response taken apart without believing it: one assertion, in its one place, signed
// itself.
#ifndef ENKRAT_IDP_CLIENT_SAML_RESPONSE_H_
#define ENKRAT_IDP_CLIENT_SAML_RESPONSE_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "xml/document.h"
#include "xml/signature_key.h"

namespace enkrat::idp_client {

// Longest response as XML, in octets.
inline constexpr size_t kMaxSamlResponseSize = 256 * 1024;

// A response of the right shape. Nothing in it is verified. Used by one thread at a time.
class SamlResponse {
 public:
  // XML, or base64 of it as the HTTP POST binding sends it (white space between the characters
  // allowed). Demanded: samlp:Response of version 2.0 with status Success; nothing in it but
  // Issuer, Signature, Status and one Assertion, directly below, the only one of the whole
  // document; signatures nowhere but in these two, one each, and one in the Assertion; no encrypted
  // parts. kAssertionRejected.
  static absl::StatusOr<SamlResponse> Parse(ByteSpan received);

  // Assertion/Issuer: decides only which keys it is held against. kAssertionRejected.
  absl::StatusOr<std::string> ClaimedIssuer() const;

  // What the unsigned outside says where it says anything: Issuer is the provider's, Destination
  // one of ours, InResponseTo the expected. kAssertionRejected.
  absl::Status CheckEnvelope(const std::string& entity_id,
                             const std::vector<std::string>& recipients,
                             const std::string& expected_in_response_to) const;

  // The signature of the assertion, and of the response if it has one, is one of the keys': the
  // assertion as it was signed, read anew from the signed octets. Nothing if a signature was made
  // with none of the keys. kAssertionRejected.
  absl::StatusOr<std::optional<xml::Document>> SignedAssertion(
      const std::vector<xml::SignatureKey>& keys) const;

 private:
  SamlResponse(xml::Document document, xml::Element assertion)
      : document_(std::move(document)), assertion_(assertion) {}

  xml::Document document_;
  xml::Element assertion_;
};

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_SAML_RESPONSE_H_
