// What a path must fulfil (RFC 5280 6.1), in the manner of NIST's PKITS.
#include "tests/unit/validation/path_test_case.h"
#include "validation/certificate_reading.h"

namespace enkrat::validation {
namespace {

constexpr auto kConstraints = SubIndication::kChainConstraintsFailure;
constexpr auto kNoChain = SubIndication::kNoCertificateChainFound;

class PathConstraintsTest : public PathTestCase {
 protected:
  // The signer of a CA with those extensions; CRLs of both are there.
  Judged Below(const Extensions& ca_extensions, CertificateSpec signer = {}) const {
    const Entity ca = Issue(root_, {.name = "CA", .extensions = ca_extensions});
    if (signer.extensions.empty()) signer.extensions = SignerExtensions();
    return {.certificate = Issue(ca, signer),
            .given = {.certificates_der = {ca.der()}, .crls_der = {root_crl_, MakeCrl(ca)}}};
  }
  Judged Signer(const Extensions& extensions) const {
    Judged judged = SignerWith({root_crl_, ca_crl_});
    judged.certificate = Issue(ca_, {.extensions = extensions});
    return judged;
  }
};

TEST_F(PathConstraintsTest, NoAnchorMeansNoChain) {
  Judged judged = SignerWith({root_crl_, ca_crl_});
  judged.anchors = {MakeRoot("Another root").der()};
  const PathResult result = Judge(judged);
  EXPECT_THAT(result, IsIndeterminate(kNoChain));
  EXPECT_EQ(result.chain.size(), 2u);  // as far as it went
}

TEST_F(PathConstraintsTest, MissingIntermediateMeansNoChain) {
  Judged judged = SignerWith({root_crl_, ca_crl_});
  judged.given.certificates_der.clear();
  EXPECT_THAT(Judge(judged), IsIndeterminate(kNoChain));
}

TEST_F(PathConstraintsTest, AnchorOfTheSameNameWithAnotherKeyMeansNoChain) {
  Judged judged = SignerWith({root_crl_, ca_crl_});
  judged.anchors = {MakeRoot("Root").der()};
  EXPECT_THAT(Judge(judged), IsIndeterminate(kNoChain));
}

TEST_F(PathConstraintsTest, SignatureOverOtherContentMeansNoChain) {
  Judged judged = SignerWith({root_crl_, ca_crl_});
  const Entity impostor{.key = NewEcKey(), .certificate = ca_.certificate};
  judged.certificate =
      Issue(impostor, {.extensions = With(SignerExtensions(), {{"authorityKeyIdentifier", ""}})});
  EXPECT_THAT(Judge(judged), IsIndeterminate(kNoChain));
}

TEST_F(PathConstraintsTest, OctetsThatAreNoCertificateAreAGeneralFailure) {
  auto trust = TrustStore::Create({.anchors_der = {root_.der()}});
  const Bytes damaged = {0x30, 0x03, 0x02, 0x01, 0x01};
  const PathResult result = ValidatePath({.certificate_der = damaged,
                                          .poe = {.of_signature = kNow, .of_validation_data = kNow},
                                          .now = kNow,
                                          .stop_at = absl::InfiniteFuture()},
                                         **trust, nullptr);
  EXPECT_THAT(result, IsIndeterminate(SubIndication::kCertificateChainGeneralFailure));
}

TEST_F(PathConstraintsTest, IntermediateAsAnchorEndsThePath) {
  Judged judged = SignerWith({ca_crl_});
  judged.anchors = {ca_.der()};
  const PathResult result = Judge(judged);
  EXPECT_THAT(result, Passes());
  EXPECT_EQ(result.chain.size(), 2u);
}

TEST_F(PathConstraintsTest, SignerAsAnchorIsTheWholePath) {
  Judged judged = SignerWith({});
  judged.anchors = {signer_.der()};
  const PathResult result = Judge(judged);
  EXPECT_THAT(result, Passes());
  ASSERT_EQ(result.chain.size(), 1u);
  EXPECT_EQ(result.chain[0].revocation, ChainElement::Revocation::kNotNeeded);
}

TEST_F(PathConstraintsTest, IssuerWithoutBasicConstraintsFails) {
  EXPECT_THAT(Judge(Below(With(CaExtensions(), {{"basicConstraints", ""}}))),
              IsIndeterminate(kConstraints));
}

TEST_F(PathConstraintsTest, IssuerThatIsNoCaFails) {
  EXPECT_THAT(Judge(Below(CaExtensions("critical,CA:FALSE"))), IsIndeterminate(kConstraints));
}

TEST_F(PathConstraintsTest, SignerCannotIssue) {
  const Entity victim = Issue(signer_, {.name = "Forged", .extensions = {}});
  Judged judged = SignerWith({root_crl_, ca_crl_});
  judged.given.certificates_der.push_back(signer_.der());
  judged.certificate = victim;
  EXPECT_THAT(Judge(judged), IsIndeterminate(kConstraints));
}

TEST_F(PathConstraintsTest, IssuerWithoutKeyCertSignFails) {
  EXPECT_THAT(Judge(Below(With(CaExtensions(), {{"keyUsage", "critical,cRLSign"}}))),
              IsIndeterminate(kConstraints));
}

TEST_F(PathConstraintsTest, PathLongerThanPathLenConstraintFails) {
  const Entity first =
      Issue(root_, {.name = "First", .extensions = CaExtensions("critical,CA:TRUE,pathlen:0")});
  const Entity second = IssueCa(first, "Second");
  const Judged judged{.certificate = Issue(second, {.extensions = SignerExtensions()}),
                      .given = {.certificates_der = {first.der(), second.der()},
                                .crls_der = {root_crl_, MakeCrl(first), MakeCrl(second)}}};
  EXPECT_THAT(Judge(judged), IsIndeterminate(kConstraints));
}

TEST_F(PathConstraintsTest, PathAsLongAsPathLenConstraintPasses) {
  EXPECT_THAT(Judge(Below(CaExtensions("critical,CA:TRUE,pathlen:0"))), Passes());
}

TEST_F(PathConstraintsTest, NameOutsidePermittedSubtreesFails) {
  const Extensions ca =
      With(CaExtensions(), {{"nameConstraints", "critical,permitted;email:.example.org"}});
  EXPECT_THAT(Judge(Below(ca, {.extensions = With(SignerExtensions(),
                                                  {{"subjectAltName", "email:a@example.com"}})})),
              IsIndeterminate(kConstraints));
  EXPECT_THAT(Judge(Below(ca, {.extensions = With(SignerExtensions(),
                                                  {{"subjectAltName", "email:a@b.example.org"}})})),
              Passes());
}

TEST_F(PathConstraintsTest, NameInsideExcludedSubtreesFails) {
  const Extensions ca =
      With(CaExtensions(), {{"nameConstraints", "critical,excluded;email:example.com"}});
  EXPECT_THAT(Judge(Below(ca, {.extensions = With(SignerExtensions(),
                                                  {{"subjectAltName", "email:a@example.com"}})})),
              IsIndeterminate(kConstraints));
}

TEST_F(PathConstraintsTest, UnknownCriticalExtensionFailsWhereverItIs) {
  EXPECT_THAT(Judge(Below(With(CaExtensions(), {{"1.2.3.4.5", "critical,DER:0500"}}))),
              IsIndeterminate(kConstraints));
  EXPECT_THAT(Judge(Signer(With(SignerExtensions(), {{"1.2.3.4.5", "critical,DER:0500"}}))),
              IsIndeterminate(kConstraints));
  EXPECT_THAT(Judge(Signer(With(SignerExtensions(), {{"1.2.3.4.5", "DER:0500"}}))), Passes());
}

TEST_F(PathConstraintsTest, RequiredPolicyThatIsMissingFails) {
  const Extensions ca =
      With(CaExtensions(), {{"policyConstraints", "critical,requireExplicitPolicy:0"},
                            {"certificatePolicies", "DER:3007300506032a0304"}});
  EXPECT_THAT(Judge(Below(ca)), IsIndeterminate(kConstraints));
  EXPECT_THAT(
      Judge(Below(ca, {.extensions = With(SignerExtensions(),
                                          {{"certificatePolicies", "DER:3007300506032a0304"}})})),
      Passes());
}

TEST_F(PathConstraintsTest, PoliciesThatNobodyRequiresDoNotMatter) {
  EXPECT_THAT(
      Judge(Signer(With(SignerExtensions(), {{"certificatePolicies", "DER:3007300506032a0304"}}))),
      Passes());
}

TEST_F(PathConstraintsTest, NoRevAvailAndValassuredExcuseAnEndEntity) {
  for (const char* oid : {kNoRevAvail, kValassuredStCerts}) {
    Judged judged = SignerWith({root_crl_});
    judged.certificate = Issue(ca_, {.not_before = kNow - absl::Hours(12),
                                     .not_after = kNow + absl::Hours(12),
                                     .extensions = With(SignerExtensions(), {{oid, "DER:0500"}})});
    const PathResult result = Judge(judged);
    EXPECT_THAT(result, Passes()) << oid;
    EXPECT_EQ(result.chain[0].revocation, ChainElement::Revocation::kNotNeeded);
    EXPECT_EQ(result.chain[1].revocation, ChainElement::Revocation::kGood);
  }
}

// A revocation takes effect within 24 h: what lives longer could have been revoked.
TEST_F(PathConstraintsTest, ValassuredExcusesNothingThatLivesLongerThanADay) {
  Judged judged = SignerWith({root_crl_});
  judged.certificate =
      Issue(ca_, {.not_before = kNow - absl::Hours(12),
                  .not_after = kNow + absl::Hours(12) + absl::Seconds(1),
                  .extensions = With(SignerExtensions(), {{kValassuredStCerts, "DER:0500"}})});
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kTryLater));
  judged.given.crls_der.push_back(ca_crl_);
  EXPECT_THAT(Judge(judged), Passes());
}

