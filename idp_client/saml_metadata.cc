#include "idp_client/saml_metadata.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "idp_client/saml_names.h"
#include "xml/document.h"
#include "xml/signature.h"
#include "xml/signature_names.h"
#include "xml/time.h"

namespace enkrat::idp_client {
namespace {

constexpr size_t kMaxKeys = 16;
// Federations publish thousands of entities of some fifty elements each.
constexpr xml::MarkupBounds kBounds = {.size = kMaxMetadataSize,
                                       .depth = 64,
                                       .elements = 400'000,
                                       .attributes = 64,
                                       .comments_allowed = true};

absl::Status Refuse(absl::string_view why) {
  return MakeError(Reason::kRequestMalformed, absl::StrCat("metadata: ", why));
}

// The document itself, or what its signer signed of it.
absl::StatusOr<xml::Document> OpenDocument(ByteSpan octets, const SamlMetadataRules& rules) {
  absl::StatusOr<xml::Document> document = xml::Document::Parse(octets, kBounds);
  if (!document.ok()) return WithContext(document.status(), "metadata");
  if (document->root().Is(kSamlMetadataNamespace, "EntityDescriptor") &&
      octets.size() > kMaxEntitySize) {
    return MakeError(Reason::kLimitExceeded, "metadata: the entity is too long");
  }
  if (!rules.signer.has_value()) return document;
  const auto octets_signed = xml::VerifyEnvelopedSignature(document->root(), {*rules.signer},
                                                           {.whole_document_allowed = true});
  if (!octets_signed.ok()) return WithContext(octets_signed.status(), "metadata");
  if (!octets_signed->has_value()) return Refuse("signed by somebody else");
  return xml::Document::Parse((*octets_signed)->octets, kBounds);
}

// Lowers the times of `metadata` to those of the element.
absl::Status TakeTimes(xml::Element element, SamlMetadata& metadata) {
  if (const auto text = element.Attribute("validUntil"); text.has_value()) {
    const std::optional<absl::Time> until = xml::ParseDateTime(*text);
    if (!until.has_value()) return Refuse("validUntil is not a time in UTC");
    metadata.valid_until = std::min(metadata.valid_until, *until);
  }
  if (const auto text = element.Attribute("cacheDuration"); text.has_value()) {
    const std::optional<absl::Duration> duration = xml::ParseDuration(*text);
    if (!duration.has_value()) return Refuse("cacheDuration is not a duration");
    metadata.cache_for = std::min(metadata.cache_for, *duration);
  }
  return absl::OkStatus();
}

// The way from the root down to the entity. More than one entity of the name: nobody knows which.
absl::StatusOr<std::vector<xml::Element>> FindEntity(xml::Element root,
                                                     const std::string& entity_id) {
  std::vector<std::vector<xml::Element>> found;
  std::vector<std::vector<xml::Element>> open = {{root}};
  while (!open.empty()) {
    const std::vector<xml::Element> path = std::move(open.back());
    open.pop_back();
    const xml::Element here = path.back();
    if (here.Is(kSamlMetadataNamespace, "EntityDescriptor") &&
        here.Attribute("entityID") == entity_id) {
      found.push_back(path);
    }
    if (!here.Is(kSamlMetadataNamespace, "EntitiesDescriptor")) continue;
    for (const xml::Element child : here.Children()) {
      open.push_back(path);
      open.back().push_back(child);
    }
  }
  if (found.empty()) return Refuse("the entity is not in it");
  if (found.size() > 1) return Refuse("the entity is in it more than once");
  return found.front();
}

bool IsForSaml2(xml::Element role) {
  const std::string protocols = role.Attribute("protocolSupportEnumeration").value_or("");
  for (const absl::string_view protocol :
       absl::StrSplit(protocols, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty())) {
    if (protocol == kSamlProtocolNamespace) return true;
  }
  return false;
}

absl::Status TakeKeys(xml::Element descriptor, SamlMetadata& metadata) {
  const std::string use = descriptor.Attribute("use").value_or("signing");
  if (use != "signing") return absl::OkStatus();
  for (const xml::Element info : descriptor.Children(xml::kSignatureNamespace, "KeyInfo")) {
    for (const xml::Element data : info.Children(xml::kSignatureNamespace, "X509Data")) {
      const auto certificates = data.Children(xml::kSignatureNamespace, "X509Certificate");
      // Of a chain (XML Signature 4.5.4), only one is the provider's, and any may come first.
      if (certificates.size() > 1) return Refuse("a key has a chain of certificates");
      for (const xml::Element text : certificates) {
        ENKRAT_ASSIGN_OR_RETURN(const std::string base64, text.DenseText());
        const std::optional<Bytes> der = FromBase64(base64);
        if (!der.has_value()) return Refuse("a certificate is not base64");
        const absl::StatusOr<xml::SignatureKey> key = xml::SignatureKey::FromCertificate(*der);
        if (!key.ok()) continue;
        if (metadata.keys.size() >= kMaxKeys) return Refuse("too many keys");
        metadata.keys.push_back(*key);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SamlMetadata> ReadSamlMetadata(ByteSpan document, const SamlMetadataRules& rules) {
  ENKRAT_ASSIGN_OR_RETURN(const xml::Document opened, OpenDocument(document, rules));
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<xml::Element> path,
                          FindEntity(opened.root(), rules.entity_id));
  SamlMetadata metadata;
  for (const xml::Element element : path) ENKRAT_RETURN_IF_ERROR(TakeTimes(element, metadata));
  for (const xml::Element role : path.back().Children(kSamlMetadataNamespace, "IDPSSODescriptor")) {
    if (!IsForSaml2(role)) continue;
    ENKRAT_RETURN_IF_ERROR(TakeTimes(role, metadata));
    for (const xml::Element key : role.Children(kSamlMetadataNamespace, "KeyDescriptor")) {
      ENKRAT_RETURN_IF_ERROR(TakeKeys(key, metadata));
    }
  }
  if (metadata.keys.empty()) return Refuse("the entity has no key for signatures that we can use");
  return metadata;
}

}  // namespace enkrat::idp_client
