#include "validation/ocsp_check.h"

#include <algorithm>
#include <utility>

#include "common/asn1_time.h"
#include "common/der.h"
#include "common/random.h"
#include "validation/certificate_reading.h"
#include "validation/path_rules.h"

namespace enkrat::validation {
namespace {

using OcspResponsePtr = std::unique_ptr<OCSP_RESPONSE, OpenSslDeleter<OCSP_RESPONSE_free>>;
using OcspRequestPtr = std::unique_ptr<OCSP_REQUEST, OpenSslDeleter<OCSP_REQUEST_free>>;
using CertIdPtr = std::unique_ptr<OCSP_CERTID, OpenSslDeleter<OCSP_CERTID_free>>;
using GeneralizedTimePtr =
    std::unique_ptr<ASN1_GENERALIZEDTIME, OpenSslDeleter<ASN1_GENERALIZEDTIME_free>>;

constexpr int kMaxSingleResponses = 256;
constexpr int kMaxResponderCertificates = 16;

const EVP_MD* CertIdDigest(int nid) {
  switch (nid) {
    case NID_sha1:
      return EVP_sha1();  // names a certificate, proves nothing
    case NID_sha256:
      return EVP_sha256();
    case NID_sha384:
      return EVP_sha384();
    case NID_sha512:
      return EVP_sha512();
    default:
      return nullptr;
  }
}

bool IsAbout(const OCSP_SINGLERESP* single, const X509* certificate, const X509* issuer) {
  const OCSP_CERTID* id = OCSP_SINGLERESP_get0_id(single);
  ASN1_OBJECT* algorithm = nullptr;
  OCSP_id_get0_info(nullptr, &algorithm, nullptr, nullptr, const_cast<OCSP_CERTID*>(id));
  const EVP_MD* digest = CertIdDigest(OBJ_obj2nid(algorithm));
  if (digest == nullptr) return false;
  const CertIdPtr own(OCSP_cert_to_id(digest, certificate, issuer));
  return own != nullptr && OCSP_id_cmp(own.get(), id) == 0;
}

OCSP_SINGLERESP* FindSingle(const OCSP_BASICRESP* response, const X509* certificate,
                            const X509* issuer) {
  auto* mutable_response = const_cast<OCSP_BASICRESP*>(response);
  const int count = std::min(OCSP_resp_count(mutable_response), kMaxSingleResponses);
  for (int i = 0; i < count; ++i) {
    OCSP_SINGLERESP* single = OCSP_resp_get0(mutable_response, i);
    if (IsAbout(single, certificate, issuer)) return single;
  }
  return nullptr;
}

// RFC 6960 4.2.2.3: by name, or by the SHA-1 of the key.
bool IsResponder(const OCSP_BASICRESP* response, const X509* candidate) {
  const ASN1_OCTET_STRING* key_hash = nullptr;
  const X509_NAME* name = nullptr;
  if (OCSP_resp_get0_id(response, &key_hash, &name) != 1) return false;
  if (name != nullptr) return X509_NAME_cmp(name, X509_get_subject_name(candidate)) == 0;
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (X509_pubkey_digest(candidate, EVP_sha1(), digest, &size) != 1) return false;
  const ByteSpan told(ASN1_STRING_get0_data(key_hash),
                      static_cast<size_t>(ASN1_STRING_length(key_hash)));
  return told == ByteSpan(digest, size);
}

bool SignedBy(const OCSP_BASICRESP* response, X509* signer) {
  EVP_PKEY* key = X509_get0_pubkey(signer);
  if (key == nullptr) return false;
  return ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA), OCSP_resp_get0_tbs_sigalg(response),
                          OCSP_resp_get0_signature(response), OCSP_resp_get0_respdata(response),
                          key) == 1;
}

