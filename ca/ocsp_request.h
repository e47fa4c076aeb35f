// What somebody asks an OCSP responder (RFC 6960 4.1, RFC 9654).
#ifndef ENKRAT_CA_OCSP_REQUEST_H_
#define ENKRAT_CA_OCSP_REQUEST_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "ca/status_issuer.h"
#include "common/bytes.h"

namespace enkrat::ca {

// The digests that CertIDs of ours are compared by. SHA-1 here names an issuer and protects
// nothing.
enum class CertIdHash { kSha1, kSha256, kOther };

struct OcspCertId {
  Bytes der;  // as it was asked: the response repeats it
  CertIdHash hash = CertIdHash::kOther;
  Bytes issuer_name_hash;
  Bytes issuer_key_hash;
  Bytes serial_number;  // magnitude without leading zeros
};

struct OcspRequest {
  std::vector<OcspCertId> certificates;  // 1..kMaxOcspCertIds
  std::optional<Bytes> nonce;            // 1..128 octets
};

inline constexpr size_t kMaxOcspRequest = 4096;  // octets
inline constexpr size_t kMaxOcspCertIds = 8;
// RFC 9654 2.1: shorter than 16 or longer than 32 octets are accepted, but not answered.
inline constexpr size_t kLeastAnsweredNonce = 16;
inline constexpr size_t kMostAnsweredNonce = 32;

// kRequestMalformed unless it is DER of one request within the bounds, of version 1, without
// critical extensions that are not understood, and with at most one nonce, of 1..128 octets
// (RFC 9654 2.1). A signature is not looked at: everybody may ask (EN 319 412-2 GEN-4.4.1-7).
absl::StatusOr<OcspRequest> ParseOcspRequest(ByteSpan request_der);

// A CertID's two hashes for certificates of one issuer, computed once.
class OcspIssuer {
 public:
  explicit OcspIssuer(const StatusIssuer& issuer);
  bool Issued(const OcspCertId& asked) const;

 private:
  struct Hashes {
    Bytes name;
    Bytes key;
  };
  Hashes sha1_;
  Hashes sha256_;
};

// CertID with SHA-256 of the certificate with that serial number; or with SHA-1.
Bytes EncodeOcspCertId(const StatusIssuer& issuer, ByteSpan serial_number,
                       CertIdHash hash = CertIdHash::kSha256);

Bytes Sha1(ByteSpan octets);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_OCSP_REQUEST_H_
