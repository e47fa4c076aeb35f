// Answers of NTP servers, or of whoever sends datagrams: the reader does not crash, and what it
// believes keeps the promises of tsa/ntp_packet.h.
//
// Input: the round trip in 16 octets (nonce, then when the question left in seconds of Unix time
// modulo 2^33), then the answer.
#include <cstdlib>

#include "tsa/ntp_packet.h"

namespace enkrat::tsa {
namespace {

constexpr size_t kRoundTripSize = 16;

void Require(bool holds) {
  if (!holds) std::abort();
}

uint64_t Number(ByteSpan octets) {
  uint64_t value = 0;
  for (const uint8_t octet : octets.first(8)) value = value << 8 | octet;
  return value;
}

void CheckBelieved(const NtpSample& sample, ByteSpan answer, const NtpRoundTrip& round_trip) {
  Require(answer.size() >= kNtpPacketSize);
  Require(Number(answer.subspan(24)) == round_trip.nonce);
  Require(!IsKissOfDeath(answer, round_trip.nonce));
  Require(sample.stratum >= 1 && sample.stratum <= 15);
  Require(sample.root_distance >= absl::ZeroDuration());
  Require(sample.root_distance < absl::Milliseconds(1500));
  // The nearest era: half of one away at most.
  Require(absl::AbsDuration(sample.offset) <= absl::Seconds(int64_t{1} << 31) + round_trip.took);
}

}  // namespace
}  // namespace enkrat::tsa

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  using enkrat::tsa::kRoundTripSize;
  const enkrat::ByteSpan input(octets, size);
  if (size < kRoundTripSize) return 0;
  const enkrat::tsa::NtpRoundTrip round_trip = {
      .nonce = enkrat::tsa::Number(input),
      .sent = absl::FromUnixSeconds(
          static_cast<int64_t>(enkrat::tsa::Number(input.subspan(8)) & 0x1ffffffff)),
      .took = absl::Milliseconds(40)};
  const enkrat::ByteSpan answer = input.subspan(kRoundTripSize);
  const auto sample = enkrat::tsa::ReadNtpAnswer(answer, round_trip);
  if (sample.ok()) enkrat::tsa::CheckBelieved(*sample, answer, round_trip);
  enkrat::tsa::IsKissOfDeath(answer, round_trip.nonce);
  return 0;
}
