// Revocation by CRLs: what is believed, what is refused, and what time does to it.
#include "tests/unit/validation/path_test_case.h"

namespace enkrat::validation {
namespace {

using Revocation = ChainElement::Revocation;

class RevocationByCrlTest : public PathTestCase {};

TEST_F(RevocationByCrlTest, FreshCrlsOfBothIssuersPass) {
  const PathResult result = Judge(SignerWith({root_crl_, ca_crl_}));
  ASSERT_THAT(result, Passes());
  ASSERT_EQ(result.chain.size(), 3u);
  EXPECT_EQ(result.chain[0].revocation, Revocation::kGood);
  EXPECT_EQ(result.chain[1].revocation, Revocation::kGood);
  EXPECT_EQ(result.chain[2].revocation, Revocation::kNotNeeded);
  EXPECT_TRUE(result.chain[2].trust_anchor);
  EXPECT_EQ(result.chain[0].subject, "CN=Signer");
  EXPECT_THAT(result.used.crls_der, ::testing::UnorderedElementsAre(root_crl_, ca_crl_));
  EXPECT_THAT(result.used.certificates_der,
              ::testing::UnorderedElementsAre(signer_.der(), ca_.der(), root_.der()));
}

TEST_F(RevocationByCrlTest, NoRevocationDataMeansTryLater) {
  EXPECT_THAT(Judge(SignerWith({})), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, CaWithoutRevocationDataMeansTryLater) {
  EXPECT_THAT(Judge(SignerWith({ca_crl_})), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, RevokedSignerWithoutProofIsIndeterminate) {
  const Bytes crl = MakeCrl(ca_, {.revoked = {{.entity = &signer_}}});
  const PathResult result = Judge(SignerWith({root_crl_, crl}));
  EXPECT_THAT(result, IsIndeterminate(SubIndication::kRevokedNoPoe));
  EXPECT_EQ(result.chain[0].revocation, Revocation::kRevoked);
  EXPECT_EQ(result.chain[0].revoked_at, kNow - absl::Hours(1));
}

TEST_F(RevocationByCrlTest, SignerRevokedAfterProofPasses) {
  const Bytes crl = MakeCrl(ca_, {.revoked = {{.entity = &signer_}}});
  Judged judged = SignerWith({root_crl_, crl});
  judged.proven = kNow - absl::Hours(2);
  EXPECT_THAT(Judge(judged), Passes());
}

TEST_F(RevocationByCrlTest, SignerRevokedAtTheVeryTimeOfProofDoesNotPass) {
  const Bytes crl = MakeCrl(ca_, {.revoked = {{.entity = &signer_}}});
  Judged judged = SignerWith({root_crl_, crl});
  judged.proven = kNow - absl::Hours(1);
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kRevokedNoPoe));
}

TEST_F(RevocationByCrlTest, SignerRevokedBeforeItWasValidFailsTotally) {
  const Bytes crl =
      MakeCrl(ca_, {.revoked = {{.entity = &signer_, .at = kNow - absl::Hours(24 * 301)}}});
  EXPECT_THAT(Judge(SignerWith({root_crl_, crl})), FailsTotally(SubIndication::kRevoked));
}

TEST_F(RevocationByCrlTest, InvalidityDateBeforeProofCountsMoreThanRevocationDate) {
  const Bytes crl = MakeCrl(ca_, {.revoked = {{.entity = &signer_,
                                               .reason = CRL_REASON_KEY_COMPROMISE,
                                               .invalid_since = kNow - absl::Hours(5)}}});
  Judged judged = SignerWith({root_crl_, crl});
  judged.proven = kNow - absl::Hours(2);
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kRevokedNoPoe));
}

TEST_F(RevocationByCrlTest, RevokedCaIsTold) {
  const Bytes crl =
      MakeCrl(root_, {.revoked = {{.entity = &ca_, .reason = CRL_REASON_SUPERSEDED}}});
  EXPECT_THAT(Judge(SignerWith({crl, ca_crl_})), IsIndeterminate(SubIndication::kRevokedCaNoPoe));
}

TEST_F(RevocationByCrlTest, CaThatCeasedAfterProofPasses) {
  const Bytes crl =
      MakeCrl(root_, {.revoked = {{.entity = &ca_, .reason = CRL_REASON_CESSATION_OF_OPERATION}}});
  Judged judged = SignerWith({crl, ca_crl_});
  judged.proven = kNow - absl::Hours(2);
  EXPECT_THAT(Judge(judged), Passes());
}

