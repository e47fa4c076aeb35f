// One signature, from the request to the disk: the ten steps of docs/life_of_a_signature.md, in
// their order.
#ifndef ENKRAT_SIGNER_SIGNING_WORKFLOW_H_
#define ENKRAT_SIGNER_SIGNING_WORKFLOW_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ca/issuer.h"
#include "ca/profile.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/secret.h"
#include "hsm/session_pool.h"
#include "idp_client/identity_verifier.h"
#include "signer/admission.h"
#include "signer/authorization.h"
#include "signer/hsm_turns.h"
#include "signer/organization.h"
#include "signer/outside_validation_data.h"
#include "signer/rejection_evidence.h"
#include "signer/relying_party.h"
#include "signer/running_sessions.h"
#include "signer/session_evidence.h"
#include "signer/session_observer.h"
#include "signer/signing_request.h"
#include "signer/signing_result.h"
#include "signer/timestamp_units.h"
#include "signer/validation_data_source.h"
#include "store/ledger.h"
#include "tsa/timestamper.h"

namespace enkrat::signer {

// Where a session stands, for its relying party.
struct SessionReport {
  store::SessionState state = store::SessionState::kOpen;
  std::string session_id;
  std::optional<SigningResult> result;
  std::string failure_reason;
};

// Thread-safe: a session runs on the thread that calls Run, others beside it. Everything pointed to
// is owned by the caller and outlives the workflow.
class SigningWorkflow {
 public:
  struct Parts {
    hsm::SessionPool* hsm = nullptr;
    const hsm::LongLivedKey* issuing_ca_key = nullptr;
    const hsm::MacKey* person_key = nullptr;  // for hashes of who signed
    std::shared_ptr<const Secret> quota_key;  // 32 octets (session_quotas.h)
    idp_client::IdentityVerifier* identities = nullptr;
    const ca::Issuer* issuer = nullptr;
    std::map<std::string, ca::Profile> profiles;             // by name
    std::map<std::string, Organization> organizations = {};  // by identifier; of seals
    SigningPins* pins = nullptr;                             // optional
    // Timestamps: exactly one of the own units, or somebody else's.
    const TimestampUnits* timestamp_units = nullptr;
    tsa::Timestamper* outside_timestamper = nullptr;
    // For level B-LT and up: revocation data of our own certificates; and timestamps over whole
    // signatures, by either of both. Optional: without, those levels are refused.
    ValidationDataSource* validation_data = nullptr;
    tsa::Timestamper* archive_timestamper = nullptr;
    // Revocation data of the outside TSA's units; optional: without, it is left to the client.
    OutsideValidationData* outside_validation_data = nullptr;
    store::Ledger* ledger = nullptr;
    const Clock* clock = nullptr;
    Logger* logger = nullptr;             // optional
    SessionObserver* observer = nullptr;  // optional
    // Optional; asked before anything is spent, and before each step that cannot be undone: whether
    // the certificates that the session works with may still be used, the timestamping unit's only
    // if `timestamped`.
    std::function<absl::Status(bool timestamped)> certificates_usable = {};
    absl::Duration keep_results = absl::Hours(24);
    // A call with less time than this is refused before anything is spent.
    absl::Duration least_time = absl::Milliseconds(50);
    HsmTurns::Options turns = {};
  };

  explicit SigningWorkflow(Parts parts)
      : parts_(std::move(parts)),
        turns_(parts_.turns),
        rejections_(*parts_.ledger, *parts_.clock, parts_.logger),
        authorizer_({.identities = parts_.identities,
                     .pins = parts_.pins,
                     .rejections = &rejections_,
                     .clock = parts_.clock}) {}

  // Step 1, for the part that needs neither disk nor HSM; takes microseconds, never blocks. Errors:
  // CheckRequest's; kRelyingPartyDisabled; kNotPermitted for a kind, level, key algorithm or
  // organisation that the relying party may not ask for, or that has no profile;
  // kSigningPinRequired; kDeadlineTooShort.
  absl::StatusOr<Admission> Admit(std::shared_ptr<const RelyingParty> relying_party,
                                  SigningRequest request) const;

  // Steps 2 to 10. Blocks: on the IdP's keys, the HSM, the disk and the TSA. A request_id that was
  // used before is answered from the ledger, without a look at the assertion: kRequestIdReused for
  // other content, kSessionAbandoned or the first failure's reason if there is no result. Errors
  // after the assertion was spent carry AssertionSpent.
  absl::StatusOr<SigningResult> Run(const Admission& admission);

  // The session of an earlier Run of the same relying party. kNotFound.
  absl::StatusOr<SessionReport> Find(const RelyingParty& relying_party,
                                     const std::string& request_id);

 private:
  struct Session;  // a session whose intent has been recorded
  struct Signed;   // what is left when the key is gone

  absl::StatusOr<std::optional<SigningResult>> EarlierResult(const Admission& admission);
  absl::StatusOr<Authorization> Authorize(const Admission& admission);
  absl::StatusOr<Session> RecordIntent(const Admission& admission, Authorization authorization,
                                       HsmTurns::Turn turn);
  absl::StatusOr<SigningResult> Perform(Session& session);
  absl::StatusOr<Signed> SignInHsm(Session& session);
  void EndUnconfirmedKeys(const Session& session);
  absl::Status IssueCertificate(Session& session, hsm::SessionLease& lease,
                                const hsm::OneTimeKey& key);
  absl::Status SignDocuments(Session& session, hsm::OneTimeKey& key, Signed& made);
  absl::Status Timestamp(Session& session, hsm::SessionLease* lease, Signed& made);
  absl::Status PreparePdf(const Admission& admission, const Authorization& authorization);
  absl::Status ExpectValidationData(const SigningRequest& request);
  absl::StatusOr<std::shared_ptr<const ValidationData>> ValidationDataFor(
      const SigningRequest& request, const std::vector<tsa::IssuedTimestamp>& timestamps);
  absl::StatusOr<SigningResult> Assemble(Session& session, Signed made);
  absl::Status MakeDurable(Session& session, SigningResult& result);
  absl::Status Fail(Session& session, const absl::Status& why);

  absl::Status StillWanted(const Admission& admission, absl::string_view next_step) const;
  absl::Status CertificatesUsable(const Admission& admission) const;
  void StepDone(Session& session, absl::string_view step);
  static store::CertificateRecord CertificateOf(const Session& session);

  const Parts parts_;
  RunningSessions running_;
  HsmTurns turns_;
  RejectionEvidence rejections_;
  Authorizer authorizer_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SIGNING_WORKFLOW_H_
