// What became of a long-lived certificate: good, revoked, or none of ours; by the certificate
// register.
#ifndef ENKRAT_SIGNER_REVOCATION_STATUS_H_
#define ENKRAT_SIGNER_REVOCATION_STATUS_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ca/crl.h"
#include "ca/ocsp_response.h"
#include "ca/status_issuer.h"
#include "common/bytes.h"
#include "signer/certificate_description.h"
#include "signer/certificate_register_reader.h"

namespace enkrat::signer {

struct CertificateStanding {
  ca::CertificateStatus status = ca::CertificateStatus::kUnknown;
  // kRevoked only.
  absl::Time revoked_at = absl::InfinitePast();
  int reason = ca::kUnspecifiedReason;
};

// The register at one moment. Immutable, cheap to copy.
class RevocationSnapshot {
 public:
  // Of the certificate that the CA with this key issued under that serial number; expired ones
  // count as what they were.
  CertificateStanding Of(const ca::StatusIssuer& issuer, ByteSpan serial_number) const;
  // kUnknown for a certificate that the register does not have.
  CertificateStanding Of(ByteSpan certificate_der) const;
  // What the CA issued and was revoked.
  std::vector<ca::RevokedCertificate> RevokedBy(const ca::StatusIssuer& issuer) const;

  // Whether both are of one state of the register.
  bool SameAs(const RevocationSnapshot& other) const { return register_ == other.register_; }

 private:
  friend class RevocationStatus;
  struct Known {
    Bytes der;
    CertificateDescription description;
  };
  std::shared_ptr<const CertificateRegister> register_;
  std::shared_ptr<const std::vector<Known>> known_;
};

// Thread-safe.
class RevocationStatus {
 public:
  // `registered` is not owned. `ceremony_der`: certificates that are in use, which a register that
  // nobody has written yet does not know; they are good until it says otherwise.
  // kConfigurationInvalid for octets that are no certificate.
  static absl::StatusOr<std::unique_ptr<RevocationStatus>> Create(
      CertificateRegisterReader& registered, std::vector<Bytes> ceremony_der);

  // The register of now: CertificateRegisterReader's errors.
  absl::StatusOr<RevocationSnapshot> Now();

 private:
  explicit RevocationStatus(CertificateRegisterReader& registered) : registered_(registered) {}

  CertificateRegisterReader& registered_;
  std::shared_ptr<const std::vector<RevocationSnapshot::Known>> known_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_REVOCATION_STATUS_H_
