// The life of the long-lived certificates after the ceremony: renewed, reissued, revoked, issued
// anew (docs/certificate_life.md).
//
// One certificate, one key: every successor gets a new key in the token under a new label, such as
// "timestamping-unit-2" (EN 319 411-1 calls that re-key). Old keys and files are kept. The
// register's file is what decides: before it is written nothing has happened but a key that nobody
// uses, which the next run takes; after it, the next run completes what is left to do.
#ifndef ENKRAT_SIGNER_CERTIFICATE_LIFE_H_
#define ENKRAT_SIGNER_CERTIFICATE_LIFE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/signing_provider.h"
#include "hsm/session_pool.h"
#include "signer/certificate_life_rules.h"
#include "signer/certificate_places.h"
#include "signer/certificate_register.h"

namespace enkrat::signer {

// Nothing is owned.
struct LifeTools {
  hsm::SessionPool* working_pool = nullptr;  // may be nullptr for reading and revoking
  // Of the root's token; only to renew, reissue or replace the issuing CA.
  hsm::SessionPool* root_pool = nullptr;
  const SigningProvider* provider = nullptr;  // with working_pool
  const Clock* clock = nullptr;
};

// Who wants it, and why, for the register.
struct LifeOrder {
  std::string who;       // account of the operator
  std::string why = {};  // visible text of at most kMaxWhy characters; may be empty
  bool dry_run = false;  // say what would be done, and do nothing
  // PKCS#10, DER or PEM: the new key's proof of possession, for certificates over keys of requests
  // (IsFromRequest) and for those only.
  Bytes certification_request = {};
};

// What is to be issued over the key of a request. The request's own names do not count.
struct RequestedCertificate {
  CertificateRole role = CertificateRole::kInternalTls;
  CertificateData data = {};
  absl::Duration lifetime = absl::Hours(24 * 365);  // at most 398 days
};

// A timestamping unit besides the first (docs/tsa.md).
struct NewUnit {
  std::string name;  // IsUnitName
  KeyAlgorithm algorithm = KeyAlgorithm::kEcdsaP256;
  bool qualified = false;  // the certificate claims qualified timestamps (EN 319 422 9.1)
};

// What was done, or with dry_run would be.
struct Succession {
  std::string predecessor;    // serial number
  std::string serial_number;  // of the new certificate; empty in a dry run
  CertificateRole role = CertificateRole::kIssuingCa;
  std::string unit = {};  // name of a further timestamping unit
  std::string subject;
  std::string key_label;
  absl::Time not_before;
  absl::Time not_after;
  absl::Time key_not_after;
  std::vector<std::string> files = {};  // written, by name in the folder; the register not counted
};

// Not thread-safe. The folder is locked by the caller for as long as it lives.
class CertificateLife {
 public:
  // Reads the register, or takes up the folder's certificates in memory: the first change writes
  // it. kConfigurationInvalid.
  static absl::StatusOr<CertificateLife> Open(CertificatePlaces places, LifeTools tools);

  const CertificateRegister& all() const { return register_; }
  const CertificatePlaces& places() const { return places_; }

  // By serial number or SHA-256 fingerprint in hex, either case, or by the name of a further
  // timestamping unit: its latest. kNotFound.
  absl::StatusOr<const RegisteredCertificate*> Find(absl::string_view name) const;

  // Successors of the certificate with that serial number, under their role's issuer, as long-lived
  // and with as long a key period as their predecessor. Errors: the Check... of
  // certificate_life_rules.h; kCertificateStateForbids if the issuer is not in force;
  // kConfigurationInvalid if the issuer's key is not in its token or is another, or the root's
  // token is missing; kRequestMalformed or kLimitExceeded for order.why; the tokens' own.
  absl::StatusOr<Succession> Renew(const std::string& serial_number, const DataChanges& changes,
                                   const LifeOrder& order);
  absl::StatusOr<Succession> Reissue(const std::string& serial_number, const DataChanges& changes,
                                     const LifeOrder& order);
  // In place of one that was revoked.
  absl::StatusOr<Succession> IssueAnew(const std::string& serial_number, const DataChanges& changes,
                                       const LifeOrder& order);

  // The first one over the key of a request; order.certification_request is required. Errors as
  // above; ca::KeyOfCertificationRequest's; kCertificateStateForbids for a key that is certified
  // already.
  absl::StatusOr<Succession> IssueOverRequest(const RequestedCertificate& wanted,
                                              const LifeOrder& order);

  // A further timestamping unit under the issuing CA, with a key of its own; for the rest after the
  // first one's data, lifetime and key period. Errors as above; kRequestMalformed for the name;
  // kCertificateStateForbids if there is a unit of that name; kConfigurationInvalid if there is no
  // first one, or a file stands where its chain is to be.
  absl::StatusOr<Succession> AddUnit(const NewUnit& wanted, const LifeOrder& order);

  // Durable when it returns. Errors: CheckRevocation's, and those of order.why.
  absl::Status Revoke(const std::string& serial_number, RevocationReason reason,
                      const LifeOrder& order);

  // Completes the switch of files that a cut-off run left; the names of what it wrote. Every change
  // begins with it.
  absl::StatusOr<std::vector<std::string>> CompleteSwitch();

 private:
  struct Plan;
  CertificateLife(CertificatePlaces places, LifeTools tools, CertificateRegister all)
      : places_(std::move(places)), tools_(tools), register_(std::move(all)) {}

  absl::StatusOr<Succession> Succeed(const RegisteredCertificate& predecessor, CertificateData data,
                                     const char* action, const LifeOrder& order);
  absl::StatusOr<Plan> MakePlan(const RegisteredCertificate& predecessor,
                                CertificateData data) const;
  absl::StatusOr<const RegisteredCertificate*> IssuerFor(CertificateRole role) const;
  absl::StatusOr<PublicKey> KeyFor(const Plan& plan, const LifeOrder& order);
  absl::StatusOr<Bytes> MakeCertificate(const Plan& plan, const PublicKey& key) const;
  // From the key to the files.
  absl::StatusOr<Succession> Carry(Plan plan, const char* action, const LifeOrder& order);
  absl::Status CheckNewUnit(const NewUnit& wanted) const;
  absl::Status CheckOrder(const LifeOrder& order) const;

  CertificatePlaces places_;
  LifeTools tools_;
  CertificateRegister register_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CERTIFICATE_LIFE_H_
