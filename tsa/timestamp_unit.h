// The own timestamping unit: RFC 3161 with the profile of EN 319 421/422. Its key is handed in per
// call, because it belongs to the thread that leases an HSM session.
#ifndef ENKRAT_TSA_TIMESTAMP_UNIT_H_
#define ENKRAT_TSA_TIMESTAMP_UNIT_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "common/signing_key.h"
#include "tsa/clock_guard.h"
#include "tsa/timestamp_request.h"
#include "tsa/timestamper.h"

namespace enkrat::tsa {

// Calls its argument with the unit's key, or answers why it cannot be had (the argument is then not
// called). Whoever provides it leases the HSM session only for as long as the call lasts.
using WithUnitKey = absl::FunctionRef<absl::Status(absl::FunctionRef<absl::Status(SigningKey&)>)>;

// Thread-safe.
class TimestampUnit {
 public:
  struct Options {
    std::vector<Bytes> chain_der;  // the unit's certificate first, root last
    std::string policy_oid = "0.4.0.2023.1.1";
    // Stated in each timestamp: whole milliseconds, at most 1 s (EN 319 422 5.2.2), and no less
    // than the clock guard's.
    absl::Duration accuracy = absl::Seconds(1);
    // Each timestamp says that it is a qualified one (EN 319 422 9.1): a legal claim, which the
    // unit's certificate must make, too.
    bool qualified = false;
    // Its period may be still to come, or over (LoadUnitCertificateOfAnyPeriod): it stamps within
    // it alone.
    bool any_period = false;
    const Clock* clock = nullptr;       // not owned; required
    ClockGuard* clock_guard = nullptr;  // not owned; required
  };

  // kConfigurationInvalid unless the chain is a timestamping unit's (LoadUnitCertificate says what
  // that is), the policy an OID, the accuracy one that may be stated.
  static absl::StatusOr<std::unique_ptr<TimestampUnit>> Create(Options options);
  ~TimestampUnit();

  // A token over the imprint, with certificates, checked before it is returned. kDigestUnsupported
  // for a digest of the wrong length; kTimestampUnavailable when the clock cannot be trusted, the
  // unit's certificate or key period has ended (EN 319 421 TIS-7.6.7-06) or it was withdrawn;
  // kConfigurationInvalid for a key that is not the certificate's; kSignatureSelfCheckFailed; the
  // key's own errors.
  absl::StatusOr<IssuedTimestamp> Stamp(const MessageImprint& imprint, SigningKey& unit_key);

  // A DER TimeStampResp for the octets of a TimeStampReq, always: rejections carry their
  // PKIFailureInfo (RFC 3161 2.4.2: badAlg, badRequest, badDataFormat, timeNotAvailable,
  // unacceptedPolicy, unacceptedExtension, systemFailure). The key is asked for only after the
  // request has been found acceptable; what goes wrong from there on is also what `with_unit_key`'s
  // argument answers, so that the caller can log it.
  Bytes Respond(ByteSpan request_der, WithUnitKey with_unit_key);

  // From now on it stamps nothing: its certificate was revoked. Stamp fails with
  // kTimestampUnavailable, Respond answers timeNotAvailable. Thread-safe, and for good.
  void Withdraw();

  const std::vector<Bytes>& chain_der() const;
  const PublicKey& public_key() const;
  const Bytes& policy() const;  // content octets of the OID
  // When its key may sign, both ends included.
  absl::Time usable_from() const;
  absl::Time usable_until() const;
  bool withdrawn() const { return withdrawn_; }

 private:
  class Engine;
  explicit TimestampUnit(std::unique_ptr<Engine> engine);
  absl::Status CheckNotWithdrawn() const;

  std::unique_ptr<Engine> engine_;
  std::atomic<bool> withdrawn_ = false;
};

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_TIMESTAMP_UNIT_H_
