// Who answers OCSP for which of our CAs: by the certificate register and the configured file as
// they are now, with the keys in the token.
#ifndef ENKRAT_SERVER_OCSP_DESKS_H_
#define ENKRAT_SERVER_OCSP_DESKS_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ca/status_issuer.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "common/log.h"
#include "hsm/session_pool.h"
#include "server/revocation_settings.h"
#include "signer/certificate_register_reader.h"
#include "signer/ocsp_responder.h"

namespace enkrat::server {

// A certificate that may answer for the CA that issued it (RFC 6960 4.2.2.2).
struct ResponderCertificate {
  ca::StatusIssuer certificate;
  std::string key_label;
  bool revoked = false;
};

// The configured file's, then the register's, the latest last. kConfigurationInvalid for a file
// that is there, or must be, and is no responder's.
absl::StatusOr<std::vector<ResponderCertificate>> RespondersFrom(
    const RevocationSettings& settings, const signer::CertificateRegister& registered);

// kConfigurationInvalid unless one of the CAs issued one of the responders.
absl::Status CheckResponderIsOurs(const std::vector<ResponderCertificate>& responders,
                                  const std::vector<ca::StatusIssuer>& authorities);

// Not thread-safe: one thread looks.
class OcspDesks {
 public:
  // Nothing is owned; all outlive it.
  struct Parts {
    const RevocationSettings* settings = nullptr;
    hsm::SessionPool* pool = nullptr;
    signer::CertificateRegisterReader* registered = nullptr;
    std::vector<ca::StatusIssuer> authorities;  // the issuing CA in use first
    const Clock* clock = nullptr;
    Logger* logger = nullptr;
  };
  explicit OcspDesks(Parts parts) : parts_(std::move(parts)) {}

  // One desk for each CA that has a responder whose key is in the token: of several the latest that
  // is valid and not revoked, or else one that will say that it is not. nullopt if they are those
  // of the last time. What cannot be used (yet) is logged once, and tried again the next time; so
  // is, every day, what ends soon or has ended. Errors: RespondersFrom's and the register's; all
  // stays as it was.
  absl::StatusOr<std::optional<std::vector<signer::OcspResponder::Desk>>> Look();
  // After a Look: CheckResponderIsOurs.
  absl::Status CheckIssued() const { return CheckResponderIsOurs(responders_, parts_.authorities); }
  // Why the last Look found no key to a certificate; OK if it found all that it looked for.
  const absl::Status& key_error() const { return key_error_; }

 private:
  using Candidates = std::vector<const ResponderCertificate*>;  // the best first

  absl::Status Read();
  Candidates CandidatesFor(const ca::StatusIssuer& authority) const;
  std::optional<signer::OcspResponder::Desk> DeskFor(const ca::StatusIssuer& authority);
  absl::StatusOr<signer::OcspResponder::Desk> Open(const ca::StatusIssuer& authority,
                                                   const ResponderCertificate& responder) const;
  bool IsUsable(const ResponderCertificate& responder) const;
  void SayWhoAnswers(const signer::OcspResponder::Desk& desk, const std::string& key_label) const;
  bool IsRevoked(const signer::OcspResponder::Desk& desk) const;
  bool MayAnswer(const signer::OcspResponder::Desk& desk) const;
  void SayWhatEnds();

  const Parts parts_;
  // What responders_ was read from.
  std::shared_ptr<const signer::CertificateRegister> register_;
  std::optional<Bytes> file_;
  std::vector<ResponderCertificate> responders_;
  std::map<Bytes, std::vector<size_t>>
      issued_by_;  // indexes of responders_, by the CA's certificate
  std::vector<signer::OcspResponder::Desk> desks_;
  std::set<Bytes> refused_;  // certificates whose key was not found: told once
  absl::Status key_error_;
  struct Told {
    absl::Time at = absl::InfinitePast();
    bool over = false;
  };
  std::map<Bytes, Told> told_;  // by certificate: when it was said last that it ends
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_OCSP_DESKS_H_
