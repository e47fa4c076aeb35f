// NTP version 4 on the wire, the client's half of it (RFC 5905 7.3, RFC 4330): 48 octets there, 48
// octets back, read with distrust.
#ifndef ENKRAT_TSA_NTP_PACKET_H_
#define ENKRAT_TSA_NTP_PACKET_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"

namespace enkrat::tsa {

inline constexpr size_t kNtpPacketSize = 48;

// A question. `nonce` stands where the client's time would: the server repeats it, and nobody else
// can know it.
Bytes EncodeNtpQuery(uint64_t nonce);

// When the question left and its answer came, by our clock.
struct NtpRoundTrip {
  uint64_t nonce = 0;
  absl::Time sent;
  absl::Duration took;  // by the clock since boot, not negative
};

struct NtpSample {
  absl::Duration offset;         // what must be added to our clock
  absl::Duration root_distance;  // half of all delays, and dispersion (RFC 5905 11.2)
  int stratum = 0;               // 1 to 15
  bool leap_announced = false;
};

// What the answer says. Its times are taken to be in the era that is nearest to `sent`, so 2036 is
// a year like others. kTimestampUnavailable for an answer that is no use:
//   - not of a server (mode 4), not of version 3 or 4, or shorter than 48 octets;
//   - to another question (its origin timestamp is not our nonce);
//   - kiss-of-death, stratum 0 (IsKissOfDeath); stratum 16 and above; leap indicator 3: it is not
//     synchronised itself;
//   - without a receive or transmit timestamp, or sent before it was received;
//   - root delay and dispersion that make a distance of 1.5 s or more (MAXDIST, RFC 5905 7.2).
absl::StatusOr<NtpSample> ReadNtpAnswer(ByteSpan answer, const NtpRoundTrip& round_trip);

// An answer to our question that tells us to go away (RFC 5905 7.4): RATE, DENY, RSTR and others.
bool IsKissOfDeath(ByteSpan answer, uint64_t nonce);

// The time that stands for these 64 bits, in the era nearest to `near`.
absl::Time NtpTime(uint64_t timestamp, absl::Time near);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_NTP_PACKET_H_
