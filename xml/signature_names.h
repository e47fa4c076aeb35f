// The names of XML Signature that we read: its namespace and fixed URIs.
#ifndef ENKRAT_XML_SIGNATURE_NAMES_H_
#define ENKRAT_XML_SIGNATURE_NAMES_H_

namespace enkrat::xml {

inline constexpr char kSignatureNamespace[] = "http://www.w3.org/2000/09/xmldsig#";
inline constexpr char kEnvelopedSignature[] =
    "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
// Both without comments.
inline constexpr char kExclusiveC14n[] = "http://www.w3.org/2001/10/xml-exc-c14n#";
inline constexpr char kInclusiveC14n[] = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";

}  // namespace enkrat::xml

#endif  // ENKRAT_XML_SIGNATURE_NAMES_H_
