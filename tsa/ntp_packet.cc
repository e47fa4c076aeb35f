#include "tsa/ntp_packet.h"

#include <algorithm>

#include "common/reason.h"

namespace enkrat::tsa {
namespace {

constexpr uint8_t kClientVersion4 = 0x23;  // LI 0, VN 4, mode 3
constexpr uint8_t kServerMode = 4;
constexpr uint8_t kNotSynchronised = 3;
constexpr int kMostStratum = 15;
constexpr size_t kRootDelayAt = 4;
constexpr size_t kRootDispersionAt = 8;
constexpr size_t kOriginAt = 24;
constexpr size_t kReceiveAt = 32;
constexpr size_t kTransmitAt = 40;
constexpr int64_t kUnixEpochInNtp = 2'208'988'800;  // seconds from 1900 to 1970
constexpr absl::Duration kMostDistance = absl::Milliseconds(1500);

absl::Status Useless(absl::string_view why) {
  return MakeError(Reason::kTimestampUnavailable, why);
}

uint64_t ReadNumber(ByteSpan octets, size_t at, size_t size) {
  uint64_t value = 0;
  for (const uint8_t octet : octets.subspan(at, size)) value = value << 8 | octet;
  return value;
}

// 32 bits, the point in the middle.
absl::Duration ShortFormat(ByteSpan octets, size_t at) {
  return absl::Seconds(1) * static_cast<int64_t>(ReadNumber(octets, at, 4)) / 65536;
}

// 32 bits of a second.
absl::Duration Fraction(uint64_t timestamp) {
  const uint64_t nanoseconds = ((timestamp & 0xffffffff) * 1'000'000'000) >> 32;
  return absl::Nanoseconds(static_cast<int64_t>(nanoseconds));
}

}  // namespace

Bytes EncodeNtpQuery(uint64_t nonce) {
  Bytes query(kNtpPacketSize, 0);
  query[0] = kClientVersion4;
  for (size_t i = 0; i < 8; ++i) {
    query[kTransmitAt + i] = static_cast<uint8_t>(nonce >> (56 - 8 * i));
  }
  return query;
}

absl::Time NtpTime(uint64_t timestamp, absl::Time near) {
  const int64_t near_seconds = absl::ToUnixSeconds(near) + kUnixEpochInNtp;
  const auto difference =
      static_cast<int32_t>(static_cast<uint32_t>(timestamp >> 32) -
                           static_cast<uint32_t>(static_cast<uint64_t>(near_seconds)));
  return absl::FromUnixSeconds(near_seconds + difference - kUnixEpochInNtp) + Fraction(timestamp);
}

bool IsKissOfDeath(ByteSpan answer, uint64_t nonce) {
  return answer.size() >= kNtpPacketSize && (answer[0] & 7) == kServerMode && answer[1] == 0 &&
         ReadNumber(answer, kOriginAt, 8) == nonce;
}

absl::StatusOr<NtpSample> ReadNtpAnswer(ByteSpan answer, const NtpRoundTrip& round_trip) {
  if (answer.size() < kNtpPacketSize) return Useless("the answer is too short");
  const int version = answer[0] >> 3 & 7;
  if ((answer[0] & 7) != kServerMode || version < 3 || version > 4) {
    return Useless("the answer is not an NTP server's");
  }
  if (ReadNumber(answer, kOriginAt, 8) != round_trip.nonce) {
    return Useless("the answer is to another question");
  }
  const int stratum = answer[1];
  if (stratum == 0) return Useless("the server will not be asked (kiss-of-death)");
  const int leap = answer[0] >> 6;
  if (stratum > kMostStratum || leap == kNotSynchronised) {
    return Useless("the server is not synchronised");
  }
  const uint64_t receive = ReadNumber(answer, kReceiveAt, 8);
  const uint64_t transmit = ReadNumber(answer, kTransmitAt, 8);
  if (receive == 0 || transmit == 0) return Useless("the answer has no time");
  const absl::Time received = NtpTime(receive, round_trip.sent);
  const absl::Time transmitted = NtpTime(transmit, round_trip.sent);
  if (transmitted < received) return Useless("the answer was sent before its question came");
  const absl::Duration delay =
      std::max(round_trip.took - (transmitted - received), absl::ZeroDuration());
  const NtpSample sample{
      .offset =
          ((received - round_trip.sent) + (transmitted - (round_trip.sent + round_trip.took))) / 2,
      .root_distance =
          (ShortFormat(answer, kRootDelayAt) + delay) / 2 + ShortFormat(answer, kRootDispersionAt),
      .stratum = stratum,
      .leap_announced = leap != 0};
  if (sample.root_distance >= kMostDistance)
    return Useless("the server is too far from its source");
  return sample;
}

}  // namespace enkrat::tsa
