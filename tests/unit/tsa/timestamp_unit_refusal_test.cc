// What the unit refuses, and that nothing wrong leaves it whatever fails inside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/support/status_matchers.h"
#include "tests/unit/tsa/openssl_view.h"
#include "tests/unit/tsa/unit_fixture.h"
#include "tsa/response.h"
#include "tsa/timestamp_unit.h"

namespace enkrat::tsa {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::SoftwareSigningKey;
using ::testing::ElementsAre;

constexpr int kSystemFailure = static_cast<int>(FailureInfo::kSystemFailure);
constexpr int kTimeNotAvailable = static_cast<int>(FailureInfo::kTimeNotAvailable);

// Signs with the unit's key, then tampers with what comes out.
class LyingKey final : public SigningKey {
 public:
  using Lie = std::function<void(Bytes&)>;
  LyingKey(SigningKey& honest, Lie lie) : honest_(honest), lie_(std::move(lie)) {}

  const PublicKey& public_key() const override { return honest_.public_key(); }
  absl::StatusOr<Bytes> SignDigest(DigestAlgorithm algorithm, ByteSpan digest) override {
    absl::StatusOr<Bytes> signature = honest_.SignDigest(algorithm, digest);
    if (signature.ok()) lie_(*signature);
    return signature;
  }

 private:
  SigningKey& honest_;
  Lie lie_;
};

class TimestampUnitRefusalTest : public ::testing::Test {
 protected:
  // No token, status rejection, and that one failure.
  void ExpectRejection(const Bytes& response, int failure) {
    const OpenSslView view(response);
    EXPECT_EQ(view.status(), TS_STATUS_REJECTION);
    EXPECT_THAT(view.failures(), ElementsAre(failure));
    EXPECT_FALSE(view.has_token());
  }
  Bytes Respond(const Bytes& request = OpenSslRequest()) {
    return unit_->Respond(request, fixture_.WithKey());
  }

