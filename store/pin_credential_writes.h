// Signing PIN credentials as SQL: one function a write, inside a transaction that the caller owns.
#ifndef ENKRAT_STORE_PIN_CREDENTIAL_WRITES_H_
#define ENKRAT_STORE_PIN_CREDENTIAL_WRITES_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "store/pin_credentials.h"
#include "store/records.h"
#include "store/sqlite_connection.h"

namespace enkrat::store {

// Meanings and errors as in pin_credentials.h. `spent_key` is ledger_writes.h's of the assertion.
absl::StatusOr<std::optional<PinCredential>> SelectPinCredential(SqliteConnection& reader,
                                                                 ByteSpan person);
absl::StatusOr<bool> SelectPinRequestTaken(SqliteConnection& reader,
                                           absl::string_view relying_party,
                                           absl::string_view request_id);

absl::StatusOr<TakenTry> TakePinTry(SqliteConnection& writer, const TryDemand& demand,
                                    ByteSpan spent_key);
absl::StatusOr<bool> AcceptPin(SqliteConnection& writer, absl::string_view credential_id,
                               int64_t revision, const std::optional<SecretVerifier>& rederived);
absl::StatusOr<PinState> RejectSecret(SqliteConnection& writer, absl::string_view credential_id,
                                      const EvidenceRecord& evidence);
absl::StatusOr<PinActOutcome> EnrolPin(SqliteConnection& writer, const PinAct& act,
                                       const PinCredential& fresh, ByteSpan spent_key);
absl::StatusOr<PinActOutcome> ReplacePin(SqliteConnection& writer, const PinAct& act,
                                         const PinReplacement& replacement, ByteSpan spent_key);
absl::StatusOr<PinActOutcome> RevokePin(SqliteConnection& writer, const PinAct& act,
                                        ByteSpan person, ByteSpan spent_key);
absl::StatusOr<PinActOutcome> NotePinAct(SqliteConnection& writer, const PinAct& act,
                                         ByteSpan spent_key);

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_PIN_CREDENTIAL_WRITES_H_
