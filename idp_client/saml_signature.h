// XML Signatures that are inside what they sign, verified with given keys: in comes an element, out
// come the octets that were signed.
#ifndef ENKRAT_IDP_CLIENT_SAML_SIGNATURE_H_
#define ENKRAT_IDP_CLIENT_SAML_SIGNATURE_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "idp_client/saml_key.h"
#include "idp_client/saml_xml.h"

namespace enkrat::idp_client {

struct SignatureRules {
  // URI="" may stand for the document, of which the element is the root (metadata).
  bool whole_document_allowed = false;
};

// The signature that is a child of `element` (form: saml_signature_form.h) is one of the keys': the
// canonical octets that its digest was computed over, without the signature itself. They, and not
// the tree, are what the signer said: who reads only them cannot read anything else. Nothing
// (nullopt) if it is well formed and of this element, but made with none of the keys.
// kRequestMalformed if its form is not allowed or the element has been altered. KeyInfo is never
// looked at. Initialises xmlsec1 when first called. Thread-safe for different documents.
absl::StatusOr<std::optional<Bytes>> VerifyEnvelopedSignature(XmlElement element,
                                                              const std::vector<SamlKey>& keys,
                                                              const SignatureRules& rules);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_SAML_SIGNATURE_H_