  UnitFixture fixture_;
  std::unique_ptr<TimestampUnit> unit_ = fixture_.MakeUnit();
};

TEST_F(TimestampUnitRefusalTest, EachFailureIsTheOneBitThatItIsNamedFor) {
  for (const int bit :
       {TS_INFO_BAD_ALG, TS_INFO_BAD_REQUEST, TS_INFO_BAD_DATA_FORMAT, TS_INFO_TIME_NOT_AVAILABLE,
        TS_INFO_UNACCEPTED_POLICY, TS_INFO_UNACCEPTED_EXTENSION, TS_INFO_SYSTEM_FAILURE}) {
    ExpectRejection(RejectionResponse(static_cast<FailureInfo>(bit)), bit);
  }
}

TEST_F(TimestampUnitRefusalTest, UnacceptableRequestDoesNotTouchTheKey) {
  bool asked = false;
  const auto with_key = [&](absl::FunctionRef<absl::Status(SigningKey&)>) {
    asked = true;
    return absl::OkStatus();
  };
  ExpectRejection(unit_->Respond(ToBytes("nonsense"), with_key), TS_INFO_BAD_DATA_FORMAT);
  ExpectRejection(unit_->Respond(OpenSslRequest({.policy = "1.2.3.4"}), with_key),
                  TS_INFO_UNACCEPTED_POLICY);
  ExpectRejection(
      unit_->Respond(OpenSslRequest({.digest_nid = NID_sha1, .digest = Bytes(20)}), with_key),
      TS_INFO_BAD_ALG);
  EXPECT_FALSE(asked);
}

TEST_F(TimestampUnitRefusalTest, PolicyThatOnlyBeginsLikeOursIsUnaccepted) {
  ExpectRejection(Respond(OpenSslRequest({.policy = "0.4.0.2023.1"})), TS_INFO_UNACCEPTED_POLICY);
  ExpectRejection(Respond(OpenSslRequest({.policy = "0.4.0.2023.1.1.1"})),
                  TS_INFO_UNACCEPTED_POLICY);
}

TEST_F(TimestampUnitRefusalTest, KeyThatFailsIsSystemFailureAndItsOwnErrorForStamp) {
  fixture_.key().FailWith(MakeError(Reason::kHsmUnavailable, "the token went away"));
  ExpectRejection(Respond(), kSystemFailure);
  EXPECT_THAT(unit_->Stamp(ImprintOf(), fixture_.key()), FailsWith(Reason::kHsmUnavailable));
}

TEST_F(TimestampUnitRefusalTest, KeyThatComesBackSignsAgain) {
  fixture_.key().FailWith(MakeError(Reason::kHsmUnavailable, "the token went away"));
  ExpectRejection(Respond(), kSystemFailure);
  fixture_.key().FailWith(absl::OkStatus());
  EXPECT_EQ(OpenSslView(Respond()).status(), TS_STATUS_GRANTED);
}

TEST_F(TimestampUnitRefusalTest, KeyThatCannotBeHadIsSystemFailure) {
  const auto none = [](absl::FunctionRef<absl::Status(SigningKey&)>) {
    return MakeError(Reason::kOverloaded, "no session is free");
  };
  ExpectRejection(unit_->Respond(OpenSslRequest(), none), kSystemFailure);
}

TEST_F(TimestampUnitRefusalTest, ProviderThatForgetsToCallIsSystemFailure) {
  const auto forgetful = [](absl::FunctionRef<absl::Status(SigningKey&)>) {
    return absl::OkStatus();
  };
  ExpectRejection(unit_->Respond(OpenSslRequest(), forgetful), kSystemFailure);
}

TEST_F(TimestampUnitRefusalTest, FailureAfterTheSignatureWithholdsTheToken) {
  const auto failing = [&](absl::FunctionRef<absl::Status(SigningKey&)> use) {
    EXPECT_THAT(use(fixture_.key()), IsOk());
    return MakeError(Reason::kHsmUnavailable, "the session could not be given back");
  };
  ExpectRejection(unit_->Respond(OpenSslRequest(), failing), kSystemFailure);
}

TEST_F(TimestampUnitRefusalTest, WhatWentWrongIsToldToTheProviderOfTheKey) {
  fixture_.key().FailWith(MakeError(Reason::kHsmUnavailable, "the token went away"));
  absl::Status told;
  const auto listening = [&](absl::FunctionRef<absl::Status(SigningKey&)> use) {
    return told = use(fixture_.key());
  };
  ExpectRejection(unit_->Respond(OpenSslRequest(), listening), kSystemFailure);
  EXPECT_THAT(told, FailsWith(Reason::kHsmUnavailable));
}

TEST_F(TimestampUnitRefusalTest, AnotherKeyIsRefusedBeforeItSigns) {
  const auto stranger = SoftwareSigningKey::Generate();
  EXPECT_THAT(unit_->Stamp(ImprintOf(), *stranger), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(stranger->signatures(), 0);
}

TEST_F(TimestampUnitRefusalTest, WrongSignatureDoesNotLeave) {
  const LyingKey::Lie lies[] = {
      [](Bytes& signature) { signature.back() ^= 0x01; },
      [](Bytes& signature) { signature.clear(); },
      [](Bytes& signature) { signature.push_back(0x00); },
      [](Bytes& signature) { signature.assign(70, 0x30); },
  };
  for (const LyingKey::Lie& lie : lies) {
    LyingKey key(fixture_.key(), lie);
    EXPECT_THAT(unit_->Stamp(ImprintOf(), key), FailsWith(Reason::kSignatureSelfCheckFailed));
    const auto with_key = [&](absl::FunctionRef<absl::Status(SigningKey&)> use) {
      return use(key);
    };
    ExpectRejection(unit_->Respond(OpenSslRequest(), with_key), kSystemFailure);
  }
}

TEST_F(TimestampUnitRefusalTest, SteppedClockIsTimeNotAvailable) {
  ASSERT_EQ(OpenSslView(Respond()).status(), TS_STATUS_GRANTED);
  fixture_.clock.Step(absl::Hours(1));
  ExpectRejection(Respond(), kTimeNotAvailable);
  EXPECT_THAT(unit_->Stamp(ImprintOf(), fixture_.key()), FailsWith(Reason::kTimestampUnavailable));
  for (int poll = 0; poll < 3; ++poll) fixture_.guard->Poll();
  EXPECT_EQ(OpenSslView(Respond()).status(), TS_STATUS_GRANTED);
}

TEST_F(TimestampUnitRefusalTest, DigestOfAnotherLengthIsRefused) {
  EXPECT_THAT(unit_->Stamp({.digest = Bytes(31)}, fixture_.key()),
              FailsWith(Reason::kDigestUnsupported));
  EXPECT_THAT(unit_->Stamp({.digest = {}}, fixture_.key()), FailsWith(Reason::kDigestUnsupported));
  EXPECT_THAT(
      unit_->Stamp({.algorithm = DigestAlgorithm::kSha384, .digest = Bytes(32)}, fixture_.key()),
      FailsWith(Reason::kDigestUnsupported));
}

TEST_F(TimestampUnitRefusalTest, WithdrawnUnitStampsNothingEverAgain) {
  ASSERT_EQ(OpenSslView(Respond()).status(), TS_STATUS_GRANTED);
  unit_->Withdraw();
  ExpectRejection(Respond(), kTimeNotAvailable);
  fixture_.clock.Advance(absl::Hours(1));
  ExpectRejection(Respond(), kTimeNotAvailable);
  EXPECT_THAT(unit_->Stamp(ImprintOf(), fixture_.key()), FailsWith(Reason::kTimestampUnavailable));
}

// EN 319 421 TIS-7.6.7-06.
TEST(TimestampUnitPeriod, ExpiredCertificateIsRefused) {
  const absl::Time end = testing::FakeClock().Now() + absl::Hours(1);
  UnitFixture fixture({.not_after = end});
  const auto unit = fixture.MakeUnit();
  fixture.clock.Advance(absl::Hours(1));
  EXPECT_THAT(unit->Stamp(ImprintOf(), fixture.key()), IsOk());
  fixture.clock.Advance(absl::Seconds(1));
  EXPECT_THAT(unit->Stamp(ImprintOf(), fixture.key()), FailsWith(Reason::kTimestampUnavailable));
}

TEST(TimestampUnitPeriod, EndedKeyPeriodIsRefusedThoughTheCertificateIsValid) {
  const absl::Time end = testing::FakeClock().Now() + absl::Hours(1);
  UnitFixture fixture({.key_not_after = end});
  const auto unit = fixture.MakeUnit();
  fixture.clock.Advance(absl::Hours(1));
  EXPECT_THAT(unit->Stamp(ImprintOf(), fixture.key()), IsOk());
  fixture.clock.Advance(absl::Seconds(1));
  EXPECT_THAT(unit->Stamp(ImprintOf(), fixture.key()), FailsWith(Reason::kTimestampUnavailable));
  const OpenSslView view(unit->Respond(OpenSslRequest(), fixture.WithKey()));
  EXPECT_THAT(view.failures(), ElementsAre(kSystemFailure));
}

// Whatever comes in, what goes out is a TimeStampResp, and granted ones verify.
TEST_F(TimestampUnitRefusalTest, EveryBitFlippedInARequestGivesAProperResponse) {
  const Bytes valid = OpenSslRequest({.policy = "0.4.0.2023.1.1"});
  for (size_t bit = 0; bit < valid.size() * 8; ++bit) {
    Bytes request = valid;
    request[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    const OpenSslView view(Respond(request));
    if (view.has_token()) {
      EXPECT_EQ(view.status(), TS_STATUS_GRANTED);
      EXPECT_EQ(view.Verify(request, {fixture_.authority.root_der()}), "") << bit;
    } else {
      EXPECT_EQ(view.status(), TS_STATUS_REJECTION);
      EXPECT_EQ(view.failures().size(), 1u) << bit;
    }
  }
}

}  // namespace
}  // namespace enkrat::tsa
