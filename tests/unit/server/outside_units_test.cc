// What is known of an outside TSA's units: fetched, judged, kept, and asked anew.
#include "server/outside_units.h"

#include "tests/unit/server/outside_units_fixture.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using validation::kNow;

TEST_F(OutsideUnitsTest, ChainAndStatusOfATokensUnitAreThere) {
  ASSERT_OK_AND_ASSIGN(const DataPtr data, About(unit_));
  EXPECT_THAT(data->certificates_der, UnorderedElementsAre(unit_.der(), ca_.der(), root_.der()));
  EXPECT_EQ(data->ocsp_responses_der.size(), 1u);
  EXPECT_EQ(data->crls_der.size(), 1u);
  EXPECT_TRUE(units_->StatusAtHand());
  EXPECT_GT(units_->StatusOctets(), data->certificates_der[0].size());
  EXPECT_LT(units_->StatusOctets(), 10'000u);
}

// The CRL is asked for, too, because the response is a minute old: but it is not needed.
TEST_F(OutsideUnitsTest, CrlThatOcspMakesNeedlessIsLeftOut) {
  PublishCrl(kCaCrlUrl, ca_, {.this_update = kNow, .filler_entries = 1000});
  ASSERT_OK_AND_ASSIGN(const DataPtr data, About(unit_));
  EXPECT_EQ(http_.CountOf(kCaCrlUrl), 1u);
  ASSERT_EQ(data->crls_der.size(), 1u);
  EXPECT_LT(data->crls_der[0].size(), 10'000u) << "the root's";
}

TEST_F(OutsideUnitsTest, RevocationThatOnlyTheCrlKnowsIsNotOverheard) {
  PublishCrl(kCaCrlUrl, ca_, {.this_update = kNow, .revoked = {{.entity = &unit_}}});
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OutsideUnitsTest, WhatIsAtHandIsNotFetchedAgain) {
  ASSERT_THAT(About(unit_), IsOk());
  const size_t fetches = http_.requests().size();
  clock_.Advance(absl::Minutes(30));
  EXPECT_THAT(About(unit_), IsOk());
  EXPECT_EQ(http_.requests().size(), fetches);
}

TEST_F(OutsideUnitsTest, WhatHasEndedIsFetchedAgain) {
  ASSERT_THAT(About(unit_), IsOk());
  clock_.Advance(absl::Hours(1));  // the response's nextUpdate
  PublishAnew(unit_, "unit");
  EXPECT_THAT(About(unit_), IsOk());
  EXPECT_EQ(http_.CountOf(OcspUrl("unit")), 2u);
}

TEST_F(OutsideUnitsTest, WhatHasEndedIsNotUsedWhenNobodyAnswers) {
  ASSERT_THAT(About(unit_), IsOk());
  http_.SetDown(true);
  clock_.Advance(absl::Hours(1) - absl::Seconds(1));
  EXPECT_THAT(About(unit_), IsOk());
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_FALSE(units_->StatusAtHand());
}

TEST_F(OutsideUnitsTest, ServedStatementsThatHaveEndedAreRefused) {
  clock_.Advance(absl::Hours(2));
  PublishCrl(kCaCrlUrl, ca_, {.next_update = kNow + absl::Hours(1)});
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OutsideUnitsTest, StatementWithoutNextUpdateServesTheSignatureThatAskedForIt) {
  Publish(unit_, "unit", {.this_update = kNow, .next_update = std::nullopt, .produced_at = kNow});
  http_.Answer(kCaCrlUrl, 404, "");
  ASSERT_THAT(About(unit_), IsOk());
  clock_.Advance(absl::Seconds(10));
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable)) << "it is from before";
  clock_.Advance(absl::Seconds(10));
  Publish(unit_, "unit",
          {.this_update = clock_.Now(), .next_update = std::nullopt, .produced_at = clock_.Now()});
  EXPECT_THAT(About(unit_), IsOk());
}

TEST_F(OutsideUnitsTest, BackgroundAsksAnewEveryIntervalOnly) {
  ASSERT_THAT(About(unit_), IsOk());
  clock_.Advance(absl::Minutes(10) - absl::Seconds(1));
  units_->KeepFresh();
  EXPECT_EQ(http_.CountOf(OcspUrl("unit")), 1u);
  clock_.Advance(absl::Seconds(1));
  units_->KeepFresh();
  units_->KeepFresh();
  EXPECT_EQ(http_.CountOf(OcspUrl("unit")), 2u);
}

