// The own timestamping unit for callers that hold no HSM session: leases one for each answer.
#ifndef ENKRAT_SIGNER_LOCAL_TIMESTAMPER_H_
#define ENKRAT_SIGNER_LOCAL_TIMESTAMPER_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "hsm/session_pool.h"
#include "tsa/timestamp_unit.h"
#include "tsa/timestamper.h"

namespace enkrat::signer {

// Thread-safe. Owns nothing; unit, pool and key outlive it.
class LocalTimestamper final : public tsa::Timestamper {
 public:
  LocalTimestamper(tsa::TimestampUnit& unit, hsm::SessionPool& pool, const hsm::LongLivedKey& key)
      : unit_(unit), pool_(pool), key_(key) {}

  // Further errors: those of SessionPool::Acquire.
  absl::StatusOr<tsa::IssuedTimestamp> Timestamp(const tsa::MessageImprint& imprint,
                                                 absl::Time deadline) override;

  struct Reply {
    Bytes response_der;   // a TimeStampResp in any case
    absl::Status status;  // OK if it grants a timestamp; why not, for the log
  };

  // A TimeStampResp for any octets (TimestampUnit::Respond). A token that is away answers
  // systemFailure. kRequestMalformed for a query that was refused before the token was asked;
  // otherwise the errors of SessionPool::Acquire and TimestampUnit::Stamp.
  Reply Respond(ByteSpan request_der, absl::Time deadline);

 private:
  tsa::TimestampUnit& unit_;
  hsm::SessionPool& pool_;
  const hsm::LongLivedKey& key_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_LOCAL_TIMESTAMPER_H_