// RFC 6960 4.2.2.2: named and certified by the very CA that issued the certificate in question.
bool IsDelegate(X509* candidate, X509* issuer, absl::Time produced_at) {
  std::vector<Check> unused;
  if (X509_check_issued(issuer, candidate) != X509_V_OK) return false;
  if (!CheckPurpose(candidate, PathPurpose::kOcspSigning, unused).passed()) return false;
  if (!ValidityOf(candidate).Holds(produced_at)) return false;
  EVP_PKEY* key = X509_get0_pubkey(issuer);
  return key != nullptr && X509_verify(candidate, key) == 1;
}

// Null if nobody who may have signed it.
X509* SignerOf(const OCSP_BASICRESP* response, X509* issuer, const std::vector<X509*>& more,
               absl::Time produced_at) {
  if (IsResponder(response, issuer) && SignedBy(response, issuer)) return issuer;
  std::vector<X509*> candidates;
  const STACK_OF(X509)* own = OCSP_resp_get0_certs(response);
  for (int i = 0; i < sk_X509_num(own); ++i) candidates.push_back(sk_X509_value(own, i));
  candidates.insert(candidates.end(), more.begin(), more.end());
  int tries = kMaxResponderCertificates;
  for (X509* candidate : candidates) {
    if (!IsResponder(response, candidate)) continue;
    if (--tries < 0) break;
    if (IsDelegate(candidate, issuer, produced_at) && SignedBy(response, candidate)) {
      return candidate;
    }
  }
  return nullptr;
}

// RFC 6960 4.4: no extension of a single response need be understood, unless it is critical.
bool HasCriticalExtension(OCSP_SINGLERESP* single) {
  return OCSP_SINGLERESP_get_ext_by_critical(single, 1, -1) >= 0;
}
bool HasUnknownCriticalExtension(OCSP_BASICRESP* response) {
  for (int i = 0; i < OCSP_BASICRESP_get_ext_count(response); ++i) {
    X509_EXTENSION* extension = OCSP_BASICRESP_get_ext(response, i);
    if (X509_EXTENSION_get_critical(extension) == 1 &&
        OBJ_obj2nid(X509_EXTENSION_get_object(extension)) != NID_id_pkix_OCSP_Nonce) {
      return true;
    }
  }
  return false;
}

bool CoversExpired(OCSP_SINGLERESP* single, absl::Time not_after, absl::Time this_update) {
  if (this_update <= not_after) return true;
  const GeneralizedTimePtr cutoff(static_cast<ASN1_GENERALIZEDTIME*>(
      OCSP_SINGLERESP_get1_ext_d2i(single, NID_id_pkix_OCSP_archiveCutoff, nullptr, nullptr)));
  const auto since = TimeFromAsn1(cutoff.get());
  return since && *since <= not_after;
}

void ReadStatus(OCSP_SINGLERESP* single, X509* certificate, StatusStatement& statement) {
  int reason = -1;
  ASN1_GENERALIZEDTIME *revoked_at = nullptr, *this_update = nullptr, *next_update = nullptr;
  const int status =
      OCSP_single_get0_status(single, &reason, &revoked_at, &this_update, &next_update);
  const auto at = TimeFromAsn1(this_update);
  if (!at) {
    statement.why_not = "its thisUpdate is damaged";
    return;
  }
  statement.this_update = *at;
  statement.next_update = TimeFromAsn1(next_update);
  switch (status) {
    case V_OCSP_CERTSTATUS_GOOD:
      if (CoversExpired(single, ValidityOf(certificate).not_after, *at)) {
        statement.says = StatusStatement::Says::kGood;
      } else {
        statement.why_not = "it is from after the certificate's expiry, without archive cutoff";
      }
      return;
    case V_OCSP_CERTSTATUS_REVOKED:
      statement.says = StatusStatement::Says::kRevoked;
      statement.revoked_at = TimeFromAsn1(revoked_at).value_or(absl::InfinitePast());
      statement.key_compromised = reason < 0 || reason == OCSP_REVOKED_STATUS_UNSPECIFIED ||
                                  reason == OCSP_REVOKED_STATUS_KEYCOMPROMISE ||
                                  reason == OCSP_REVOKED_STATUS_CACOMPROMISE;
      statement.on_hold = reason == OCSP_REVOKED_STATUS_CERTIFICATEHOLD;
      return;
    default:
      statement.why_not = "the responder does not know the certificate";
  }
}

