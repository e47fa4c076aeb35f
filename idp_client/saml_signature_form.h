// What an XML Signature may look like before anybody computes anything (SAML 2.0 core 5.4).
#ifndef ENKRAT_IDP_CLIENT_SAML_SIGNATURE_FORM_H_
#define ENKRAT_IDP_CLIENT_SAML_SIGNATURE_FORM_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "idp_client/saml_xml.h"

namespace enkrat::idp_client {

// A SignatureMethod that is accepted.
struct XmlSignatureMethod {
  absl::string_view uri;
  bool rsa;  // false: ECDSA
};

// A signature of acceptable form.
struct SignatureForm {
  XmlElement signature;
  const XmlSignatureMethod* method;  // never null
  bool by_id;                        // false: URI="" (the whole document)
};

// Whether the ID is an NCName of ASCII letters, digits, '.', '-' and '_', at most 128: nothing that
// an XPointer could be made of.
bool IsPlainId(absl::string_view id);

// The form of the one ds:Signature that is a child of `element`. It must have exactly one
// Reference, whose URI is "#" and the element's own ID (attribute "ID"), or, where
// `whole_document_allowed`, ""; the transforms enveloped-signature and exclusive canonicalisation,
// in this order, and no others; canonicalisation of the same kind; RSA (PKCS#1 v1.5, or PSS as in
// RFC 6931 2.3.10) or ECDSA, with SHA-256, -384 or -512, and these as digests; no Object.
// KeyInfo may be there and is nobody's concern. kRequestMalformed otherwise.
absl::StatusOr<SignatureForm> CheckSignatureForm(XmlElement element, bool whole_document_allowed);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_SAML_SIGNATURE_FORM_H_