TEST_F(PathConstraintsTest, NoRevAvailExcusesHoweverLongTheLife) {
  Judged judged = SignerWith({root_crl_});
  judged.certificate =
      Issue(ca_, {.extensions = With(SignerExtensions(), {{kNoRevAvail, "DER:0500"}})});
  EXPECT_THAT(Judge(judged), Passes());
}

TEST_F(PathConstraintsTest, ExcusedSignerStillNeedsItsCaToBeGood) {
  Judged judged = SignerWith({MakeCrl(root_, {.revoked = {{.entity = &ca_}}})});
  judged.certificate =
      Issue(ca_, {.not_before = kNow - absl::Minutes(5),
                  .not_after = kNow + absl::Minutes(5),
                  .extensions = With(SignerExtensions(), {{kValassuredStCerts, "DER:0500"}})});
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kRevokedCaNoPoe));
  judged.given.crls_der.clear();
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(PathConstraintsTest, CaWithNoRevAvailFails) {
  EXPECT_THAT(Judge(Below(With(CaExtensions(), {{kNoRevAvail, "DER:0500"}}))),
              IsIndeterminate(kConstraints));
}

TEST_F(PathConstraintsTest, ValassuredExcusesNoCa) {
  Judged judged = Below(With(CaExtensions(), {{kValassuredStCerts, "DER:0500"}}));
  judged.given.crls_der.erase(judged.given.crls_der.begin());  // the root's
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(PathConstraintsTest, SignerWhoseKeyIsForOtherThingsFails) {
  for (const char* usage : {"critical,keyEncipherment", "critical,keyAgreement", "cRLSign"}) {
    EXPECT_THAT(Judge(Signer(With(SignerExtensions(), {{"keyUsage", usage}}))),
                IsIndeterminate(kConstraints))
        << usage;
  }
  for (const char* usage : {"timeStamping", "OCSPSigning", "serverAuth", "serverAuth,clientAuth",
                            "clientAuth,OCSPSigning,timeStamping"}) {
    EXPECT_THAT(Judge(Signer(With(SignerExtensions(), {{"extendedKeyUsage", usage}}))),
                IsIndeterminate(kConstraints))
        << usage;
  }
}

TEST_F(PathConstraintsTest, SignerWithoutKeyUsageOrForEmailPasses) {
  EXPECT_THAT(Judge(Signer({{"subjectKeyIdentifier", "hash"}})), Passes());
  EXPECT_THAT(Judge(Signer({{"extendedKeyUsage", "emailProtection,clientAuth"}})), Passes());
  EXPECT_THAT(Judge(Signer({{"extendedKeyUsage", "clientAuth"}})), Passes());
  EXPECT_THAT(Judge(Signer({{"extendedKeyUsage", "serverAuth,clientAuth,emailProtection"}})),
              Passes());
}

TEST_F(PathConstraintsTest, TimestampingNeedsItsPurposeAloneAndCritical) {
  Judged judged = Signer(TsuExtensions());
  judged.purpose = PathPurpose::kTimestamping;
  EXPECT_THAT(Judge(judged), Passes());
  for (const char* usage :
       {"timeStamping", "critical,timeStamping,emailProtection", "critical,emailProtection", ""}) {
    judged.certificate =
        Issue(ca_, {.extensions = With(TsuExtensions(), {{"extendedKeyUsage", usage}})});
    EXPECT_THAT(Judge(judged), IsIndeterminate(kConstraints)) << usage;
  }
  judged.certificate =
      Issue(ca_, {.extensions = With(TsuExtensions(), {{"keyUsage", "keyEncipherment"}})});
  EXPECT_THAT(Judge(judged), IsIndeterminate(kConstraints));
}

TEST_F(PathConstraintsTest, CrossCertificateIsTriedWhenTheFirstPathFails) {
  // The CA's key certified twice: once without the right to issue, once in order by another root.
  const Entity other_root = MakeRoot("Other root");
  const KeyPtr key = NewEcKey();
  const Entity wrong = Issue(
      root_, {.name = "Crossed", .extensions = CaExtensions("critical,CA:FALSE"), .key = key});
  const Entity right =
      Issue(other_root, {.name = "Crossed", .extensions = CaExtensions(), .key = key});
  Judged judged{.certificate = Issue(right, {.extensions = SignerExtensions()}),
                .given = {.certificates_der = {wrong.der(), right.der()},
                          .crls_der = {root_crl_, MakeCrl(other_root), MakeCrl(right)}}};
  judged.anchors = {root_.der(), other_root.der()};
  const PathResult result = Judge(judged);
  EXPECT_THAT(result, Passes());
  EXPECT_EQ(result.chain.back().subject, "CN=Other root");
}

TEST_F(PathConstraintsTest, OfTwoFailingPathsTheOneThatCameFartherIsTold) {
  const Entity other_root = MakeRoot("Other root");
  const KeyPtr key = NewEcKey();
  const Entity wrong = Issue(
      root_, {.name = "Crossed", .extensions = CaExtensions("critical,CA:FALSE"), .key = key});
  const Entity right =
      Issue(other_root, {.name = "Crossed", .extensions = CaExtensions(), .key = key});
  Judged judged{.certificate = Issue(right, {.extensions = SignerExtensions()}),
                .given = {.certificates_der = {right.der(), wrong.der()}, .crls_der = {}}};
  judged.anchors = {root_.der(), other_root.der()};
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(PathConstraintsTest, NamesAreShownWithoutWhatDeceives) {
  Judged judged = Signer(SignerExtensions());
  judged.certificate = Issue(ca_, {.name = "Čebela Šiška", .extensions = SignerExtensions()});
  EXPECT_EQ(Judge(judged).chain[0].subject, "CN=Čebela Šiška");
  judged.certificate =
      Issue(ca_, {.name = "evil\u202egro.elpmaxe\n", .extensions = SignerExtensions()});
  EXPECT_EQ(Judge(judged).chain[0].subject.find("\u202e"), std::string::npos);
  EXPECT_EQ(Judge(judged).chain[0].subject.find('\n'), std::string::npos);
}

// Validity of each certificate at the time by which the signature is proven.
TEST_F(PathConstraintsTest, SignerOfLaterThanTheProofIsNotYetValid) {
  Judged judged = SignerWith({root_crl_, ca_crl_});
  judged.proven = kNow - absl::Hours(24 * 301);
  EXPECT_THAT(Judge(judged), FailsTotally(SubIndication::kNotYetValid));
}

TEST_F(PathConstraintsTest, BoundsOfTheValidityAreWithinIt) {
  Judged judged = SignerWith({root_crl_, ca_crl_});
  judged.certificate =
      Issue(ca_, {.not_before = kNow, .not_after = kNow, .extensions = SignerExtensions()});
  EXPECT_THAT(Judge(judged), Passes());
  judged.now = kNow + absl::Seconds(1);
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kOutOfBoundsNotRevoked));
}

