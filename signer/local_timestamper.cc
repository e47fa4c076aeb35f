#include "signer/local_timestamper.h"

#include <memory>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "tsa/timestamp_request.h"

namespace enkrat::signer {
namespace {

// Empty if none is asked for, or the request cannot be read: then any unit will refuse it.
Bytes PolicyOf(ByteSpan request_der) {
  auto parsed = tsa::ParseTimestampRequest(request_der);
  auto* request = std::get_if<tsa::TimestampRequest>(&parsed);
  return request == nullptr ? Bytes() : std::move(request->policy);
}

}  // namespace

absl::StatusOr<tsa::IssuedTimestamp> LocalTimestamper::Timestamp(const tsa::MessageImprint& imprint,
                                                                 absl::Time deadline) {
  // Before a session is taken from somebody who could use it.
  if (imprint.digest.size() != DigestSize(imprint.algorithm)) {
    return WithField(MakeError(Reason::kDigestUnsupported, "digest: length does not fit"),
                     "digest");
  }
  ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease, pool_.Acquire(deadline));
  const TimestampUnits::Handle own = units_.Choose({}, clock_.Now());
  const std::unique_ptr<SigningKey> key = lease.KeyFor(own->key);
  return own->unit->Stamp(imprint, *key);
}

LocalTimestamper::Reply LocalTimestamper::Respond(ByteSpan request_der, absl::Time deadline) {
  absl::Status status =
      MakeError(Reason::kRequestMalformed, "the query was refused; the answer says why");
  const TimestampUnits::Handle own = units_.Choose(PolicyOf(request_der), clock_.Now());
  const auto with_session = [&](absl::FunctionRef<absl::Status(SigningKey&)> sign) -> absl::Status {
    ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease, pool_.Acquire(deadline));
    const std::unique_ptr<SigningKey> key = lease.KeyFor(own->key);
    return sign(*key);
  };
  Bytes response_der = own->unit->Respond(
      request_der, [&](absl::FunctionRef<absl::Status(SigningKey&)> sign) -> absl::Status {
        status = with_session(sign);
        return status;
      });
  return {.response_der = std::move(response_der), .status = std::move(status)};
}

}  // namespace enkrat::signer
