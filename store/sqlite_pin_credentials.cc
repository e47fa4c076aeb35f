#include "store/sqlite_pin_credentials.h"

#include <string>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "store/bounds.h"
#include "store/ledger_files.h"
#include "store/ledger_writes.h"
#include "store/pin_credential_writes.h"

namespace enkrat::store {
namespace {

class SqlitePinCredentials final : public PinCredentials {
 public:
  explicit SqlitePinCredentials(LedgerFiles& files) : files_(files) {}

  absl::StatusOr<std::optional<PinCredential>> Find(ByteSpan person) override {
    return files_.Read<std::optional<PinCredential>>(
        [&](SqliteConnection& reader) { return SelectPinCredential(reader, person); });
  }

  absl::StatusOr<bool> RequestIdTaken(absl::string_view relying_party,
                                      absl::string_view request_id) override {
    return files_.Read<bool>([&](SqliteConnection& reader) {
      return SelectPinRequestTaken(reader, relying_party, request_id);
    });
  }

  absl::StatusOr<TakenTry> TakeTry(const TryDemand& demand) override {
    return Write<TakenTry>(
        [demand, key = Key(demand.issuer, demand.assertion_id)](SqliteConnection& writer) {
          return TakePinTry(writer, demand, key);
        });
  }

  absl::StatusOr<bool> Accept(absl::string_view credential_id, int64_t revision,
                              const std::optional<SecretVerifier>& rederived) override {
    return Write<bool>(
        [id = std::string(credential_id), revision, rederived](SqliteConnection& writer) {
          return AcceptPin(writer, id, revision, rederived);
        });
  }

  absl::StatusOr<PinState> Reject(absl::string_view credential_id,
                                  const EvidenceRecord& evidence) override {
    ENKRAT_RETURN_IF_ERROR(CheckEvidence(evidence));
    return Write<PinState>([id = std::string(credential_id), evidence](SqliteConnection& writer) {
      return RejectSecret(writer, id, evidence);
    });
  }

  absl::StatusOr<PinActOutcome> Enrol(const PinAct& act, const PinCredential& fresh) override {
    return Do(act, [act, fresh](SqliteConnection& writer, ByteSpan key) {
      return EnrolPin(writer, act, fresh, key);
    });
  }

  absl::StatusOr<PinActOutcome> Replace(const PinAct& act,
                                        const PinReplacement& replacement) override {
    return Do(act, [act, replacement](SqliteConnection& writer, ByteSpan key) {
      return ReplacePin(writer, act, replacement, key);
    });
  }

  absl::StatusOr<PinActOutcome> Revoke(const PinAct& act, ByteSpan person) override {
    return Do(act, [act, person = ToBytes(person)](SqliteConnection& writer, ByteSpan key) {
      return RevokePin(writer, act, person, key);
    });
  }

  absl::StatusOr<PinActOutcome> Note(const PinAct& act) override {
    return Do(act, [act](SqliteConnection& writer, ByteSpan key) {
      return NotePinAct(writer, act, key);
    });
  }

 private:
  Bytes Key(const std::string& issuer, const std::string& assertion_id) const {
    return SpentKey(files_.salt(), issuer, assertion_id);
  }

  // The write may outlive its caller: both own what they share.
  template <typename T, typename Body>
  absl::StatusOr<T> Write(Body body) {
    const auto answer = std::make_shared<T>();
    ENKRAT_RETURN_IF_ERROR(
        files_.Write([answer, body = std::move(body)](SqliteConnection& writer) -> absl::Status {
          ENKRAT_ASSIGN_OR_RETURN(*answer, body(writer));
          return absl::OkStatus();
        }));
    return std::move(*answer);
  }

  template <typename Body>
  absl::StatusOr<PinActOutcome> Do(const PinAct& act, Body body) {
    ENKRAT_RETURN_IF_ERROR(CheckEvidence(act.evidence));
    return Write<PinActOutcome>([body = std::move(body), key = Key(act.issuer, act.assertion_id)](
                                    SqliteConnection& writer) { return body(writer, key); });
  }

  LedgerFiles& files_;
};

}  // namespace

std::unique_ptr<PinCredentials> MakeSqlitePinCredentials(LedgerFiles& files) {
  return std::make_unique<SqlitePinCredentials>(files);
}

}  // namespace enkrat::store
