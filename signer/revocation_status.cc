#include "signer/revocation_status.h"

#include <string>

#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::signer {
namespace {

CertificateStanding StandingOf(const RegisteredCertificate& certificate) {
  if (certificate.state != CertificateState::kRevoked) {
    return {.status = ca::CertificateStatus::kGood};
  }
  return {.status = ca::CertificateStatus::kRevoked,
          .revoked_at = certificate.revoked_at,
          .reason = static_cast<int>(certificate.revocation_reason)};
}

bool IsSerial(const std::string& hex, ByteSpan serial_number) {
  const std::optional<Bytes> octets = FromHex(hex);
  return octets.has_value() && ca::SerialMagnitude(*octets) == ca::SerialMagnitude(serial_number);
}

bool IsIssuedBy(const CertificateDescription& subject, const std::string& issuer_key_identifier) {
  return subject.authority_key_identifier == issuer_key_identifier;
}

}  // namespace

CertificateStanding RevocationSnapshot::Of(const ca::StatusIssuer& issuer,
                                           ByteSpan serial_number) const {
  const std::string issuer_key = ToHex(issuer.key_identifier);
  for (const RegisteredCertificate& each : register_->certificates()) {
    if (IsIssuedBy(each.description, issuer_key) &&
        IsSerial(each.description.serial_number, serial_number)) {
      return StandingOf(each);
    }
  }
  for (const Known& each : *known_) {
    if (IsIssuedBy(each.description, issuer_key) &&
        IsSerial(each.description.serial_number, serial_number)) {
      return {.status = ca::CertificateStatus::kGood};
    }
  }
  return {};
}

CertificateStanding RevocationSnapshot::Of(ByteSpan certificate_der) const {
  const RegisteredCertificate* found = register_->FindByDer(certificate_der);
  if (found != nullptr) return StandingOf(*found);
  for (const Known& each : *known_) {
    if (ByteSpan(each.der) == certificate_der) return {.status = ca::CertificateStatus::kGood};
  }
  return {};
}

std::vector<ca::RevokedCertificate> RevocationSnapshot::RevokedBy(
    const ca::StatusIssuer& issuer) const {
  std::vector<ca::RevokedCertificate> revoked;
  for (const RegisteredCertificate* each : register_->RevokedOf(ToHex(issuer.key_identifier))) {
    revoked.push_back({.serial_number = ToBytes(ca::SerialMagnitude(
                           FromHex(each->description.serial_number).value_or(Bytes()))),
                       .revoked_at = each->revoked_at,
                       .reason = static_cast<int>(each->revocation_reason)});
  }
  return revoked;
}

absl::StatusOr<std::unique_ptr<RevocationStatus>> RevocationStatus::Create(
    CertificateRegisterReader& registered, std::vector<Bytes> ceremony_der) {
  std::vector<RevocationSnapshot::Known> known;
  for (Bytes& der : ceremony_der) {
    absl::StatusOr<CertificateDescription> description = DescribeCertificate(der);
    if (!description.ok()) {
      return MakeError(Reason::kConfigurationInvalid, description.status().message());
    }
    known.push_back({.der = std::move(der), .description = *std::move(description)});
  }
  std::unique_ptr<RevocationStatus> status(new RevocationStatus(registered));
  status->known_ = std::make_shared<const std::vector<RevocationSnapshot::Known>>(std::move(known));
  return status;
}

absl::StatusOr<RevocationSnapshot> RevocationStatus::Now() {
  RevocationSnapshot snapshot;
  ENKRAT_ASSIGN_OR_RETURN(snapshot.register_, registered_.Current());
  snapshot.known_ = known_;
  return snapshot;
}

}  // namespace enkrat::signer
