// The units of an outside TSA as its tokens show them, and what their CAs say of them: asked in the
// background, so that a signature of level B-LT rarely waits for it.
#ifndef ENKRAT_SERVER_OUTSIDE_UNITS_H_
#define ENKRAT_SERVER_OUTSIDE_UNITS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "common/http_fetcher.h"
#include "common/log.h"
#include "common/mutex.h"
#include "server/outside_unit.h"
#include "signer/outside_validation_data.h"
#include "tsa/token.h"
#include "validation/trust_store.h"

namespace enkrat::server {

// Thread-safe. A unit is known by its certificate, from its first token on until it has not
// answered for a day; of many, the sixteen that answered last. For each, one caller asks its CAs
// (validation/path_status.h) and the others wait, nobody beyond its deadline; what came is used
// until its nextUpdate, and asked anew every `interval`. A failure is told to whoever asks in the
// seconds after it.
class OutsideUnits final : public signer::OutsideValidationData {
 public:
  struct Options {
    std::vector<Bytes> trusted_der;  // roots; certificates of CAs between may be among them
    HttpFetcher* http = nullptr;     // not owned
    absl::Duration interval = absl::Minutes(10);
    // To ask all that is to be asked about one unit; a third of it for each question.
    absl::Duration timeout = absl::Seconds(10);
    // Whether places in certificates may be at private addresses, and at any port.
    bool private_addresses = false;
    // A timestamp of nothing in particular, by the TSA: shows who would answer. Its token, noted.
    std::function<absl::StatusOr<Bytes>(absl::Time deadline)> probe = {};
    const Clock* clock = nullptr;  // not owned
    Logger* logger = nullptr;      // not owned
  };
  // kConfigurationInvalid for certificates that cannot be read, none that is self-signed, and what
  // is missing.
  static absl::StatusOr<std::unique_ptr<OutsideUnits>> Create(Options options);
  ~OutsideUnits() override;

  // Of every token that the TSA gave, already verified. kTimestampUnavailable if its unit is known
  // to have been revoked: it proves nothing then.
  absl::Status Note(ByteSpan token_der) ABSL_LOCKS_EXCLUDED(mutex_);
  // CAs between the token's signer and a root that the token does not bring along; fetched where
  // the certificates say. Empty if there are none.
  std::vector<Bytes> IssuersOf(const tsa::Token& token, absl::Time deadline)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // kTimestampUnavailable while the unit that answered last is known to have been revoked.
  absl::Status Available() const ABSL_LOCKS_EXCLUDED(mutex_);
  // Whether data about the unit that answered last is at hand; false if none has.
  bool StatusAtHand() const ABSL_LOCKS_EXCLUDED(mutex_);
  // What About answers about it at the moment, in octets; 0 if it has to be fetched.
  size_t StatusOctets() const ABSL_LOCKS_EXCLUDED(mutex_);

  // signer::OutsideValidationData.
  absl::StatusOr<std::shared_ptr<const ValidationData>> About(
      const std::vector<ByteSpan>& tokens_der, absl::Time not_before, absl::Time deadline) override
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Asks about the one unit that is due for longest, and forgets who has been silent; to be called
  // every second or so. Blocks for `timeout` at most, twice while the last unit is a revoked one.
  void KeepFresh() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using UnitPtr = std::shared_ptr<OutsideUnit>;
  using StatusPtr = OutsideUnit::StatusPtr;
  struct Path {
    Bytes signer_der;
    std::vector<Bytes> issuers_der;
  };

  OutsideUnits(Options options, std::unique_ptr<validation::TrustStore> trust);

  absl::StatusOr<UnitPtr> Remember(ByteSpan token_der) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::StatusOr<UnitPtr> Expected(absl::Time deadline) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status Probe(absl::Time deadline) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::StatusOr<StatusPtr> StatusOf(OutsideUnit& unit, absl::Time not_before, absl::Time deadline)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // Not to be called by two at once for one unit.
  void Ask(OutsideUnit& unit, absl::Duration time) ABSL_LOCKS_EXCLUDED(mutex_);
  UnitPtr Latest() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddOthers(absl::Time not_before, ValidationData& data) const ABSL_LOCKS_EXCLUDED(mutex_);
  // False if the deadline has passed.
  bool WaitForChange(absl::Time deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  std::vector<Bytes> between_der_;  // of trusted_der, those that are no roots
  const std::unique_ptr<validation::TrustStore> trust_;
  mutable Mutex mutex_;
  CondVar changed_;
  // Who answered last comes last; what changes in each is guarded likewise.
  std::vector<UnitPtr> units_ ABSL_GUARDED_BY(mutex_);
  std::vector<Path> paths_ ABSL_GUARDED_BY(mutex_);  // that had to be fetched
  bool probing_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status probe_failure_ ABSL_GUARDED_BY(mutex_);
  absl::Time next_probe_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_OUTSIDE_UNITS_H_
