// What an XML Signature may look like before anybody computes anything.
#ifndef ENKRAT_XML_SIGNATURE_FORM_H_
#define ENKRAT_XML_SIGNATURE_FORM_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "xml/document.h"

namespace enkrat::xml {

// What of XML Signature a kind of document may use. The default is SAML's (SAML 2.0 core 5.4).
struct SignatureRules {
  std::string id_attribute = "ID";  // of the element that is signed
  // URI="" may stand for the document, of which the element is the root (metadata, trusted lists).
  bool whole_document_allowed = false;
  bool inclusive_c14n_allowed = false;  // Canonical XML 1.0, besides exclusive
  // ds:Object elements, and up to three more references, each to an element inside the signature
  // itself with an attribute "Id" (XAdES: SignedProperties).
  bool own_parts_allowed = false;
};

// A SignatureMethod that is accepted.
struct SignatureMethod {
  absl::string_view uri;
  bool rsa;  // false: ECDSA
};

// A signature of acceptable form.
struct SignatureForm {
  Element signature;
  const SignatureMethod* method;   // never null
  bool by_id;                      // false: URI="" (the whole document)
  size_t main_reference;           // index of the one to the element
  std::vector<Element> own_parts;  // what the others refer to
};

// Whether the ID is an NCName of ASCII letters, digits, '.', '-' and '_', at most 128: nothing that
// an XPointer could be made of.
bool IsPlainId(absl::string_view id);

// The form of the one ds:Signature that is a child of `element`. It must have exactly one
// Reference to the element, whose URI is "#" and the element's own ID, or, where the rules allow
// it, ""; the transforms enveloped-signature and canonicalisation, in this order, and no others;
// none but as the rules allow to anything else; RSA (PKCS#1 v1.5, or PSS as in RFC 6931 2.3.10) or
// ECDSA, with SHA-256, -384 or -512, and these as digests. KeyInfo may be there and is nobody's
// concern. kRequestMalformed otherwise.
absl::StatusOr<SignatureForm> CheckSignatureForm(Element element, const SignatureRules& rules);

}  // namespace enkrat::xml

#endif  // ENKRAT_XML_SIGNATURE_FORM_H_
