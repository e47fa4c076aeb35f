#include "xml/signature_form.h"

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "xml/signature_names.h"

namespace enkrat::xml {
namespace {

constexpr size_t kMaxIdSize = 128;
constexpr size_t kMaxOwnReferences = 3;

// RFC 6931 2.3.2, 2.3.6 and 2.3.10. HMAC and SHA-1 are not here, which is the point.
constexpr std::array<SignatureMethod, 9> kMethods = {{
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

absl::StatusOr<Element> DsChild(Element parent, absl::string_view name) {
  absl::StatusOr<Element> child = parent.Child(kSignatureNamespace, name);
  if (!child.ok()) return Refuse(child.status().message());
  return child;
}

// Its children are exactly these, in this order.
absl::Status CheckChildren(Element parent, const std::vector<absl::string_view>& names) {
  const std::vector<Element> children = parent.Children();
  const bool same = std::equal(children.begin(), children.end(), names.begin(), names.end(),
                               [](const Element& child, absl::string_view name) {
                                 return child.Is(kSignatureNamespace, name);
                               });
  return same ? absl::OkStatus() : Refuse("its parts are not those that are allowed");
}

// Canonicalisation without comments; of the exclusive kind, the prefixes it is to treat inclusively
// may be named (Exclusive XML Canonicalization 1.0 section 3).
absl::Status CheckC14n(Element method, const SignatureRules& rules) {
  const std::string algorithm = method.Attribute("Algorithm").value_or("");
  const std::vector<Element> parameters = method.Children();
  if (rules.inclusive_c14n_allowed && algorithm == kInclusiveC14n && parameters.empty()) {
    return absl::OkStatus();
  }
  if (algorithm != kExclusiveC14n) return Refuse("other canonicalisation than exclusive");
  if (parameters.empty()) return absl::OkStatus();
  if (parameters.size() > 1 || !parameters.front().Is(kExclusiveC14n, "InclusiveNamespaces") ||
      !parameters.front().Children().empty()) {
    return Refuse("unknown parameters of the canonicalisation");
  }
  return absl::OkStatus();
}

absl::Status CheckTransforms(Element transforms, const SignatureRules& rules) {
  ENKRAT_RETURN_IF_ERROR(CheckChildren(transforms, {"Transform", "Transform"}));
  const std::vector<Element> steps = transforms.Children();
  if (steps[0].Attribute("Algorithm") != kEnvelopedSignature || !steps[0].Children().empty()) {
    return Refuse("other transforms than enveloped-signature and exclusive canonicalisation");
  }
  return CheckC14n(steps[1], rules);
}

absl::Status CheckDigestMethod(Element method) {
  const std::string digest = method.Attribute("Algorithm").value_or("");
  if (std::find(kDigests.begin(), kDigests.end(), digest) == kDigests.end() ||
      !method.Children().empty()) {
    return Refuse("its digest is not SHA-256, SHA-384 or SHA-512");
  }
  return absl::OkStatus();
}

absl::Status CheckReference(Element reference, const SignatureRules& rules) {
  ENKRAT_RETURN_IF_ERROR(CheckChildren(reference, {"Transforms", "DigestMethod", "DigestValue"}));
  const std::vector<Element> parts = reference.Children();
  ENKRAT_RETURN_IF_ERROR(CheckTransforms(parts[0], rules));
  return CheckDigestMethod(parts[1]);
}

// A reference to a part of the signature itself, canonicalised or as it is (which is Canonical XML
// 1.0, XML Signature 4.4.3.2); the part.
absl::StatusOr<Element> CheckOwnReference(Element reference, Element signature,
                                          const SignatureRules& rules) {
  std::vector<Element> parts = reference.Children();
  if (parts.size() == 3) {
    ENKRAT_RETURN_IF_ERROR(CheckChildren(parts[0], {"Transform"}));
    ENKRAT_RETURN_IF_ERROR(CheckC14n(parts[0].Children().front(), rules));
    ENKRAT_RETURN_IF_ERROR(CheckChildren(reference, {"Transforms", "DigestMethod", "DigestValue"}));
    parts.erase(parts.begin());
  } else {
    ENKRAT_RETURN_IF_ERROR(CheckChildren(reference, {"DigestMethod", "DigestValue"}));
  }
  ENKRAT_RETURN_IF_ERROR(CheckDigestMethod(parts[0]));
  const std::string uri = reference.Attribute("URI").value_or("");
  for (const Element part : signature.Descendants()) {
    const std::string id = part.Attribute("Id").value_or("");
    if (!(part == signature) && IsPlainId(id) && uri == absl::StrCat("#", id)) return part;
  }
  return Refuse("it refers to something else than the element that it is in");
}

absl::StatusOr<const SignatureMethod*> FindMethod(Element method) {
  const std::string uri = method.Attribute("Algorithm").value_or("");
  const auto row = std::find_if(kMethods.begin(), kMethods.end(),
                                [&](const SignatureMethod& m) { return m.uri == uri; });
  // HMACOutputLength is the parameter that such methods have.
  if (row == kMethods.end() || !method.Children().empty()) {
    return Refuse("its method is not one that is allowed");
  }
  return &*row;
}

// SignedInfo, SignatureValue, at most one KeyInfo, and objects where they are allowed.
absl::Status CheckParts(Element signature, const SignatureRules& rules) {
  std::vector<absl::string_view> names = {"SignedInfo", "SignatureValue"};
  const std::vector<Element> parts = signature.Children();
  if (parts.size() > 2 && parts[2].Is(kSignatureNamespace, "KeyInfo")) names.push_back("KeyInfo");
  while (rules.own_parts_allowed && names.size() < parts.size()) names.push_back("Object");
  return CheckChildren(signature, names);
}

// Whether the reference is to `element`, and if so whether by its ID.
std::optional<bool> ReferenceById(Element reference, Element element, const SignatureRules& rules) {
  const std::optional<std::string> uri = reference.Attribute("URI");
  if (rules.whole_document_allowed && uri == "") return false;
  const std::string id = element.Attribute(rules.id_attribute.c_str()).value_or("");
  if (IsPlainId(id) && uri == absl::StrCat("#", id)) return true;
  return std::nullopt;
}

absl::StatusOr<SignatureForm> CheckReferences(Element element, Element signature,
                                              const SignatureMethod* method,
                                              const SignatureRules& rules) {
  SignatureForm form{signature, method, false, 0, {}};
  const std::vector<Element> references =
      signature.Children().front().Children(kSignatureNamespace, "Reference");
  size_t main_references = 0;
  for (size_t i = 0; i < references.size(); ++i) {
    const std::optional<bool> by_id = ReferenceById(references[i], element, rules);
    if (!by_id.has_value() && rules.own_parts_allowed) {
      ENKRAT_ASSIGN_OR_RETURN(const Element part,
                              CheckOwnReference(references[i], signature, rules));
      form.own_parts.push_back(part);
      continue;
    }
    ENKRAT_RETURN_IF_ERROR(CheckReference(references[i], rules));
    if (!by_id.has_value()) return Refuse("it does not refer to the element that it is in");
    form.by_id = *by_id;
    form.main_reference = i;
    ++main_references;
  }
  if (main_references != 1) return Refuse("it must refer to the element that it is in, once");
  return form;
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

absl::StatusOr<SignatureForm> CheckSignatureForm(Element element, const SignatureRules& rules) {
  ENKRAT_ASSIGN_OR_RETURN(const Element signature, DsChild(element, "Signature"));
  ENKRAT_RETURN_IF_ERROR(CheckParts(signature, rules));
  const Element signed_info = signature.Children().front();
  const size_t references = signed_info.Children(kSignatureNamespace, "Reference").size();
  if (references != 1 &&
      !(rules.own_parts_allowed && references > 1 && references <= 1 + kMaxOwnReferences)) {
    return Refuse("it must have exactly one Reference");
  }
  std::vector<absl::string_view> names = {"CanonicalizationMethod", "SignatureMethod"};
  names.insert(names.end(), references, "Reference");
  ENKRAT_RETURN_IF_ERROR(CheckChildren(signed_info, names));
  const std::vector<Element> parts = signed_info.Children();
  ENKRAT_RETURN_IF_ERROR(CheckC14n(parts[0], rules));
  ENKRAT_ASSIGN_OR_RETURN(const SignatureMethod* method, FindMethod(parts[1]));
  return CheckReferences(element, signature, method, rules);
}

}  // namespace enkrat::xml