StatusStatement Nothing(bool concerns, std::string why_not) {
  StatusStatement statement;
  statement.concerns = concerns;
  statement.why_not = std::move(why_not);
  return statement;
}

StatusStatement Judge(const OCSP_BASICRESP* response, X509* certificate, X509* issuer,
                      const std::vector<X509*>& more) {
  OCSP_SINGLERESP* single = FindSingle(response, certificate, issuer);
  if (single == nullptr) return Nothing(false, "it is about other certificates");
  if (HasCriticalExtension(single) ||
      HasUnknownCriticalExtension(const_cast<OCSP_BASICRESP*>(response))) {
    return Nothing(true, "it has an unknown critical extension");
  }
  const auto produced_at = TimeFromAsn1(OCSP_resp_get0_produced_at(response));
  if (!produced_at) return Nothing(true, "its producedAt is damaged");
  X509* signer = SignerOf(response, issuer, more, *produced_at);
  if (signer == nullptr) return Nothing(true, "nobody who may speak for the issuer signed it");
  StatusStatement statement;
  statement.concerns = true;
  statement.signed_at = *produced_at;
  statement.signer = signer;
  statement.algorithm = OCSP_resp_get0_tbs_sigalg(response);
  ReadStatus(single, certificate, statement);
  return statement;
}

}  // namespace

absl::StatusOr<OcspBasicResponsePtr> ParseOcspResponse(ByteSpan response_der) {
  if (response_der.size() > kMaxOcspOctets) {
    return MakeError(Reason::kLimitExceeded, "an OCSP response of more than 1 MiB");
  }
  auto response = DecodeDer<OcspResponsePtr, d2i_OCSP_RESPONSE>(response_der);
  if (!response.ok()) return DecodeDer<OcspBasicResponsePtr, d2i_OCSP_BASICRESP>(response_der);
  if (OCSP_response_status(response->get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
    return MakeError(Reason::kRequestMalformed, "an OCSP response that is an error");
  }
  OcspBasicResponsePtr basic(OCSP_response_get1_basic(response->get()));
  if (basic == nullptr) {
    return OpenSslError(Reason::kRequestMalformed, "an OCSP response of an unknown kind");
  }
  return basic;
}

StatusStatement StatusFromOcsp(const OCSP_BASICRESP* response, X509* certificate, X509* issuer,
                               const std::vector<X509*>& more) {
  StatusStatement statement = Judge(response, certificate, issuer, more);
  DrainOpenSslErrors();
  return statement;
}

absl::StatusOr<Bytes> MakeOcspRequest(X509* certificate, X509* issuer) {
  const OcspRequestPtr request(OCSP_REQUEST_new());
  CertIdPtr id(OCSP_cert_to_id(EVP_sha1(), certificate, issuer));
  if (request == nullptr || id == nullptr ||
      OCSP_request_add0_id(request.get(), id.get()) == nullptr) {
    return OpenSslError(Reason::kInternal, "cannot make an OCSP request");
  }
  (void)id.release();  // the request's now
  Bytes nonce = RandomBytes(32);
  if (OCSP_request_add1_nonce(request.get(), nonce.data(), static_cast<int>(nonce.size())) != 1) {
    return OpenSslError(Reason::kInternal, "cannot make an OCSP request");
  }
  return EncodeDer<i2d_OCSP_REQUEST>(request.get());
}

bool NonceFits(ByteSpan request_der, const OCSP_BASICRESP* response) {
  const auto request = DecodeDer<OcspRequestPtr, d2i_OCSP_REQUEST>(request_der);
  // 0: both have one and they differ; 3: the response alone has one.
  const int verdict =
      request.ok() ? OCSP_check_nonce(request->get(), const_cast<OCSP_BASICRESP*>(response)) : 0;
  return verdict != 0 && verdict != 3;
}

}  // namespace enkrat::validation
