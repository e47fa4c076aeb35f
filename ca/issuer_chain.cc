#include "ca/issuer_chain.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/asn1_time.h"
#include "common/der.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ca {
namespace {

constexpr size_t kMaxChain = 8;

absl::Status Invalid(size_t index, absl::string_view what) {
  DrainOpenSslErrors();
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat("certificate ", index + 1, " of the CA chain ", what));
}

absl::StatusOr<std::vector<X509Ptr>> ParseChain(const std::vector<Bytes>& chain_der) {
  if (chain_der.empty() || chain_der.size() > kMaxChain) {
    return MakeError(Reason::kConfigurationInvalid,
                     "the CA chain does not hold 1 to 8 certificates");
  }
  std::vector<X509Ptr> chain;
  for (size_t i = 0; i < chain_der.size(); ++i) {
    absl::StatusOr<X509Ptr> certificate = ParseCertificate(chain_der[i]);
    if (!certificate.ok()) return Invalid(i, "cannot be parsed");
    chain.push_back(*std::move(certificate));
  }
  return chain;
}

// `index` certificates of CAs lie below it (RFC 5280 4.2.1.9).
absl::Status CheckAuthority(X509* certificate, size_t index) {
  const uint32_t flags = X509_get_extension_flags(certificate);
  if ((flags & EXFLAG_INVALID) != 0) return Invalid(index, "has broken extensions");
  if ((flags & EXFLAG_CRITICAL) != 0) return Invalid(index, "has an unknown critical extension");
  if ((flags & EXFLAG_BCONS) == 0 || (flags & EXFLAG_CA) == 0) return Invalid(index, "is not a CA");
  if ((flags & EXFLAG_KUSAGE) == 0 || (X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN) == 0) {
    return Invalid(index, "may not sign certificates (keyUsage)");
  }
  const long path_length = X509_get_pathlen(certificate);
  if (path_length >= 0 && static_cast<size_t>(path_length) < index) {
    return Invalid(index, "does not allow as many CAs below it (pathLenConstraint)");
  }
  return absl::OkStatus();
}

absl::Status CheckValidity(const X509* certificate, size_t index, absl::Time now) {
  const absl::StatusOr<absl::Time> begin = TimeOf(X509_get0_notBefore(certificate));
  const absl::StatusOr<absl::Time> end = TimeOf(X509_get0_notAfter(certificate));
  if (!begin.ok() || !end.ok()) return Invalid(index, "has times that cannot be read");
  if (now < *begin) return Invalid(index, "is not valid yet");
  if (now > *end) return Invalid(index, "has expired");
  return absl::OkStatus();
}

absl::Status CheckLink(X509* subject, X509* issuer, size_t index) {
  const absl::StatusOr<PublicKey> key = PublicKeyOf(issuer);
  if (!key.ok()) return Invalid(index, "has an issuer with a key that is not offered");
  if (X509_check_issued(issuer, subject) != X509_V_OK ||
      X509_verify(subject, key->evp_pkey()) != 1) {
    return Invalid(index, issuer == subject ? "is the last, but not self-signed"
                                            : "was not issued by the one behind it");
  }
  return absl::OkStatus();
}

absl::StatusOr<IssuerChain> Describe(X509* issuing_ca, absl::Time not_after) {
  const ASN1_OCTET_STRING* identifier = X509_get0_subject_key_id(issuing_ca);
  if (identifier == nullptr) return Invalid(0, "has no subjectKeyIdentifier");
  ENKRAT_ASSIGN_OR_RETURN(PublicKey key, PublicKeyOf(issuing_ca));
  ENKRAT_ASSIGN_OR_RETURN(Bytes subject,
                          EncodeDer<i2d_X509_NAME>(X509_get_subject_name(issuing_ca)));
  const ByteSpan octets(ASN1_STRING_get0_data(identifier),
                        static_cast<size_t>(ASN1_STRING_length(identifier)));
  return IssuerChain{.subject_der = std::move(subject),
                     .key_identifier = ToBytes(octets),
                     .public_key = std::move(key),
                     .not_after = not_after};
}

}  // namespace

absl::StatusOr<absl::Time> TimeOf(const ASN1_TIME* encoded) {
  const std::optional<absl::Time> time = TimeFromAsn1(encoded);
  if (!time.has_value()) {
    return MakeError(Reason::kRequestMalformed, "a time that cannot be read");
  }
  return *time;
}

absl::StatusOr<PublicKey> PublicKeyOf(const X509* certificate) {
  ENKRAT_ASSIGN_OR_RETURN(const Bytes spki,
                          EncodeDer<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(certificate)));
  return PublicKey::FromSpki(spki);
}

absl::StatusOr<IssuerChain> CheckIssuerChain(const std::vector<Bytes>& chain_der, absl::Time now) {
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<X509Ptr> chain, ParseChain(chain_der));
  absl::Time not_after = absl::InfiniteFuture();
  for (size_t i = 0; i < chain.size(); ++i) {
    ENKRAT_RETURN_IF_ERROR(CheckAuthority(chain[i].get(), i));
    ENKRAT_RETURN_IF_ERROR(CheckValidity(chain[i].get(), i, now));
    X509* issuer = i + 1 < chain.size() ? chain[i + 1].get() : chain[i].get();
    ENKRAT_RETURN_IF_ERROR(CheckLink(chain[i].get(), issuer, i));
    ENKRAT_ASSIGN_OR_RETURN(const absl::Time end, TimeOf(X509_get0_notAfter(chain[i].get())));
    not_after = std::min(not_after, end);
  }
  return Describe(chain.front().get(), not_after);
}

}  // namespace enkrat::ca
