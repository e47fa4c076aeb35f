#include "idp_client/saml_signature_form.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "idp_client/saml_names.h"

namespace enkrat::idp_client {
namespace {

constexpr size_t kMaxIdSize = 128;

// RFC 6931 2.3.2, 2.3.6 and 2.3.10. HMAC and SHA-1 are not here, which is the point.
constexpr std::array<XmlSignatureMethod, 9> kMethods = {{
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", true},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", true},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", true},
    {"http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", true},
    {"http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1", true},
    {"http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1", true},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", false},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", false},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", false},
}};

constexpr std::array<absl::string_view, 3> kDigests = {
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512",
};

absl::Status Refuse(absl::string_view why) {
  return MakeError(Reason::kRequestMalformed, absl::StrCat("signature: ", why));
}

absl::StatusOr<XmlElement> DsChild(XmlElement parent, absl::string_view name) {
  absl::StatusOr<XmlElement> child = parent.Child(kXmlSignatureNamespace, name);
  if (!child.ok()) return Refuse(child.status().message());
  return child;
}

// Its children are exactly these, in this order.
absl::Status CheckChildren(XmlElement parent, const std::vector<absl::string_view>& names) {
  const std::vector<XmlElement> children = parent.Children();
  const bool same = std::equal(children.begin(), children.end(), names.begin(), names.end(),
                               [](const XmlElement& child, absl::string_view name) {
                                 return child.Is(kXmlSignatureNamespace, name);
                               });
  return same ? absl::OkStatus() : Refuse("its parts are not those that are allowed");
}

// Exclusive canonicalisation without comments; the prefixes it is to treat inclusively may be named
// (Exclusive XML Canonicalization 1.0 section 3).
absl::Status CheckExclusive(XmlElement method) {
  if (method.Attribute("Algorithm") != kExclusiveC14n) {
    return Refuse("other canonicalisation than exclusive");
  }
  const std::vector<XmlElement> parameters = method.Children();
  if (parameters.empty()) return absl::OkStatus();
  if (parameters.size() > 1 || !parameters.front().Is(kExclusiveC14n, "InclusiveNamespaces") ||
      !parameters.front().Children().empty()) {
    return Refuse("unknown parameters of the canonicalisation");
  }
  return absl::OkStatus();
}

absl::Status CheckTransforms(XmlElement transforms) {
  ENKRAT_RETURN_IF_ERROR(CheckChildren(transforms, {"Transform", "Transform"}));
  const std::vector<XmlElement> steps = transforms.Children();
  if (steps[0].Attribute("Algorithm") != kEnvelopedSignature || !steps[0].Children().empty()) {
    return Refuse("other transforms than enveloped-signature and exclusive canonicalisation");
  }
  return CheckExclusive(steps[1]);
}

absl::Status CheckReference(XmlElement reference) {
  ENKRAT_RETURN_IF_ERROR(CheckChildren(reference, {"Transforms", "DigestMethod", "DigestValue"}));
  const std::vector<XmlElement> parts = reference.Children();
  ENKRAT_RETURN_IF_ERROR(CheckTransforms(parts[0]));
  const std::string digest = parts[1].Attribute("Algorithm").value_or("");
  if (std::find(kDigests.begin(), kDigests.end(), digest) == kDigests.end() ||
      !parts[1].Children().empty()) {
    return Refuse("its digest is not SHA-256, SHA-384 or SHA-512");
  }
  return absl::OkStatus();
}

absl::StatusOr<const XmlSignatureMethod*> FindMethod(XmlElement method) {
  const std::string uri = method.Attribute("Algorithm").value_or("");
  const auto row = std::find_if(kMethods.begin(), kMethods.end(),
                                [&](const XmlSignatureMethod& m) { return m.uri == uri; });
  // HMACOutputLength is the parameter that such methods have.
  if (row == kMethods.end() || !method.Children().empty()) {
    return Refuse("its method is not one that is allowed");
  }
  return &*row;
}

}  // namespace

bool IsPlainId(absl::string_view id) {
  if (id.empty() || id.size() > kMaxIdSize) return false;
  const unsigned char first = static_cast<unsigned char>(id.front());
  if (!absl::ascii_isalpha(first) && first != '_') return false;
  return std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '.';
  });
}

absl::StatusOr<SignatureForm> CheckSignatureForm(XmlElement element, bool whole_document_allowed) {
  ENKRAT_ASSIGN_OR_RETURN(const XmlElement signature, DsChild(element, "Signature"));
  const bool has_key_info = signature.Children().size() == 3;
  ENKRAT_RETURN_IF_ERROR(CheckChildren(
      signature, has_key_info
                     ? std::vector<absl::string_view>{"SignedInfo", "SignatureValue", "KeyInfo"}
                     : std::vector<absl::string_view>{"SignedInfo", "SignatureValue"}));
  const XmlElement signed_info = signature.Children().front();
  if (signed_info.Children(kXmlSignatureNamespace, "Reference").size() != 1) {
    return Refuse("it must have exactly one Reference");
  }
  ENKRAT_RETURN_IF_ERROR(
      CheckChildren(signed_info, {"CanonicalizationMethod", "SignatureMethod", "Reference"}));
  const std::vector<XmlElement> parts = signed_info.Children();
  ENKRAT_RETURN_IF_ERROR(CheckExclusive(parts[0]));
  ENKRAT_ASSIGN_OR_RETURN(const XmlSignatureMethod* method, FindMethod(parts[1]));
  ENKRAT_RETURN_IF_ERROR(CheckReference(parts[2]));
  const std::optional<std::string> uri = parts[2].Attribute("URI");
  const bool whole = whole_document_allowed && uri == "";
  const std::string id = element.Attribute("ID").value_or("");
  if (!whole && (!IsPlainId(id) || uri != absl::StrCat("#", id))) {
    return Refuse("it does not refer to the element that it is in");
  }
  return SignatureForm{.signature = signature, .method = method, .by_id = !whole};
}

}  // namespace enkrat::idp_client
