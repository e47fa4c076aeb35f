// Signing PIN credentials and their try counters: what must be on disk before a PIN is compared.
#ifndef ENKRAT_STORE_PIN_CREDENTIALS_H_
#define ENKRAT_STORE_PIN_CREDENTIALS_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "store/pin_records.h"
#include "store/records.h"

namespace enkrat::store {

// Thread-safe; every writing function returns when it is on disk, one transaction each. Errors as
// in ledger.h. A counter goes up only by Accept, Replace and Enrol.
class PinCredentials {
 public:
  virtual ~PinCredentials() = default;

  // The newest credential of the person.
  virtual absl::StatusOr<std::optional<PinCredential>> Find(ByteSpan person) = 0;
  // By an act of this relying party that was done.
  virtual absl::StatusOr<bool> RequestIdTaken(absl::string_view relying_party,
                                              absl::string_view request_id) = 0;

  virtual absl::StatusOr<TakenTry> TakeTry(const TryDemand& demand) = 0;
  // The PIN was right: its tries are three again. False, and nothing is changed, if the credential
  // is not live or its PIN was replaced since the try was taken: then the PIN does not count.
  virtual absl::StatusOr<bool> Accept(absl::string_view credential_id, int64_t revision,
                                      const std::optional<SecretVerifier>& rederived) = 0;
  // The secret was wrong. The credential is destroyed if no PUK try is left. Answers the state.
  // Without a credential_id as much is written, and the answer is of no meaning.
  virtual absl::StatusOr<PinState> Reject(absl::string_view credential_id,
                                          const EvidenceRecord& evidence) = 0;

  // `fresh`: person, credential_id, relying_party, both verifiers; the rest is set here.
  virtual absl::StatusOr<PinActOutcome> Enrol(const PinAct& act, const PinCredential& fresh) = 0;
  // The PIN is replaced and active, its tries are three again.
  virtual absl::StatusOr<PinActOutcome> Replace(const PinAct& act,
                                                const PinReplacement& replacement) = 0;
  virtual absl::StatusOr<PinActOutcome> Revoke(const PinAct& act, ByteSpan person) = 0;
  // Changes no credential.
  virtual absl::StatusOr<PinActOutcome> Note(const PinAct& act) = 0;
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_PIN_CREDENTIALS_H_
