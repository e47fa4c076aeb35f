// The own timestamping unit: RFC 3161 with the profile of EN 319 421/422. Its key is handed in per
// call, because it belongs to the thread that leases an HSM session.
#ifndef ENKRAT_TSA_TIMESTAMP_UNIT_H_
#define ENKRAT_TSA_TIMESTAMP_UNIT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "common/signing_key.h"
#include "common/signing_provider.h"
#include "tsa/clock_guard.h"
#include "tsa/timestamper.h"

namespace enkrat::tsa {

inline constexpr size_t kMaxRequestSize = 4096;  // octets of DER TimeStampReq

// Calls its argument with the unit's key, or answers why it cannot be had (the argument is then not
// called). Whoever provides it leases the HSM session only for as long as the call lasts.
using WithUnitKey = absl::FunctionRef<absl::Status(absl::FunctionRef<absl::Status(SigningKey&)>)>;

// Thread-safe.
class TimestampUnit {
 public:
  struct Options {
    std::vector<Bytes> chain_der;  // the unit's certificate first, root last
    std::string policy_oid = "0.4.0.2023.1.1";
    absl::Duration accuracy = absl::Seconds(1);  // at most 1 s (EN 319 421)
    const Clock* clock = nullptr;                // not owned; required
    ClockGuard* clock_guard = nullptr;           // not owned; required
    const SigningProvider* provider = nullptr;   // not owned; required
  };

  // kConfigurationInvalid unless the chain's first certificate is a timestamping unit's (critical
  // EKU with id-kp-timeStamping alone, valid now, ...).
  static absl::StatusOr<std::unique_ptr<TimestampUnit>> Create(Options options);
  ~TimestampUnit();

  // A token over the imprint, checked before it is returned. kDigestUnsupported;
  // kTimestampUnavailable when the clock cannot be trusted or the unit's certificate or key period
  // has ended; the key's own errors.
  absl::StatusOr<IssuedTimestamp> Stamp(const MessageImprint& imprint, SigningKey& unit_key);

  // A DER TimeStampResp for the octets of a TimeStampReq, always: rejections carry their
  // PKIFailureInfo (RFC 3161 2.4.2: badAlg, badRequest, badDataFormat, timeNotAvailable,
  // unacceptedPolicy, unacceptedExtension, systemFailure). The key is asked for only after the
  // request has been found acceptable.
  Bytes Respond(ByteSpan request_der, WithUnitKey with_unit_key);

  const std::vector<Bytes>& chain_der() const;
  const PublicKey& public_key() const;

 private:
  class Engine;
  explicit TimestampUnit(std::unique_ptr<Engine> engine);

  std::unique_ptr<Engine> engine_;
};

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_TIMESTAMP_UNIT_H_