TEST_F(OutsideUnitsTest, UnitThatIsNotedIsAskedAboutInTheBackground) {
  ASSERT_THAT(units_->Note(TokenOf(unit_)), IsOk());
  EXPECT_THAT(http_.requests(), IsEmpty()) << "whoever is stamped does not wait";
  units_->KeepFresh();
  const size_t fetches = http_.requests().size();
  EXPECT_GT(fetches, 0u);
  EXPECT_THAT(About(unit_), IsOk());
  EXPECT_EQ(http_.requests().size(), fetches);
}

TEST_F(OutsideUnitsTest, FailureInTheBackgroundLeavesWhatIsStillCurrent) {
  ASSERT_THAT(About(unit_), IsOk());
  clock_.Advance(absl::Minutes(10));
  http_.SetDown(true);
  units_->KeepFresh();
  EXPECT_THAT(About(unit_), IsOk());
  EXPECT_THAT(log_.str(), HasSubstr("not to be had"));
  http_.SetDown(false);
  clock_.Advance(absl::Seconds(30));
  units_->KeepFresh();
  EXPECT_THAT(log_.str(), HasSubstr("in order again"));
}

TEST_F(OutsideUnitsTest, ShortLivedStatementIsAskedForBeforeItEnds) {
  Publish(unit_, "unit",
          {.this_update = kNow, .next_update = kNow + absl::Minutes(2), .produced_at = kNow});
  ASSERT_THAT(About(unit_), IsOk());
  clock_.Advance(absl::Minutes(1));
  units_->KeepFresh();
  EXPECT_EQ(http_.CountOf(OcspUrl("unit")), 2u);
}

TEST_F(OutsideUnitsTest, RevokedUnitGivesNoDataAndItsTokensAreRefused) {
  PublishRevoked(unit_, "unit");
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_THAT(units_->Note(TokenOf(unit_)), FailsWith(Reason::kTimestampUnavailable));
  EXPECT_THAT(units_->Available(), FailsWith(Reason::kTimestampUnavailable));
  EXPECT_THAT(log_.str(), HasSubstr("ALARM"));
}

