// Revocation by OCSP responses: whose word counts, for how long, and what is no word at all.
#include "tests/unit/validation/path_test_case.h"
#include "validation/ocsp_check.h"

namespace enkrat::validation {
namespace {

constexpr auto kTryLater = SubIndication::kTryLater;

class RevocationByOcspTest : public PathTestCase {
 protected:
  PathResult JudgeBy(const Bytes& response, std::optional<absl::Time> proven = std::nullopt) const {
    return Judge(With(response, proven));
  }
  Judged With(const Bytes& response, std::optional<absl::Time> proven = std::nullopt) const {
    Judged judged = SignerWith({root_crl_});
    judged.given.ocsp_responses_der = {response};
    judged.proven = proven;
    return judged;
  }
  Entity Responder(const Extensions& changes = {}) const {
    return Issue(
        ca_, {.name = "Responder", .extensions = validation::With(ResponderExtensions(), changes)});
  }
};

TEST_F(RevocationByOcspTest, GoodByTheIssuerPasses) {
  const Bytes response = MakeOcsp(signer_, ca_);
  const PathResult result = JudgeBy(response);
  EXPECT_THAT(result, Passes());
  EXPECT_EQ(result.chain[0].revocation, ChainElement::Revocation::kGood);
  EXPECT_THAT(result.used.ocsp_responses_der, ::testing::ElementsAre(response));
}

TEST_F(RevocationByOcspTest, GoodByADelegatePassesAndItsCertificateIsUsed) {
  const Entity responder = Responder();
  for (const bool by_key : {false, true}) {
    const PathResult result =
        JudgeBy(MakeOcsp(signer_, ca_, {.responder = &responder, .by_key = by_key}));
    EXPECT_THAT(result, Passes());
    EXPECT_THAT(result.used.certificates_der, ::testing::Contains(responder.der()));
  }
}

TEST_F(RevocationByOcspTest, DelegateMayBeAmongTheGivenCertificates) {
  const Entity responder = Responder();
  Judged judged = With(MakeOcsp(signer_, ca_, {.responder = &responder, .embed_responder = false}));
  EXPECT_THAT(Judge(judged), IsIndeterminate(kTryLater));
  judged.given.certificates_der.push_back(responder.der());
  EXPECT_THAT(Judge(judged), Passes());
}

TEST_F(RevocationByOcspTest, Sha2CertIdsAreUnderstood) {
  for (const EVP_MD* digest : {EVP_sha256(), EVP_sha384(), EVP_sha512()}) {
    EXPECT_THAT(JudgeBy(MakeOcsp(signer_, ca_, {.cert_id_digest = digest})), Passes());
  }
}

TEST_F(RevocationByOcspTest, Md5CertIdIsNot) {
  EXPECT_THAT(JudgeBy(MakeOcsp(signer_, ca_, {.cert_id_digest = EVP_md5()})),
              IsIndeterminate(kTryLater));
}

TEST_F(RevocationByOcspTest, RevokedIsRevoked) {
  const Bytes response = MakeOcsp(signer_, ca_, {.status = V_OCSP_CERTSTATUS_REVOKED});
  const PathResult result = JudgeBy(response);
  EXPECT_THAT(result, IsIndeterminate(SubIndication::kRevokedNoPoe));
  EXPECT_EQ(result.chain[0].revoked_at, kNow - absl::Hours(1));
  EXPECT_THAT(JudgeBy(response, kNow - absl::Hours(2)), Passes());
}

TEST_F(RevocationByOcspTest, UnknownIsNotGood) {
  EXPECT_THAT(JudgeBy(MakeOcsp(signer_, ca_, {.status = V_OCSP_CERTSTATUS_UNKNOWN})),
              IsIndeterminate(kTryLater));
}

TEST_F(RevocationByOcspTest, ResponseAboutAnotherCertificateTellsNothing) {
  const Entity other = Issue(ca_, {.extensions = SignerExtensions()});
  EXPECT_THAT(JudgeBy(MakeOcsp(other, ca_)), IsIndeterminate(kTryLater));
}

TEST_F(RevocationByOcspTest, ResponseForTheSameSerialOfAnotherIssuerTellsNothing) {
  const Entity other_ca = IssueCa(root_, "Other");
  const Entity other =
      Issue(other_ca, {.serial = ASN1_INTEGER_get(X509_get0_serialNumber(signer_.x509()))});
  EXPECT_THAT(JudgeBy(MakeOcsp(other, other_ca)), IsIndeterminate(kTryLater));
}

TEST_F(RevocationByOcspTest, ForeignSignatureIsRefused) {
  const Entity impostor = MakeSelfSigned({.name = "CA", .extensions = CaExtensions()});
  EXPECT_THAT(JudgeBy(MakeOcsp(signer_, ca_, {.responder = &impostor})),
              IsIndeterminate(kTryLater));
  Bytes tampered = MakeOcsp(signer_, ca_);
  tampered[tampered.size() - 1] ^= 1;
  EXPECT_THAT(JudgeBy(tampered), IsIndeterminate(kTryLater));
}

TEST_F(RevocationByOcspTest, DelegateOfAnotherCaIsRefused) {
  const Entity other_ca = IssueCa(root_, "Other");
  const Entity responder = Issue(other_ca, {.name = "R", .extensions = ResponderExtensions()});
  EXPECT_THAT(JudgeBy(MakeOcsp(signer_, ca_, {.responder = &responder})),
              IsIndeterminate(kTryLater));
}

TEST_F(RevocationByOcspTest, RootIsNoDelegateOfItsCa) {
  EXPECT_THAT(JudgeBy(MakeOcsp(signer_, ca_, {.responder = &root_})), IsIndeterminate(kTryLater));
}

TEST_F(RevocationByOcspTest, SignerCannotSpeakForItself) {
  EXPECT_THAT(JudgeBy(MakeOcsp(signer_, ca_, {.responder = &signer_})), IsIndeterminate(kTryLater));
}

TEST_F(RevocationByOcspTest, DelegateWithoutItsPurposeIsRefused) {
  for (const Extensions& changes :
       {Extensions{{"extendedKeyUsage", ""}}, Extensions{{"extendedKeyUsage", "timeStamping"}},
        Extensions{{"extendedKeyUsage", "anyExtendedKeyUsage"}},
        Extensions{{"keyUsage", "critical,keyEncipherment"}}}) {
    const Entity responder = Responder(changes);
    EXPECT_THAT(JudgeBy(MakeOcsp(signer_, ca_, {.responder = &responder})),
                IsIndeterminate(kTryLater));
  }
}

TEST_F(RevocationByOcspTest, DelegateWhoseCertificateWasForgedIsRefused) {
  const Entity impostor{.key = NewEcKey(), .certificate = ca_.certificate};
  const Entity responder = Issue(impostor, {.name = "R", .extensions = ResponderExtensions()});
  EXPECT_THAT(JudgeBy(MakeOcsp(signer_, ca_, {.responder = &responder})),
              IsIndeterminate(kTryLater));
}

TEST_F(RevocationByOcspTest, DelegateThatWasNotValidWhenItSignedIsRefused) {
  const Entity responder = Issue(
      ca_,
      {.name = "R", .not_after = kNow - absl::Minutes(2), .extensions = ResponderExtensions()});
  EXPECT_THAT(JudgeBy(MakeOcsp(signer_, ca_, {.responder = &responder})),
              IsIndeterminate(kTryLater));
}

TEST_F(RevocationByOcspTest, DelegateThatExpiredSinceNeedsAProofOfTheResponse) {
  const Entity responder = Issue(
      ca_, {.name = "R", .not_after = kNow - absl::Hours(2), .extensions = ResponderExtensions()});
  const absl::Time then = kNow - absl::Hours(4);
  Judged judged = With(
      MakeOcsp(signer_, ca_, {.this_update = then, .produced_at = then, .responder = &responder}),
      then - absl::Minutes(1));
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kRevocationOutOfBoundsNoPoe));
  judged.data_proven = kNow - absl::Hours(3);
  EXPECT_THAT(Judge(judged), Passes());
}