TEST_F(RevocationByCrlTest, CaCompromisedAfterProofDoesNotPass) {
  for (const int reason : {CRL_REASON_KEY_COMPROMISE, CRL_REASON_CA_COMPROMISE}) {
    const Bytes crl = MakeCrl(root_, {.revoked = {{.entity = &ca_, .reason = reason}}});
    Judged judged = SignerWith({crl, ca_crl_});
    judged.proven = kNow - absl::Hours(2);
    EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kRevokedCaNoPoe));
  }
}

TEST_F(RevocationByCrlTest, CaRevokedForNoStatedReasonCountsAsCompromised) {
  const Bytes crl = MakeCrl(root_, {.revoked = {{.entity = &ca_}}});
  Judged judged = SignerWith({crl, ca_crl_});
  judged.proven = kNow - absl::Hours(2);
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kRevokedCaNoPoe));
}

TEST_F(RevocationByCrlTest, CrlPastItsNextUpdateIsTooOld) {
  const Bytes crl =
      MakeCrl(ca_, {.this_update = kNow - absl::Hours(48), .next_update = kNow - absl::Seconds(1)});
  EXPECT_THAT(Judge(SignerWith({root_crl_, crl})), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, CrlAtItsNextUpdateIsFresh) {
  const Bytes crl = MakeCrl(ca_, {.next_update = kNow});
  EXPECT_THAT(Judge(SignerWith({root_crl_, crl})), Passes());
}

TEST_F(RevocationByCrlTest, CrlThatWasCurrentAtProofIsFreshForever) {
  const Bytes crl =
      MakeCrl(ca_, {.this_update = kNow - absl::Hours(48), .next_update = kNow - absl::Hours(24)});
  const Bytes root_crl = MakeCrl(
      root_, {.this_update = kNow - absl::Hours(48), .next_update = kNow - absl::Hours(24)});
  Judged judged = SignerWith({root_crl, crl});
  judged.proven = kNow - absl::Hours(30);
  EXPECT_THAT(Judge(judged), Passes());
  judged.proven = kNow - absl::Hours(23);
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, CrlFromAfterProofNeedsNoNextUpdate) {
  const Bytes crl = MakeCrl(ca_, {.next_update = std::nullopt});
  Judged judged = SignerWith({root_crl_, crl});
  judged.proven = kNow - absl::Hours(1);
  EXPECT_THAT(Judge(judged), Passes());
  judged.proven = kNow;
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, CrlFromTheFutureIsRefused) {
  const Bytes crl = MakeCrl(ca_, {.this_update = kNow + absl::Minutes(6)});
  EXPECT_THAT(Judge(SignerWith({root_crl_, crl})), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, CrlOfAForeignKeyIsRefused) {
  const Entity impostor{.key = NewEcKey(), .certificate = ca_.certificate};
  EXPECT_THAT(Judge(SignerWith({root_crl_, MakeCrl(impostor)})),
              IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, CrlOfAnotherCaIsRefused) {
  const Entity other = IssueCa(root_, "Other CA");
  EXPECT_THAT(Judge(SignerWith({root_crl_, MakeCrl(other)})),
              IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, TamperedCrlIsRefused) {
  Bytes crl = MakeCrl(ca_, {.revoked = {{.entity = &signer_}}});
  crl[crl.size() - 1] ^= 1;
  EXPECT_THAT(Judge(SignerWith({root_crl_, crl})), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, CrlOfACaWithoutCrlSignIsRefused) {
  const Entity ca =
      Issue(root_, {.name = "No CRLs",
                    .extensions = With(CaExtensions(), {{"keyUsage", "critical,keyCertSign"}})});
  Judged judged = SignerWith({root_crl_, MakeCrl(ca)});
  judged.given.certificates_der = {ca.der()};
  judged.certificate = Issue(ca, {.extensions = SignerExtensions()});
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, CrlNamingAnotherKeyOfTheIssuerIsRefused) {
  const Entity namesake = MakeSelfSigned({.name = "CA", .extensions = CaExtensions()});
  Entity mixed{.key = ca_.key, .certificate = namesake.certificate};  // AKI of the namesake's key
  EXPECT_THAT(Judge(SignerWith({root_crl_, MakeCrl(mixed)})),
              IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, DeltaCrlIsRefused) {
  const Bytes crl = MakeCrl(ca_, {.extensions = {{"deltaCRL", "critical,DER:020105"}}});
  EXPECT_THAT(Judge(SignerWith({root_crl_, crl})), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, DeltaCrlThatHidesItIsRefused) {
  const Bytes crl = MakeCrl(ca_, {.extensions = {{"deltaCRL", "DER:020105"}}});  // not critical
  EXPECT_THAT(Judge(SignerWith({root_crl_, crl})), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, CrlFromBeforeItsIssuerWasValidIsRefused) {
  const Bytes crl = MakeCrl(ca_, {.this_update = kNow - absl::Hours(24 * 2001)});
  EXPECT_THAT(Judge(SignerWith({root_crl_, crl})), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, ScopesThatLeaveTheSignerOutAreRefused) {
  for (const char* scope : {"critical,onlyCA:TRUE", "critical,onlyAA:TRUE",
                            "critical,indirectCRL:TRUE", "critical,onlysomereasons:keyCompromise",
                            "critical,fullname:URI:http://elsewhere.example/a.crl"}) {
    SCOPED_TRACE(scope);
    const Bytes crl = MakeCrl(ca_, {.extensions = {{"issuingDistributionPoint", scope}}});
    EXPECT_THAT(Judge(SignerWith({root_crl_, crl})), IsIndeterminate(SubIndication::kTryLater));
  }
}

TEST_F(RevocationByCrlTest, CrlForEndEntitiesTellsNothingOfACa) {
  const Bytes crl =
      MakeCrl(root_, {.extensions = {{"issuingDistributionPoint", "critical,onlyuser:TRUE"}}});
  EXPECT_THAT(Judge(SignerWith({crl, ca_crl_})), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, CrlOfTheDistributionPointThatTheCertificateNamesPasses) {
  const Bytes crl = MakeCrl(
      ca_, {.extensions = {{"issuingDistributionPoint",
                            "critical,onlyuser:TRUE,fullname:URI:http://crl.example/ca.crl"}}});
  Judged judged = SignerWith({root_crl_, crl});
  judged.certificate = Issue(
      ca_, {.extensions = With(SignerExtensions(),
                               {{"crlDistributionPoints", "URI:http://crl.example/ca.crl"}})});
  EXPECT_THAT(Judge(judged), Passes());
}

TEST_F(RevocationByCrlTest, UnknownCriticalExtensionOfTheCrlRefusesIt) {
  const Bytes crl = MakeCrl(ca_, {.extensions = {{"1.2.3.4.5", "critical,DER:0500"}}});
  EXPECT_THAT(Judge(SignerWith({root_crl_, crl})), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, UnknownCriticalExtensionOfAnyEntryRefusesTheCrl) {
  const Bytes crl = MakeCrl(
      ca_, {.revoked = {{.entity = &root_, .extensions = {{"1.2.3.4.5", "critical,DER:0500"}}}}});
  EXPECT_THAT(Judge(SignerWith({root_crl_, crl})), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, UnknownExtensionThatIsNotCriticalDoesNotMatter) {
  const Bytes crl = MakeCrl(ca_, {.extensions = {{"1.2.3.4.5", "DER:0500"}}});
  EXPECT_THAT(Judge(SignerWith({root_crl_, crl})), Passes());
}

TEST_F(RevocationByCrlTest, RemoveFromCrlInAFullCrlIsRefused) {
  const Bytes crl =
      MakeCrl(ca_, {.revoked = {{.entity = &signer_, .reason = CRL_REASON_REMOVE_FROM_CRL}}});
  EXPECT_THAT(Judge(SignerWith({root_crl_, crl})), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(RevocationByCrlTest, HoldCounts) {
  const Bytes crl =
      MakeCrl(ca_, {.revoked = {{.entity = &signer_, .reason = CRL_REASON_CERTIFICATE_HOLD}}});
  EXPECT_THAT(Judge(SignerWith({root_crl_, crl})), IsIndeterminate(SubIndication::kRevokedNoPoe));
}

TEST_F(RevocationByCrlTest, HoldThatALaterCrlLiftedPasses) {
  const Bytes held =
      MakeCrl(ca_, {.this_update = kNow - absl::Hours(1),
                    .revoked = {{.entity = &signer_, .reason = CRL_REASON_CERTIFICATE_HOLD}}});
  EXPECT_THAT(Judge(SignerWith({root_crl_, held, ca_crl_})), Passes());
}

TEST_F(RevocationByCrlTest, RevocationForGoodPrevailsOverALaterCrlWithoutIt) {
  const Bytes revoked =
      MakeCrl(ca_, {.this_update = kNow - absl::Hours(1),
                    .revoked = {{.entity = &signer_, .reason = CRL_REASON_KEY_COMPROMISE}}});
  EXPECT_THAT(Judge(SignerWith({root_crl_, ca_crl_, revoked})),
              IsIndeterminate(SubIndication::kRevokedNoPoe));
}

TEST_F(RevocationByCrlTest, Sha1CrlIsNotReliable) {
  const Bytes crl = MakeCrl(ca_, {.digest = EVP_sha1()});
  EXPECT_THAT(Judge(SignerWith({root_crl_, crl})),
              IsIndeterminate(SubIndication::kCryptoConstraintsFailureNoPoe));
}

TEST_F(RevocationByCrlTest, CrlOfTenThousandEntriesIsRead) {
  const Bytes crl = MakeCrl(ca_, {.revoked = {{.entity = &signer_}}, .filler_entries = 10'000});
  EXPECT_THAT(Judge(SignerWith({root_crl_, crl})), IsIndeterminate(SubIndication::kRevokedNoPoe));
}

TEST_F(RevocationByCrlTest, OctetsThatAreNoCrlArePassedOver) {
  EXPECT_THAT(Judge(SignerWith({Bytes{0x30, 0x00}, Bytes(), root_crl_, ca_crl_})), Passes());
}

// One thing that expired: what had been said of it, and by whom.
class ExpiryAndCrlTest : public PathTestCase {
 protected:
  const absl::Time expired_at_ = kNow - absl::Hours(10);
  const Entity expired_ = Issue(ca_, {.not_after = expired_at_, .extensions = SignerExtensions()});
};

TEST_F(ExpiryAndCrlTest, CrlFromAfterTheExpiryTellsNothing) {
  Judged judged = SignerWith({root_crl_, ca_crl_});
  judged.certificate = expired_;
  judged.proven = kNow - absl::Hours(20);
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(ExpiryAndCrlTest, CrlThatKeepsExpiredOnesTells) {
  // GeneralizedTime 20200101000000Z
  const Bytes crl =
      MakeCrl(ca_, {.extensions = {{"2.5.29.60", "DER:180f32303230303130313030303030305a"}}});
  Judged judged = SignerWith({root_crl_, crl});
  judged.certificate = expired_;
  judged.proven = kNow - absl::Hours(20);
  EXPECT_THAT(Judge(judged), Passes());
  judged.proven = std::nullopt;
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kOutOfBoundsNotRevoked));
}

TEST_F(ExpiryAndCrlTest, CrlThatKeepsExpiredOnesOnlySinceLaterTellsNothing) {
  // GeneralizedTime 20260601000000Z
  const Bytes crl =
      MakeCrl(ca_, {.extensions = {{"2.5.29.60", "DER:180f32303236303630313030303030305a"}}});
  Judged judged = SignerWith({root_crl_, crl});
  judged.certificate = expired_;
  judged.proven = kNow - absl::Hours(20);
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(ExpiryAndCrlTest, ExpiredWithoutProofIsOutOfBounds) {
  Judged judged = SignerWith({root_crl_, ca_crl_});
  judged.certificate = expired_;
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kOutOfBoundsNoPoe));
}

TEST_F(ExpiryAndCrlTest, ExpiredWithProofAndCrlOfThatTimePasses) {
  const Bytes crl =
      MakeCrl(ca_, {.this_update = kNow - absl::Hours(19), .next_update = kNow - absl::Hours(12)});
  Judged judged = SignerWith({root_crl_, crl});
  judged.certificate = expired_;
  judged.proven = kNow - absl::Hours(20);
  EXPECT_THAT(Judge(judged), Passes());
}

TEST_F(ExpiryAndCrlTest, ExpiredAndRevokedBeforeProofIsRevoked) {
  const Bytes crl =
      MakeCrl(ca_, {.revoked = {{.entity = &expired_, .at = kNow - absl::Hours(30)}}});
  Judged judged = SignerWith({root_crl_, crl});
  judged.certificate = expired_;
  judged.proven = kNow - absl::Hours(20);
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kRevokedNoPoe));
}

TEST_F(ExpiryAndCrlTest, CrlOfAnExpiredIssuerNeedsItsOwnProof) {
  const Entity ca = Issue(
      root_, {.name = "Old CA", .not_after = kNow - absl::Hours(5), .extensions = CaExtensions()});
  Judged judged = SignerWith({});
  judged.certificate =
      Issue(ca, {.not_after = kNow - absl::Hours(5), .extensions = SignerExtensions()});
  judged.given = {.certificates_der = {ca.der()},
                  .crls_der = {MakeCrl(root_, {.this_update = kNow - absl::Hours(19)}),
                               MakeCrl(ca, {.this_update = kNow - absl::Hours(19)})}};
  judged.proven = kNow - absl::Hours(20);
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kRevocationOutOfBoundsNoPoe));
  judged.data_proven = kNow - absl::Hours(18);
  EXPECT_THAT(Judge(judged), Passes());
  // The proof is of what existed then: this CRL says itself that it is newer.
  judged.data_proven = kNow - absl::Hours(21);
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kRevocationOutOfBoundsNoPoe));
}

}  // namespace
}  // namespace enkrat::validation
