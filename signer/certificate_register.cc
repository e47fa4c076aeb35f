#include "signer/certificate_register.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/time_text.h"

namespace enkrat::signer {
namespace {

struct RoleRow {
  CertificateRole role;
  absl::string_view name;
};
constexpr RoleRow kRoles[] = {{CertificateRole::kRootCa, "root-ca"},
                              {CertificateRole::kIssuingCa, "issuing-ca"},
                              {CertificateRole::kTimestampingUnit, "timestamping-unit"},
                              {CertificateRole::kOcspResponder, "ocsp-responder"},
                              {CertificateRole::kElectronicAuthentication, "e-authentication"},
                              {CertificateRole::kInternalTls, "internal-tls"}};

struct ReasonRow {
  RevocationReason reason;
  absl::string_view name;
};
// RFC 5280 5.3.1.
constexpr ReasonRow kReasons[] = {{RevocationReason::kUnspecified, "unspecified"},
                                  {RevocationReason::kKeyCompromise, "keyCompromise"},
                                  {RevocationReason::kCaCompromise, "cACompromise"},
                                  {RevocationReason::kAffiliationChanged, "affiliationChanged"},
                                  {RevocationReason::kSuperseded, "superseded"},
                                  {RevocationReason::kCessationOfOperation, "cessationOfOperation"},
                                  {RevocationReason::kPrivilegeWithdrawn, "privilegeWithdrawn"},
                                  {RevocationReason::kAaCompromise, "aACompromise"}};

template <typename Certificates, typename Predicate>
auto* FindIf(Certificates& certificates, Predicate predicate) {
  const auto found = std::find_if(std::begin(certificates), std::end(certificates), predicate);
  return found == std::end(certificates) ? nullptr : &*found;
}

}  // namespace

absl::string_view RoleName(CertificateRole role) {
  return FindIf(kRoles, [&](const RoleRow& row) { return row.role == role; })->name;
}

std::optional<CertificateRole> RoleFromName(absl::string_view name) {
  const RoleRow* row = FindIf(kRoles, [&](const RoleRow& each) { return each.name == name; });
  return row == nullptr ? std::nullopt : std::optional(row->role);
}

bool IsFromRequest(CertificateRole role) {
  return role == CertificateRole::kElectronicAuthentication ||
         role == CertificateRole::kInternalTls;
}

bool IsUnitName(absl::string_view name) {
  constexpr size_t kMaxName = 16;
  return !name.empty() && name.size() <= kMaxName && absl::ascii_islower(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c); });
}

absl::string_view StateName(CertificateState state) {
  switch (state) {
    case CertificateState::kActive:
      return "active";
    case CertificateState::kSuperseded:
      return "superseded";
    case CertificateState::kRevoked:
      return "revoked";
  }
  return "";
}

absl::string_view RevocationReasonName(RevocationReason reason) {
  return FindIf(kReasons, [&](const ReasonRow& row) { return row.reason == reason; })->name;
}

std::optional<RevocationReason> RevocationReasonFromName(absl::string_view name) {
  const ReasonRow* row = FindIf(kReasons, [&](const ReasonRow& each) { return each.name == name; });
  return row == nullptr ? std::nullopt : std::optional(row->reason);
}

std::vector<std::string> RevocationReasonNames() {
  std::vector<std::string> names;
  for (const ReasonRow& row : kReasons) names.emplace_back(row.name);
  return names;
}

const RegisteredCertificate* CertificateRegister::FindBySerial(
    absl::string_view serial_number) const {
  return FindIf(certificates_, [&](const RegisteredCertificate& each) {
    return each.description.serial_number == serial_number;
  });
}

const RegisteredCertificate* CertificateRegister::FindByFingerprint(
    absl::string_view sha256) const {
  return FindIf(certificates_, [&](const RegisteredCertificate& each) {
    return each.description.fingerprint_sha256 == sha256;
  });
}

const RegisteredCertificate* CertificateRegister::FindByDer(ByteSpan certificate_der) const {
  return FindIf(certificates_, [&](const RegisteredCertificate& each) {
    return ByteSpan(each.der) == certificate_der;
  });
}

const RegisteredCertificate* CertificateRegister::ActiveOf(CertificateRole role,
                                                           absl::string_view unit) const {
  return FindIf(certificates_, [&](const RegisteredCertificate& each) {
    return each.role == role && each.unit == unit && each.state == CertificateState::kActive;
  });
}

const RegisteredCertificate* CertificateRegister::LatestOf(CertificateRole role,
                                                           absl::string_view unit) const {
  const auto found = std::find_if(
      certificates_.rbegin(), certificates_.rend(),
      [&](const RegisteredCertificate& each) { return each.role == role && each.unit == unit; });
  return found == certificates_.rend() ? nullptr : &*found;
}

std::vector<std::string> CertificateRegister::FurtherUnits() const {
  std::vector<std::string> names;
  for (const RegisteredCertificate& each : certificates_) {
    if (each.unit.empty()) continue;
    if (std::find(names.begin(), names.end(), each.unit) == names.end()) {
      names.push_back(each.unit);
    }
  }
  return names;
}

std::vector<const RegisteredCertificate*> CertificateRegister::RevokedOf(
    absl::string_view issuer_key_identifier) const {
  std::vector<const RegisteredCertificate*> revoked;
  for (const RegisteredCertificate& each : certificates_) {
    // A root names its own key, if any: no CRL of its own lists it.
    if (each.state == CertificateState::kRevoked && each.role != CertificateRole::kRootCa &&
        each.description.authority_key_identifier == issuer_key_identifier) {
      revoked.push_back(&each);
    }
  }
  return revoked;
}

absl::Status CertificateRegister::Add(RegisteredCertificate certificate, RegisterAction action) {
  if (FindBySerial(certificate.description.serial_number) != nullptr) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat("certificate ", certificate.description.serial_number,
                                  " is in the register already"));
  }
  if (RegisteredCertificate* predecessor = FindIf(certificates_,
                                                  [&](const RegisteredCertificate& each) {
                                                    return !certificate.predecessor.empty() &&
                                                           each.description.serial_number ==
                                                               certificate.predecessor;
                                                  });
      predecessor != nullptr && predecessor->state == CertificateState::kActive) {
    predecessor->state = CertificateState::kSuperseded;
  }
  certificates_.push_back(std::move(certificate));
  actions_.push_back(std::move(action));
  return absl::OkStatus();
}

absl::Status CertificateRegister::Revoke(absl::string_view serial_number, RevocationReason reason,
                                         RegisterAction action) {
  RegisteredCertificate* certificate =
      FindIf(certificates_, [&](const RegisteredCertificate& each) {
        return each.description.serial_number == serial_number;
      });
  if (certificate == nullptr) {
    return MakeError(Reason::kNotFound, "no such certificate in the register");
  }
  if (certificate->state == CertificateState::kRevoked) {
    return MakeError(
        Reason::kCertificateStateForbids,
        absl::StrCat("it was revoked on ", TimeTextOfSecond(certificate->revoked_at), " (",
                     RevocationReasonName(certificate->revocation_reason), ") already"));
  }
  certificate->state = CertificateState::kRevoked;
  certificate->revoked_at = action.at;
  certificate->revocation_reason = reason;
  actions_.push_back(std::move(action));
  return absl::OkStatus();
}

}  // namespace enkrat::signer