// The CRL that tells of the delegate is of a distribution point that the signer does not name.
TEST_F(RevocationByOcspTest, DelegateWithoutNocheckNeedsACrlItself) {
  constexpr char kPlace[] = "URI:http://crl.example/responders.crl";
  const Entity responder = Responder({{"noCheck", ""}, {"crlDistributionPoints", kPlace}});
  CrlSpec crl{
      .extensions = {{"issuingDistributionPoint", std::string("critical,fullname:") + kPlace}}};
  Judged judged = With(MakeOcsp(signer_, ca_, {.responder = &responder}));
  EXPECT_THAT(Judge(judged), IsIndeterminate(kTryLater));
  judged.given.crls_der = {root_crl_, MakeCrl(ca_, crl)};
  EXPECT_THAT(Judge(judged), Passes());
  crl.revoked = {{.entity = &responder}};
  judged.given.crls_der = {root_crl_, MakeCrl(ca_, crl)};
  EXPECT_THAT(Judge(judged), IsIndeterminate(kTryLater));
}

TEST_F(RevocationByOcspTest, OldResponseIsTooOld) {
  const absl::Time then = kNow - absl::Hours(5);
  const Bytes response =
      MakeOcsp(signer_, ca_,
               {.this_update = then, .next_update = kNow - absl::Hours(4), .produced_at = then});
  EXPECT_THAT(JudgeBy(response), IsIndeterminate(kTryLater));
  EXPECT_THAT(JudgeBy(response, kNow - absl::Hours(4)), Passes());
  EXPECT_THAT(JudgeBy(response, kNow - absl::Hours(6)), Passes());
}

