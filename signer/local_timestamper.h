// The own timestamping units for callers that hold no HSM session: leases one for each answer.
#ifndef ENKRAT_SIGNER_LOCAL_TIMESTAMPER_H_
#define ENKRAT_SIGNER_LOCAL_TIMESTAMPER_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "hsm/session_pool.h"
#include "signer/timestamp_units.h"
#include "tsa/timestamper.h"

namespace enkrat::signer {

// Thread-safe. Owns nothing; units, pool and clock outlive it.
class LocalTimestamper final : public tsa::Timestamper {
 public:
  LocalTimestamper(const TimestampUnits& units, hsm::SessionPool& pool, const Clock& clock)
      : units_(units), pool_(pool), clock_(clock) {}

  // By the default policy's unit. Further errors: those of SessionPool::Acquire.
  absl::StatusOr<tsa::IssuedTimestamp> Timestamp(const tsa::MessageImprint& imprint,
                                                 absl::Time deadline) override;

  struct Reply {
    Bytes response_der;   // a TimeStampResp in any case
    absl::Status status;  // OK if it grants a timestamp; why not, for the log
  };

  // A TimeStampResp for any octets (TimestampUnit::Respond), by the unit of the policy that is
  // asked for. A token that is away answers systemFailure. kRequestMalformed for a query that was
  // refused before the token was asked; otherwise the errors of SessionPool::Acquire and
  // TimestampUnit::Stamp.
  Reply Respond(ByteSpan request_der, absl::Time deadline);

 private:
  const TimestampUnits& units_;
  hsm::SessionPool& pool_;
  const Clock& clock_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_LOCAL_TIMESTAMPER_H_
