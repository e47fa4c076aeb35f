// XML Signatures that are inside what they sign, verified with given keys: in comes an element, out
// come the octets that were signed.
#ifndef ENKRAT_XML_SIGNATURE_H_
#define ENKRAT_XML_SIGNATURE_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "xml/document.h"
#include "xml/signature_form.h"
#include "xml/signature_key.h"

namespace enkrat::xml {

// What the signer said, and with which of the keys.
struct SignedOctets {
  Bytes octets;
  size_t key = 0;  // index
};

// The signature that is a child of `element` (form: signature_form.h) is one of the keys': the
// canonical octets that its digest was computed over, without the signature itself. They, and not
// the tree, are what the signer said: who reads only them cannot read anything else. Nothing
// (nullopt) if it is well formed and of this element, but made with none of the keys.
// kRequestMalformed if its form is not allowed or the element has been altered. KeyInfo is never
// looked at. Initialises xmlsec1 when first called. Thread-safe for different documents.
absl::StatusOr<std::optional<SignedOctets>> VerifyEnvelopedSignature(
    Element element, const std::vector<SignatureKey>& keys, const SignatureRules& rules);

}  // namespace enkrat::xml

#endif  // ENKRAT_XML_SIGNATURE_H_