TEST_F(RevocationByOcspTest, ResponseWithoutNextUpdateHoldsForItsPastOnly) {
  const Bytes response = MakeOcsp(signer_, ca_, {.next_update = std::nullopt});
  EXPECT_THAT(JudgeBy(response), IsIndeterminate(kTryLater));
  EXPECT_THAT(JudgeBy(response, kNow - absl::Minutes(1)), Passes());
}

TEST_F(RevocationByOcspTest, ResponseFromTheFutureIsRefused) {
  const absl::Time future = kNow + absl::Minutes(6);
  EXPECT_THAT(
      JudgeBy(MakeOcsp(signer_, ca_,
                       {.this_update = future, .next_update = future, .produced_at = future})),
      IsIndeterminate(kTryLater));
  EXPECT_THAT(JudgeBy(MakeOcsp(signer_, ca_, {.produced_at = future})), IsIndeterminate(kTryLater));
}

TEST_F(RevocationByOcspTest, Sha1SignatureIsNotReliable) {
  EXPECT_THAT(JudgeBy(MakeOcsp(signer_, ca_, {.digest = EVP_sha1()})),
              IsIndeterminate(SubIndication::kCryptoConstraintsFailureNoPoe));
}

TEST_F(RevocationByOcspTest, DelegateWithAWeakKeyIsNotReliable) {
  const Entity responder =
      Issue(ca_, {.name = "R", .extensions = ResponderExtensions(), .key = NewRsaKey(1024)});
  EXPECT_THAT(JudgeBy(MakeOcsp(signer_, ca_, {.responder = &responder})),
              IsIndeterminate(SubIndication::kCryptoConstraintsFailureNoPoe));
}

TEST_F(RevocationByOcspTest, DelegatesCertificateWithAWeakSignatureIsNotReliable) {
  const Entity responder =
      Issue(ca_, {.name = "R", .extensions = ResponderExtensions(), .digest = EVP_sha1()});
  EXPECT_THAT(JudgeBy(MakeOcsp(signer_, ca_, {.responder = &responder})),
              IsIndeterminate(SubIndication::kCryptoConstraintsFailureNoPoe));
}

TEST_F(RevocationByOcspTest, GoodOfAnExpiredCertificateNeedsAnArchiveCutoff) {
  const Entity expired =
      Issue(ca_, {.not_after = kNow - absl::Hours(10), .extensions = SignerExtensions()});
  Judged judged = With(MakeOcsp(expired, ca_), kNow - absl::Hours(20));
  judged.certificate = expired;
  EXPECT_THAT(Judge(judged), IsIndeterminate(kTryLater));
  judged.given.ocsp_responses_der = {
      MakeOcsp(expired, ca_, {.archive_cutoff = kNow - absl::Hours(10)})};
  EXPECT_THAT(Judge(judged), Passes());
  judged.given.ocsp_responses_der = {
      MakeOcsp(expired, ca_, {.archive_cutoff = kNow - absl::Hours(9)})};
  EXPECT_THAT(Judge(judged), IsIndeterminate(kTryLater));
}

TEST_F(RevocationByOcspTest, RevokedPrevailsOverGood) {
  Judged judged = With(MakeOcsp(signer_, ca_));
  judged.given.crls_der.push_back(
      MakeCrl(ca_, {.revoked = {{.entity = &signer_, .reason = CRL_REASON_KEY_COMPROMISE}}}));
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kRevokedNoPoe));
}

