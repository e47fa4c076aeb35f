// What the configuration says of the own timestamping units and their clock.
#ifndef ENKRAT_SERVER_TIMESTAMPING_SETTINGS_H_
#define ENKRAT_SERVER_TIMESTAMPING_SETTINGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "enkrat/config/v1/config.pb.h"
#include "tsa/ntp_poll.h"

namespace enkrat::server {

// One unit, whether the first or a further one.
struct UnitSettings {
  std::string chain_file;
  std::string policy_oid;
  std::string key_label;
  bool qualified = false;
};
// The first unit first; none with an outside TSA.
std::vector<UnitSettings> UnitsFrom(const config::v1::Config& config);

// For NtpPoll; without servers there is nothing to poll.
tsa::NtpPoll::Options NtpOptionsFrom(const config::v1::ClockConfig& config, const Clock* clock);

// Of an outside TSA's trust file: kConfigurationInvalid, naming the field, unless there is a root
// (self-signed) among them; certificates of CAs between may be there, too.
absl::Status CheckOutsideRoots(const std::vector<Bytes>& trusted_der);
bool IsRoot(const Bytes& certificate_der);

// The values. kConfigurationInvalid, naming the field.
absl::Status CheckTimestampingValues(const config::v1::Config& config);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_TIMESTAMPING_SETTINGS_H_
