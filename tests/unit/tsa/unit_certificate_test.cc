// Which chains a unit may be loaded with (EN 319 422 6.4, RFC 3161 2.3).
#include "tsa/unit_certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"
#include "tests/unit/tsa/unit_fixture.h"

namespace enkrat::tsa {
namespace {

using ::enkrat::testing::CertificateOptions;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::kEkuOcspSigning;
using ::enkrat::testing::kEkuTimeStamping;
using ::enkrat::testing::TestAuthority;

const absl::Time kNow = testing::FakeClock().Now();

const TestAuthority& Authority() {
  static const TestAuthority& authority = *new TestAuthority;
  return authority;
}

std::vector<Bytes> ChainOf(const CertificateOptions& options) {
  return Authority().ChainOf(Authority().Issue(options));
}

TEST(UnitCertificate, ChainInOrderIsLoaded) {
  ASSERT_OK_AND_ASSIGN(const UnitCertificate unit, LoadUnitCertificate(ChainOf({}), kNow));
  EXPECT_EQ(unit.usable_from, kNow - absl::Hours(24));
  EXPECT_EQ(unit.chain_der.size(), 3u);
}

TEST(UnitCertificate, KeyPeriodCutsTheValidity) {
  const CertificateOptions options{.key_not_before = kNow - absl::Hours(1),
                                   .key_not_after = kNow + absl::Hours(1)};
  ASSERT_OK_AND_ASSIGN(const UnitCertificate unit, LoadUnitCertificate(ChainOf(options), kNow));
  EXPECT_EQ(unit.usable_from, kNow - absl::Hours(1));
  EXPECT_EQ(unit.usable_until, kNow + absl::Hours(1));
}

TEST(UnitCertificate, BothSigningUsagesAreAllowed) {
  EXPECT_THAT(LoadUnitCertificate(ChainOf({.key_usage = "nonRepudiation"}), kNow), IsOk());
  EXPECT_THAT(LoadUnitCertificate(ChainOf({.key_usage = "digitalSignature,nonRepudiation"}), kNow),
              IsOk());
}

struct RefusedCase {
  std::string name;
  CertificateOptions options;
};

class UnitCertificateIsRefused : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(UnitCertificateIsRefused, WhenLoaded) {
  EXPECT_THAT(LoadUnitCertificate(ChainOf(GetParam().options), kNow),
              FailsWith(Reason::kConfigurationInvalid));
}

INSTANTIATE_TEST_SUITE_P(
    Profile, UnitCertificateIsRefused,
    ::testing::Values(
        RefusedCase{"PurposeMissing", {.extended_key_usage = {}}},
        RefusedCase{"PurposeIsAnother", {.extended_key_usage = {kEkuOcspSigning}}},
        RefusedCase{"PurposeIsNotAlone",
                    {.extended_key_usage = {kEkuTimeStamping, kEkuOcspSigning}}},
        RefusedCase{"PurposeTwice", {.extended_key_usage = {kEkuTimeStamping, kEkuTimeStamping}}},
        RefusedCase{"PurposeNotCritical", {.extended_key_usage_critical = false}},
        RefusedCase{"KeyUsageMissing", {.key_usage = ""}},
        RefusedCase{"KeyUsageIsEncipherment", {.key_usage = "keyEncipherment"}},
        RefusedCase{"KeyUsageIsMore", {.key_usage = "digitalSignature,keyAgreement"}},
        RefusedCase{"KeyUsageOfACa", {.key_usage = "digitalSignature,keyCertSign"}},
        RefusedCase{"IsACa", {.ca_path_length = -1}},
        RefusedCase{"Expired", {.not_after = kNow - absl::Seconds(1)}},
        RefusedCase{"NotYetValid", {.not_before = kNow + absl::Seconds(1)}},
        RefusedCase{"KeyPeriodEnded", {.key_not_after = kNow - absl::Seconds(1)}},
        RefusedCase{"KeyPeriodNotBegun", {.key_not_before = kNow + absl::Seconds(1)}},
        RefusedCase{"KeyPeriodLongerThanTheCertificate",
                    {.not_after = kNow + absl::Hours(1), .key_not_after = kNow + absl::Hours(2)}}),
    [](const auto& tested) { return tested.param.name; });

TEST(UnitCertificateChain, WrongChainsAreRefused) {
  const std::vector<Bytes> good = ChainOf({});
  const TestAuthority stranger;
  const std::vector<std::vector<Bytes>> wrong = {
      {},
      {good[0]},                                               // no root
      {good[0], good[2]},                                      // issuing CA missing
      {good[0], good[1]},                                      // root missing: not self-signed
      {good[2], good[1], good[0]},                             // upside down
      {good[0], stranger.issuing_der(), stranger.root_der()},  // somebody else's
      {good[0], good[1], stranger.root_der()},                 // somebody else's root
      {good[0], good[1], stranger.issuing_der(), good[2]},     // a stranger in the middle
      {good[0], good[1], good[1], good[2]},                    // one twice
      {good[0], ToBytes("no certificate"), good[2]},           // broken
      std::vector<Bytes>(9, good[2]),                          // too many
  };
  for (size_t i = 0; i < wrong.size(); ++i) {
    EXPECT_THAT(LoadUnitCertificate(wrong[i], kNow), FailsWith(Reason::kConfigurationInvalid)) << i;
  }
}

TEST(UnitCertificateChain, UnitIssuedByTheRootItselfIsLoaded) {
  EXPECT_THAT(LoadUnitCertificate({Authority().IssueByRoot({}).der, Authority().root_der()}, kNow),
              IsOk());
}

TEST(UnitCertificateOfAnyPeriod, PeriodThatIsOverIsLoadedAndTold) {
  const CertificateOptions options{.key_not_before = kNow - absl::Hours(10),
                                   .key_not_after = kNow - absl::Hours(1)};
  ASSERT_OK_AND_ASSIGN(const UnitCertificate unit,
                       LoadUnitCertificateOfAnyPeriod(ChainOf(options), kNow));
  EXPECT_EQ(unit.usable_from, kNow - absl::Hours(10));
  EXPECT_EQ(unit.usable_until, kNow - absl::Hours(1));
}

TEST(UnitCertificateOfAnyPeriod, CertificateThatHasExpiredIsLoadedAndTold) {
  const CertificateOptions options{.not_after = kNow - absl::Seconds(1)};
  ASSERT_OK_AND_ASSIGN(const UnitCertificate unit,
                       LoadUnitCertificateOfAnyPeriod(ChainOf(options), kNow));
  EXPECT_EQ(unit.usable_until, kNow - absl::Seconds(1));
}

TEST(UnitCertificateOfAnyPeriod, PeriodToComeIsLoadedAndTold) {
  const CertificateOptions options{.key_not_before = kNow + absl::Hours(1)};
  ASSERT_OK_AND_ASSIGN(const UnitCertificate unit,
                       LoadUnitCertificateOfAnyPeriod(ChainOf(options), kNow));
  EXPECT_EQ(unit.usable_from, kNow + absl::Hours(1));
}

TEST(UnitCertificateOfAnyPeriod, UnitEndsWithTheCaAboveIt) {
  // The test authority's CAs end ten years after its `now`.
  const absl::Time end_of_ca = kNow + absl::Hours(24 * 365 * 10);
  const std::vector<Bytes> chain = ChainOf({.not_after = end_of_ca + absl::Hours(24 * 365)});
  ASSERT_OK_AND_ASSIGN(const UnitCertificate now, LoadUnitCertificateOfAnyPeriod(chain, kNow));
  EXPECT_LE(now.usable_until, end_of_ca + absl::Hours(24 * 5));
  const absl::Time afterwards = now.usable_until + absl::Hours(1);
  EXPECT_THAT(LoadUnitCertificate(chain, afterwards), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(LoadUnitCertificateOfAnyPeriod(chain, afterwards), IsOk());
}

TEST(UnitCertificateOfAnyPeriod, WhatIsNoUnitsIsRefusedWhateverThePeriod) {
  const absl::Time ended = kNow - absl::Seconds(1);
  const TestAuthority stranger;
  const std::vector<Bytes> good = ChainOf({.not_after = ended});
  for (const std::vector<Bytes>& chain :
       {ChainOf({.not_after = ended, .extended_key_usage = {kEkuOcspSigning}}),
        ChainOf({.not_after = ended, .key_usage = "keyEncipherment"}),
        ChainOf({.not_after = ended, .key_not_after = kNow}),
        ChainOf({.key_not_before = kNow, .key_not_after = ended}),
        std::vector<Bytes>{good[0], stranger.issuing_der(), stranger.root_der()},
        std::vector<Bytes>{good[0], good[2]}}) {
    EXPECT_THAT(LoadUnitCertificateOfAnyPeriod(chain, kNow),
                FailsWith(Reason::kConfigurationInvalid));
  }
}

TEST(UnitCertificateOfAnyPeriod, UnitWhosePeriodIsOverStampsNothing) {
  UnitFixture fixture;
  const testing::TestCertificate ended =
      fixture.authority.Issue({.key_not_after = fixture.clock.Now() - absl::Seconds(1)});
  TimestampUnit::Options options = fixture.UnitOptions();
  options.chain_der = fixture.authority.ChainOf(ended);
  EXPECT_THAT(TimestampUnit::Create(options), FailsWith(Reason::kConfigurationInvalid));
  options.any_period = true;
  ASSERT_OK_AND_ASSIGN(const auto unit, TimestampUnit::Create(options));
  EXPECT_THAT(unit->Stamp(ImprintOf(), *ended.key), FailsWith(Reason::kTimestampUnavailable));
}

TEST(TimestampUnitCreate, OptionsThatCannotBeAreRefused) {
  UnitFixture fixture;
  const auto refused = [&](auto change) {
    TimestampUnit::Options options = fixture.UnitOptions();
    change(options);
    EXPECT_THAT(TimestampUnit::Create(options), FailsWith(Reason::kConfigurationInvalid));
  };
  using Options = TimestampUnit::Options;
  refused([](Options& options) { options.clock = nullptr; });
  refused([](Options& options) { options.clock_guard = nullptr; });
  refused([](Options& options) { options.chain_der.clear(); });
  refused([](Options& options) { options.policy_oid = ""; });
  refused([](Options& options) { options.policy_oid = "best-practice"; });
  refused([](Options& options) { options.accuracy = absl::ZeroDuration(); });
  refused([](Options& options) { options.accuracy = absl::Milliseconds(1001); });
  refused([](Options& options) { options.accuracy = absl::Microseconds(1500); });
  // Better than what the clock guard holds the clock to.
  refused([](Options& options) { options.accuracy = absl::Milliseconds(999); });
}

}  // namespace
}  // namespace enkrat::tsa