TEST_F(PathConstraintsTest, ExpiredOneTimeCertificateIsKnownNotRevoked) {
  Judged judged = SignerWith({root_crl_});
  judged.certificate =
      Issue(ca_, {.not_before = kNow - absl::Minutes(30),
                  .not_after = kNow - absl::Minutes(20),
                  .extensions = With(SignerExtensions(), {{kValassuredStCerts, "DER:0500"}})});
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kOutOfBoundsNotRevoked));
  judged.proven = kNow - absl::Minutes(25);
  EXPECT_THAT(Judge(judged), Passes());
  judged.proven = kNow - absl::Minutes(31);
  EXPECT_THAT(Judge(judged), FailsTotally(SubIndication::kNotYetValid));
}

TEST_F(PathConstraintsTest, ExpiredIssuerIsOutOfBounds) {
  const Entity ca = Issue(
      root_, {.name = "Old", .not_after = kNow - absl::Hours(1), .extensions = CaExtensions()});
  const Judged judged{
      .certificate = Issue(ca, {.extensions = SignerExtensions()}),
      .given = {.certificates_der = {ca.der()}, .crls_der = {root_crl_, MakeCrl(ca)}}};
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kOutOfBoundsNoPoe));
}

TEST_F(PathConstraintsTest, ProofFromTheFutureCountsAsNow) {
  Judged judged = SignerWith({root_crl_, ca_crl_});
  judged.certificate =
      Issue(ca_, {.not_before = kNow + absl::Hours(1), .extensions = SignerExtensions()});
  judged.proven = kNow + absl::Hours(2);
  EXPECT_THAT(Judge(judged), FailsTotally(SubIndication::kNotYetValid));
}

}  // namespace
}  // namespace enkrat::validation
