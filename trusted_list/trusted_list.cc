#include "trusted_list/trusted_list.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "trusted_list/list_fields.h"
#include "trusted_list/list_names.h"
#include "trusted_list/list_reader.h"
#include "xml/document.h"
#include "xml/signature.h"
#include "xml/signature_key.h"
#include "xml/signature_names.h"

namespace enkrat::trusted_list {
namespace {

constexpr xml::MarkupBounds kBounds = {
    .size = 32 * 1024 * 1024, .depth = 64, .elements = 100'000, .comments_allowed = true};
constexpr size_t kMaxSigners = 32;

absl::Status Untrusted(absl::string_view why) {
  return MakeError(Reason::kNotPermitted, absl::StrCat("trusted list: ", why));
}

absl::StatusOr<std::vector<xml::SignatureKey>> KeysOf(const std::vector<Bytes>& certificates_der) {
  if (certificates_der.empty()) return Refuse("no certificate of its signer is given");
  if (certificates_der.size() > kMaxSigners) {
    return MakeError(Reason::kLimitExceeded, "trusted list: too many signers");
  }
  std::vector<xml::SignatureKey> keys;
  for (const Bytes& der : certificates_der) {
    absl::StatusOr<xml::SignatureKey> key = xml::SignatureKey::FromCertificate(der);
    if (!key.ok()) return WithContext(key.status(), "trusted list: its signer");
    keys.push_back(*std::move(key));
  }
  return keys;
}

absl::StatusOr<xml::Document> Open(ByteSpan octets) {
  absl::StatusOr<xml::Document> document = xml::Document::Parse(octets, kBounds);
  if (!document.ok()) return WithContext(document.status(), "trusted list");
  if (!document->root().Is(kListNamespace, "TrustServiceStatusList")) {
    return Refuse("it is none");
  }
  return document;
}

// What one of the keys' holders signed.
absl::StatusOr<xml::SignedOctets> Verify(const xml::Document& document,
                                         const std::vector<xml::SignatureKey>& keys) {
  const std::vector<xml::Element> all = document.root().Descendants();
  const auto signatures = std::count_if(all.begin(), all.end(), [](const xml::Element& element) {
    return element.Is(xml::kSignatureNamespace, "Signature");
  });
  if (signatures != 1) return Untrusted("it must have exactly one signature");
  absl::StatusOr<std::optional<xml::SignedOctets>> said =
      xml::VerifyEnvelopedSignature(document.root(), keys,
                                    {.id_attribute = "Id",
                                     .whole_document_allowed = true,
                                     .inclusive_c14n_allowed = true,
                                     .own_parts_allowed = true});
  if (!said.ok() && ReasonOf(said.status()) == Reason::kInternal) return said.status();
  if (!said.ok()) return Untrusted(said.status().message());
  if (!said->has_value()) return Untrusted("signed by somebody else");
  return **std::move(said);
}

}  // namespace

absl::StatusOr<TrustedList> ReadTrustedList(absl::string_view xml,
                                            const std::vector<Bytes>& signer_certificates_der,
                                            absl::Time now) {
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<xml::SignatureKey> keys,
                          KeysOf(signer_certificates_der));
  ENKRAT_ASSIGN_OR_RETURN(const xml::Document as_sent, Open(AsSpan(xml)));
  ENKRAT_ASSIGN_OR_RETURN(const xml::SignedOctets said, Verify(as_sent, keys));
  // Only this is read: the octets that were digested.
  ENKRAT_ASSIGN_OR_RETURN(const xml::Document as_signed, Open(said.octets));
  ENKRAT_ASSIGN_OR_RETURN(TrustedList list, ReadList(as_signed.root()));
  if (list.next_update.has_value() && now >= *list.next_update) {
    return Untrusted("it has expired");
  }
  list.signer_certificate_der = signer_certificates_der[said.key];
  return list;
}

}  // namespace enkrat::trusted_list
