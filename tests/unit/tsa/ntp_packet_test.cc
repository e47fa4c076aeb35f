// An NTP answer is believed only if everything in it holds.
#include "tsa/ntp_packet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/support/status_matchers.h"
#include "tests/unit/tsa/fake_ntp_server.h"

namespace enkrat::tsa {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

constexpr uint64_t kNonce = 0x0123456789abcdef;

class NtpPacketTest : public ::testing::Test {
 protected:
  NtpAnswer Honest(absl::Duration offset = absl::ZeroDuration()) const {
    return {.now = round_trip_.sent + round_trip_.took / 2 + offset};
  }
  absl::StatusOr<NtpSample> Read(const NtpAnswer& answer) const {
    return ReadNtpAnswer(EncodeNtpAnswer(EncodeNtpQuery(kNonce), answer), round_trip_);
  }
  absl::StatusOr<NtpSample> ReadChanged(const std::function<void(Bytes&)>& change) const {
    Bytes packet = EncodeNtpAnswer(EncodeNtpQuery(kNonce), Honest());
    change(packet);
    return ReadNtpAnswer(packet, round_trip_);
  }

  NtpRoundTrip round_trip_{.nonce = kNonce,
                           .sent = absl::FromUnixSeconds(1'800'000'000),
                           .took = absl::Milliseconds(40)};
};

TEST_F(NtpPacketTest, QueryIsAClientsWithTheNonceAndNothingOfOurs) {
  Bytes expected(48, 0);
  expected[0] = 0x23;
  const Bytes nonce = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
  std::copy(nonce.begin(), nonce.end(), expected.begin() + 40);
  EXPECT_EQ(EncodeNtpQuery(kNonce), expected);
}

TEST_F(NtpPacketTest, OffsetAndRootDistanceAreTheRfcs) {
  const auto sample = Read(Honest(absl::Milliseconds(250)));
  ASSERT_THAT(sample, IsOk());
  EXPECT_NEAR(absl::ToDoubleSeconds(sample->offset), 0.25, 1e-6);
  // (10 ms + 40 ms) / 2 + 10 ms.
  EXPECT_NEAR(absl::ToDoubleSeconds(sample->root_distance), 0.035, 1e-4);
  EXPECT_EQ(sample->stratum, 2);
  EXPECT_FALSE(sample->leap_announced);
}

TEST_F(NtpPacketTest, ClockThatIsAheadHasANegativeOffset) {
  EXPECT_NEAR(absl::ToDoubleSeconds(Read(Honest(-absl::Seconds(3)))->offset), -3, 1e-6);
}

TEST_F(NtpPacketTest, ErasFollowOneAnotherIn2036) {
  // 2036-02-07T06:28:16Z is second 0 of era 1.
  const absl::Time rollover = absl::FromUnixSeconds(2'085'978'496);
  EXPECT_EQ(NtpTimestamp(rollover) >> 32, 0u);
  for (const absl::Duration before : {absl::Seconds(1), -absl::Seconds(1), absl::Minutes(5)}) {
    round_trip_.sent = rollover - before;
    const auto sample = Read(Honest(absl::Seconds(2)));
    ASSERT_THAT(sample, IsOk());
    EXPECT_NEAR(absl::ToDoubleSeconds(sample->offset), 2, 1e-6);
  }
  EXPECT_EQ(NtpTime(0, rollover), rollover);
  EXPECT_EQ(NtpTime(uint64_t{0xffffffff} << 32, rollover), rollover - absl::Seconds(1));
}

TEST_F(NtpPacketTest, AnswerToAnotherQuestionIsRefused) {
  for (size_t at = 24; at < 32; ++at) {
    EXPECT_THAT(ReadChanged([&](Bytes& packet) { packet[at] ^= 1; }),
                FailsWith(Reason::kTimestampUnavailable));
  }
}

TEST_F(NtpPacketTest, ShortAnswersAreRefused) {
  for (size_t size = 0; size < kNtpPacketSize; ++size) {
    EXPECT_THAT(ReadChanged([&](Bytes& packet) { packet.resize(size); }),
                FailsWith(Reason::kTimestampUnavailable));
  }
}

TEST_F(NtpPacketTest, LongerAnswersAreReadAsFarAsTheyAreKnown) {
  EXPECT_THAT(ReadChanged([](Bytes& packet) { packet.resize(68, 0xff); }), IsOk());
}

TEST_F(NtpPacketTest, ModesOtherThanServerAreRefused) {
  for (uint8_t mode = 0; mode < 8; ++mode) {
    NtpAnswer answer = Honest();
    answer.mode = mode;
    EXPECT_EQ(Read(answer).ok(), mode == 4) << int{mode};
  }
}

TEST_F(NtpPacketTest, VersionsOtherThanThreeAndFourAreRefused) {
  for (uint8_t version = 0; version < 8; ++version) {
    NtpAnswer answer = Honest();
    answer.version = version;
    EXPECT_EQ(Read(answer).ok(), version == 3 || version == 4) << int{version};
  }
}

TEST_F(NtpPacketTest, StrataOutsideOneToFifteenAreRefused) {
  for (const int stratum : {0, 16, 17, 255}) {
    NtpAnswer answer = Honest();
    answer.stratum = static_cast<uint8_t>(stratum);
    EXPECT_THAT(Read(answer), FailsWith(Reason::kTimestampUnavailable)) << stratum;
  }
}

TEST_F(NtpPacketTest, ServerThatIsNotSynchronisedIsRefused) {
  NtpAnswer answer = Honest();
  answer.leap = 3;
  EXPECT_THAT(Read(answer), FailsWith(Reason::kTimestampUnavailable));
  answer.leap = 1;
  EXPECT_TRUE(Read(answer)->leap_announced);
}

TEST_F(NtpPacketTest, AnswersWithoutTimesAreRefused) {
  for (const size_t at : {32, 40}) {
    EXPECT_THAT(ReadChanged([&](Bytes& packet) {
                  std::fill(packet.begin() + at, packet.begin() + at + 8, 0);
                }),
                FailsWith(Reason::kTimestampUnavailable));
  }
}

TEST_F(NtpPacketTest, AnswerSentBeforeItsQuestionCameIsRefused) {
  EXPECT_THAT(ReadChanged([](Bytes& packet) { packet[35] += 1; }),
              FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(NtpPacketTest, DistantSourcesAreRefused) {
  NtpAnswer answer = Honest();
  answer.root_dispersion = absl::Milliseconds(1500);
  EXPECT_THAT(Read(answer), FailsWith(Reason::kTimestampUnavailable));
  answer = Honest();
  answer.root_delay = absl::Seconds(3);
  EXPECT_THAT(Read(answer), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(NtpPacketTest, ServerThatClaimsToHaveHeldTheQuestionLongerThanItTookGainsNothing) {
  const auto sample = ReadChanged([](Bytes& packet) { packet[43] += 10; });
  ASSERT_THAT(sample, IsOk());
  EXPECT_GE(sample->root_distance, absl::Milliseconds(10));
}

TEST_F(NtpPacketTest, KissOfDeathCountsOnlyForOurQuestion) {
  NtpAnswer answer = Honest();
  answer.stratum = 0;
  Bytes packet = EncodeNtpAnswer(EncodeNtpQuery(kNonce), answer);
  EXPECT_TRUE(IsKissOfDeath(packet, kNonce));
  EXPECT_FALSE(IsKissOfDeath(packet, kNonce + 1));
  EXPECT_FALSE(IsKissOfDeath(ByteSpan(packet).subspan(0, 47), kNonce));
  packet[1] = 1;
  EXPECT_FALSE(IsKissOfDeath(packet, kNonce));
}

}  // namespace
}  // namespace enkrat::tsa