// "Revoked later" is "good until then": a stolen key of an expired responder could say either.
TEST_F(RevocationByOcspTest, LaterRevocationByADelegateThatExpiredSinceNeedsAProofOfTheResponse) {
  const Entity responder = Issue(
      ca_, {.name = "R", .not_after = kNow - absl::Hours(2), .extensions = ResponderExtensions()});
  const absl::Time then = kNow - absl::Hours(4);
  Judged judged = With(MakeOcsp(signer_, ca_,
                                {.status = V_OCSP_CERTSTATUS_REVOKED,
                                 .this_update = then,
                                 .produced_at = then,
                                 .revoked_at = then - absl::Hours(1),
                                 .responder = &responder}),
                       then - absl::Hours(2));
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kRevocationOutOfBoundsNoPoe));
  judged.data_proven = kNow - absl::Hours(3);
  EXPECT_THAT(Judge(judged), Passes());
}

TEST_F(RevocationByOcspTest, LaterRevocationWithASha1SignatureProvesNothing) {
  const Bytes response =
      MakeOcsp(signer_, ca_, {.status = V_OCSP_CERTSTATUS_REVOKED, .digest = EVP_sha1()});
  EXPECT_THAT(JudgeBy(response, kNow - absl::Hours(2)),
              IsIndeterminate(SubIndication::kCryptoConstraintsFailureNoPoe));
  EXPECT_THAT(JudgeBy(response), IsIndeterminate(SubIndication::kRevokedNoPoe));
}

TEST_F(RevocationByOcspTest, LaterRevocationByADelegateThatMayBeRevokedProvesNothing) {
  const Entity responder = Responder({{"noCheck", ""}});
  EXPECT_THAT(JudgeBy(MakeOcsp(signer_, ca_,
                               {.status = V_OCSP_CERTSTATUS_REVOKED, .responder = &responder}),
                      kNow - absl::Hours(2)),
              IsIndeterminate(kTryLater));
}

TEST_F(RevocationByOcspTest, ProofOfOneResponseIsNoneOfAnother) {
  const Entity responder = Issue(
      ca_, {.name = "R", .not_after = kNow - absl::Hours(2), .extensions = ResponderExtensions()});
  const absl::Time then = kNow - absl::Hours(4);
  const OcspSpec spec{.this_update = then, .produced_at = then, .responder = &responder};
  ValidationDataProofs proofs;
  Judged judged = With(MakeOcsp(signer_, ca_, spec), then - absl::Minutes(1));
  judged.proofs = &proofs;
  proofs.Add({.ocsp_responses_der = {MakeOcsp(ca_, ca_, spec)}}, kNow - absl::Hours(3));
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kRevocationOutOfBoundsNoPoe));
  proofs.Add(judged.given, kNow - absl::Hours(3));
  EXPECT_THAT(Judge(judged), Passes());
}

TEST_F(RevocationByOcspTest, BareBasicResponseIsReadToo) {
  const auto basic = ParseOcspResponse(MakeOcsp(signer_, ca_));
  ASSERT_TRUE(basic.ok());
  unsigned char* der = nullptr;
  const int size = i2d_OCSP_BASICRESP(basic->get(), &der);
  const Bytes bare(der, der + size);
  OPENSSL_free(der);
  EXPECT_THAT(JudgeBy(bare), Passes());
}

TEST_F(RevocationByOcspTest, ErrorResponsesAndRubbishArePassedOver) {
  EXPECT_THAT(JudgeBy({0x30, 0x03, 0x0a, 0x01, 0x03}), IsIndeterminate(kTryLater));  // tryLater
  EXPECT_THAT(JudgeBy({0x30, 0x03, 0x0a, 0x01, 0x00}), IsIndeterminate(kTryLater));
  EXPECT_THAT(JudgeBy({}), IsIndeterminate(kTryLater));
  Bytes longer = MakeOcsp(signer_, ca_);
  longer.push_back(0);
  EXPECT_THAT(JudgeBy(longer), IsIndeterminate(kTryLater));
}

TEST_F(RevocationByOcspTest, ResponderOnItsOwnIsJudgedByNocheck) {
  Judged judged = SignerWith({root_crl_});
  judged.certificate = Responder();
  judged.purpose = PathPurpose::kOcspSigning;
  EXPECT_THAT(Judge(judged), Passes());
  judged.purpose = PathPurpose::kSigning;
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kChainConstraintsFailure));
}

}  // namespace
}  // namespace enkrat::validation