TEST_F(OutsideUnitsTest, RevocationIsSeenInTheBackgroundThoughTheOldStatementLastsOn) {
  ASSERT_THAT(About(unit_), IsOk());
  clock_.Advance(absl::Minutes(10));
  PublishRevoked(unit_, "unit");
  EXPECT_THAT(units_->Note(TokenOf(unit_)), IsOk());
  units_->KeepFresh();
  EXPECT_THAT(units_->Note(TokenOf(unit_)), FailsWith(Reason::kTimestampUnavailable));
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OutsideUnitsTest, RevokedUnitStaysRevokedWhileNobodyAnswers) {
  PublishRevoked(unit_, "unit");
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
  clock_.Advance(absl::Hours(2));
  http_.SetDown(true);
  units_->KeepFresh();
  EXPECT_THAT(units_->Available(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(OutsideUnitsTest, UnitOfARevokedCaGivesNoData) {
  PublishCrl(kRootCrlUrl, root_, {.revoked = {{.entity = &ca_}}});
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_THAT(units_->Available(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(OutsideUnitsTest, UnreachableStatusHarmsNoTokenAlone) {
  http_.SetDown(true);
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_THAT(units_->Note(TokenOf(unit_)), IsOk());
  EXPECT_THAT(units_->Available(), IsOk());
}

TEST_F(OutsideUnitsTest, StatusOfTheCaThatIsMissingIsNoStatus) {
  http_.Answer(kRootCrlUrl, 503, "");
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OutsideUnitsTest, FailureStandsForAMomentAndNotForLonger) {
  http_.SetDown(true);
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
  http_.SetDown(false);
  const size_t fetches = http_.requests().size();
  clock_.Advance(absl::Seconds(5) - absl::Milliseconds(1));
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_EQ(http_.requests().size(), fetches);
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_THAT(About(unit_), IsOk());
}

TEST_F(OutsideUnitsTest, StatementOfAnotherCaIsNotBelieved) {
  const Entity stranger = validation::IssueCa(root_, "TSA CA");
  http_.Answer(OcspUrl("unit"), ToString(validation::MakeOcsp(unit_, stranger)));
  PublishCrl(kCaCrlUrl, stranger, {});
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OutsideUnitsTest, UnknownToTheResponderIsNotGood) {
  Publish(unit_, "unit", {.status = V_OCSP_CERTSTATUS_UNKNOWN});
  http_.Answer(kCaCrlUrl, 404, "");
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OutsideUnitsTest, GarbageIsNoStatus) {
  http_.Answer(OcspUrl("unit"), "<html>");
  http_.Answer(kCaCrlUrl, "<html>");
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
}

// It would be in every signature.
TEST_F(OutsideUnitsTest, CrlOfHundredsOfKilobytesIsRefused) {
  http_.Answer(OcspUrl("unit"), 503, "");
  PublishCrl(kCaCrlUrl, ca_, {.filler_entries = 12'000});
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_THAT(log_.str(), HasSubstr("more than 262144 octets"));
}

TEST_F(OutsideUnitsTest, AnswerOverTheFetchersBoundIsRefused) {
  http_.Answer(OcspUrl("unit"), std::string(size_t{200} * 1024, 'x'));
  http_.Answer(kCaCrlUrl, std::string((size_t{8} << 20) + 1, 'x'));
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OutsideUnitsTest, UnitWhoseCertificateNamesNoPlaceHasNoStatus) {
  const Entity silent = MakeUnit("silent", {});
  EXPECT_THAT(About(silent), FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_THAT(log_.str(), HasSubstr("no revocation data is at hand"));
}

TEST_F(OutsideUnitsTest, ShortLivedUnitWithoutRevocationNeedsNone) {
  const Entity brief = MakeUnit("brief", {{"2.5.29.56", "DER:0500"}});  // noRevAvail, RFC 9608
  ASSERT_OK_AND_ASSIGN(const DataPtr data, About(brief));
  EXPECT_THAT(data->ocsp_responses_der, IsEmpty());
  EXPECT_EQ(data->crls_der.size(), 1u) << "its CA's";
}

TEST_F(OutsideUnitsTest, UnitUnderAnUnknownRootHasNoStatus) {
  const Entity root = validation::MakeRoot("Another");
  const Entity unit = validation::Issue(root, {.extensions = validation::TsuExtensions()});
  EXPECT_THAT(About(unit), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OutsideUnitsTest, EachUnitOfASessionIsAskedAbout) {
  const Entity other = MakeUnit("other");
  Publish(other, "other");
  const Bytes first = TokenOf(unit_);
  const Bytes second = TokenOf(other);
  ASSERT_OK_AND_ASSIGN(const DataPtr data,
                       units_->About({first, second, first}, clock_.Now(), Soon()));
  EXPECT_THAT(data->certificates_der,
              UnorderedElementsAre(unit_.der(), other.der(), ca_.der(), root_.der()));
  EXPECT_EQ(data->ocsp_responses_der.size(), 2u);
}

TEST_F(OutsideUnitsTest, OneRevokedUnitOfASessionIsTooMany) {
  const Entity other = MakeUnit("other");
  PublishRevoked(other, "other");
  const Bytes first = TokenOf(unit_);
  const Bytes second = TokenOf(other);
  EXPECT_THAT(units_->About({first, second}, clock_.Now(), Soon()),
              FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_THAT(About(unit_), IsOk()) << "the other is no worse for it";
}

// So that an archive timestamp finds its unit's status in the signature.
TEST_F(OutsideUnitsTest, UnitsThatAnsweredLatelyAreTold) {
  const Entity other = MakeUnit("other");
  Publish(other, "other");
  ASSERT_THAT(About(other), IsOk());
  ASSERT_OK_AND_ASSIGN(const DataPtr data, About(unit_));
  EXPECT_THAT(data->certificates_der, Contains(other.der()));
  clock_.Advance(absl::Hours(25));
  PublishAnew(unit_, "unit");
  units_->KeepFresh();
  ASSERT_OK_AND_ASSIGN(const DataPtr later, About(unit_));
  EXPECT_THAT(later->certificates_der, Not(Contains(other.der())));
}

TEST_F(OutsideUnitsTest, UnitsThatAnsweredLatelyStayWithinBounds) {
  const Bytes token = TokenOf(unit_);
  for (int i = 0; i < 40; ++i) {
    const std::string name = "unit" + std::to_string(i);
    const Entity each = MakeUnit(name);
    Publish(each, name);
    ASSERT_THAT(About(each), IsOk());
  }
  ASSERT_OK_AND_ASSIGN(const DataPtr data, About(*units_, token));
  EXPECT_LE(data->certificates_der.size(), 18u);
  EXPECT_GT(data->certificates_der.size(), 10u);
}

TEST_F(OutsideUnitsTest, OctetsThatAreNoTokenAreRefused) {
  EXPECT_THAT(units_->Note(ToBytes("no token")), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(About(*units_, ToBytes("no token")), FailsWith(Reason::kRequestMalformed));
}

TEST_F(OutsideUnitsTest, PublicAddressesAreAskedUnlessTheOperatorAllowsMore) {
  ASSERT_THAT(About(unit_), IsOk());
  for (const HttpRequest& request : http_.requests()) {
    EXPECT_TRUE(request.public_addresses_only) << request.url;
  }
  OutsideUnits::Options options = Options();
  options.private_addresses = true;
  const size_t before = http_.requests().size();
  ASSERT_THAT(About(*Make(options), TokenOf(unit_)), IsOk());
  EXPECT_FALSE(http_.requests().at(before).public_addresses_only);
}

TEST_F(OutsideUnitsTest, MissingIssuersAreFetchedOnceForAllTokensOfAUnit) {
  OutsideUnits::Options options = Options();
  options.trusted_der = {root_.der()};
  units_ = Make(options);
  const Entity bare =
      MakeUnit("bare", {{"authorityInfoAccess", std::string("caIssuers;URI:") + kIssuerUrl}});
  const auto token = tsa::ParseToken(TokenOf(bare)).value();
  EXPECT_THAT(units_->IssuersOf(token, Soon()), IsEmpty());
  http_.Answer(kIssuerUrl, ToString(ca_.der()));
  EXPECT_THAT(units_->IssuersOf(token, Soon()), ElementsAre(bare.der(), ca_.der(), root_.der()));
  EXPECT_THAT(units_->IssuersOf(token, Soon()), Not(IsEmpty()));
  EXPECT_EQ(http_.CountOf(kIssuerUrl), 2u);
}

TEST_F(OutsideUnitsTest, ChainThatATokenLacksIsFetchedForItsStatus) {
  OutsideUnits::Options options = Options();
  options.trusted_der = {root_.der()};
  units_ = Make(options);
  const Entity bare =
      MakeUnit("bare", {{"authorityInfoAccess", "caIssuers;URI:" + std::string(kIssuerUrl) +
                                                    ",OCSP;URI:" + OcspUrl("bare")}});
  Publish(bare, "bare");
  http_.Answer(kIssuerUrl, ToString(ca_.der()));
  ASSERT_OK_AND_ASSIGN(const DataPtr data, About(bare));
  EXPECT_THAT(data->certificates_der, Contains(ca_.der()));
}

// A CA above the unit may be renewed while the unit's own certificate stays.
TEST_F(OutsideUnitsTest, ChainOfALaterTokenIsUsedWhenTheFirstOnesCameToNothing) {
  OutsideUnits::Options options = Options();
  options.trusted_der = {root_.der()};
  units_ = Make(options);
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_THAT(About(*units_, TokenOf(unit_, &ca_)), FailsWith(Reason::kValidationDataUnavailable))
      << "a failure stands for a moment, whatever comes";
  clock_.Advance(absl::Seconds(5));
  ASSERT_OK_AND_ASSIGN(const DataPtr data, About(*units_, TokenOf(unit_, &ca_)));
  EXPECT_THAT(data->certificates_der, Contains(ca_.der()));
}

TEST_F(OutsideUnitsTest, RevokedUnitStaysRevokedWhateverChainItsTokensHave) {
  PublishRevoked(unit_, "unit");
  EXPECT_THAT(About(unit_), FailsWith(Reason::kValidationDataUnavailable));
  http_.SetDown(true);
  clock_.Advance(absl::Minutes(10));
  units_->KeepFresh();
  EXPECT_THAT(units_->Note(TokenOf(unit_, &root_)), FailsWith(Reason::kTimestampUnavailable));
  EXPECT_THAT(units_->Available(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(OutsideUnitsTest, TrustWithoutARootIsRefused) {
  OutsideUnits::Options options = Options();
  options.trusted_der = {ca_.der()};
  EXPECT_THAT(OutsideUnits::Create(options), FailsWith(Reason::kConfigurationInvalid));
  options.trusted_der = {};
  EXPECT_THAT(OutsideUnits::Create(options), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(OutsideUnitsTest, MissingPartIsRefused) {
  OutsideUnits::Options options = Options();
  options.http = nullptr;
  EXPECT_THAT(OutsideUnits::Create(options), FailsWith(Reason::kConfigurationInvalid));
  options = Options();
  options.probe = nullptr;
  EXPECT_THAT(OutsideUnits::Create(options), FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::server
