// The certificate register: every long-lived certificate of this installation, what became of it,
// and who did that, when and why (EN 319 411-1 REV-6.2, GEN-6.4.5).
//
// A value: certificate_register_file.h keeps it in the ceremony's folder, and
// certificate_register_reader.h follows that file. One-time certificates are not in it: they cannot
// be revoked, and the ledger has them.
#ifndef ENKRAT_SIGNER_CERTIFICATE_REGISTER_H_
#define ENKRAT_SIGNER_CERTIFICATE_REGISTER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "signer/certificate_description.h"

namespace enkrat::signer {

// What a long-lived certificate is for.
enum class CertificateRole {
  kRootCa,
  kIssuingCa,
  kTimestampingUnit,
  kOcspResponder,
  // Issued over the key of somebody's request (PKCS#10); many at a time.
  kElectronicAuthentication,
  kInternalTls,
};

// "root-ca", "issuing-ca", "timestamping-unit", "ocsp-responder", "e-authentication",
// "internal-tls"; nullopt for other words.
absl::string_view RoleName(CertificateRole role);
std::optional<CertificateRole> RoleFromName(absl::string_view name);
// Whether its certificates are over the keys of requests, which are not in our token.
bool IsFromRequest(CertificateRole role);

// Names of further timestamping units: a lower-case letter, then letters and digits, 16 at most.
// No serial number, fingerprint or role is one.
bool IsUnitName(absl::string_view name);

// What somebody decided; that a certificate has expired follows from its dates.
enum class CertificateState { kActive, kSuperseded, kRevoked };
absl::string_view StateName(CertificateState state);

// CRLReason (RFC 5280 5.3.1) without what Enkrat never does: certificateHold and removeFromCRL (a
// revocation is final, EN 319 411-1 REV-6.2.4-07).
enum class RevocationReason {
  kUnspecified = 0,
  kKeyCompromise = 1,
  kCaCompromise = 2,
  kAffiliationChanged = 3,
  kSuperseded = 4,
  kCessationOfOperation = 5,
  kPrivilegeWithdrawn = 9,
  kAaCompromise = 10,
};
// The RFC's names, such as "keyCompromise".
absl::string_view RevocationReasonName(RevocationReason reason);
std::optional<RevocationReason> RevocationReasonFromName(absl::string_view name);
std::vector<std::string> RevocationReasonNames();

struct RegisteredCertificate {
  CertificateRole role = CertificateRole::kIssuingCa;
  Bytes der = {};
  CertificateDescription description = {};  // of `der`
  std::string key_label = {};               // CKA_LABEL in the token; empty: somebody else's key
  // Name of a further timestamping unit (IsUnitName); empty for the first, and for all other roles.
  std::string unit = {};
  CertificateState state = CertificateState::kActive;
  std::string predecessor = {};  // serial number; empty for the first of its role
  // kRevoked only.
  absl::Time revoked_at = absl::InfinitePast();
  RevocationReason revocation_reason = RevocationReason::kUnspecified;
};

struct RegisterAction {
  absl::Time at;
  std::string action;         // "taken-up", "renewed", "added", "revoked" and so on
  std::string serial_number;  // of the certificate that it made or changed
  std::string who;            // account of the operator
  std::string why;            // the operator's text, at most kMaxWhy characters
};

inline constexpr size_t kMaxWhy = 500;

// Not thread-safe. Serial numbers are unique in it: all have 128 random bits.
class CertificateRegister {
 public:
  const std::vector<RegisteredCertificate>& certificates() const { return certificates_; }
  const std::vector<RegisterAction>& actions() const { return actions_; }
  bool empty() const { return certificates_.empty(); }

  // nullptr if there is none. Serial numbers and fingerprints in lower-case hex.
  const RegisteredCertificate* FindBySerial(absl::string_view serial_number) const;
  const RegisteredCertificate* FindByFingerprint(absl::string_view sha256) const;
  const RegisteredCertificate* FindByDer(ByteSpan certificate_der) const;
  // The one that its role works with now, or the further timestamping unit of that name; nullptr if
  // there is none, or it was revoked. For roles of which there is one at a time.
  const RegisteredCertificate* ActiveOf(CertificateRole role, absl::string_view unit = {}) const;
  // The last that was made for it, whatever became of it.
  const RegisteredCertificate* LatestOf(CertificateRole role, absl::string_view unit = {}) const;
  // Names of the further timestamping units, in the order of their making.
  std::vector<std::string> FurtherUnits() const;
  // For a CRL (RFC 5280 5): what the CA with this subjectKeyIdentifier (hex) issued and was
  // revoked, expired or not.
  std::vector<const RegisteredCertificate*> RevokedOf(
      absl::string_view issuer_key_identifier) const;

  // kConfigurationInvalid if its serial number is there already. A predecessor that is named
  // becomes kSuperseded if it was kActive.
  absl::Status Add(RegisteredCertificate certificate, RegisterAction action);
  // kNotFound; kCertificateStateForbids if it was revoked before.
  absl::Status Revoke(absl::string_view serial_number, RevocationReason reason,
                      RegisterAction action);

  // One JSON object, "version" 1; and the reverse: kConfigurationInvalid for anything that ToJson
  // did not make.
  std::string ToJson() const;
  static absl::StatusOr<CertificateRegister> FromJson(absl::string_view json);

 private:
  std::vector<RegisteredCertificate> certificates_;  // in the order of their making
  std::vector<RegisterAction> actions_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CERTIFICATE_REGISTER_H_
