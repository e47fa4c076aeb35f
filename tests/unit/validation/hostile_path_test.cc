// Paths that were made to be long, many, circular or broken: judged soon, and never believed.
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/unit/validation/path_test_case.h"
#include "validation/path_building.h"

namespace enkrat::validation {
namespace {

class HostilePathTest : public PathTestCase {
 protected:
  // Whatever a stranger sends, a verdict is there soon (a generous bound for slow machines).
  PathResult JudgeSoon(const Judged& judged) const {
    const absl::Time start = absl::Now();
    PathResult result = Judge(judged);
    EXPECT_LT(absl::Now() - start, absl::Seconds(10));
    return result;
  }
};

TEST_F(HostilePathTest, CertificatesThatCertifyEachOtherEndTheSearch) {
  const KeyPtr key_a = NewEcKey(), key_b = NewEcKey();
  const Entity a = MakeSelfSigned({.name = "A", .extensions = CaExtensions(), .key = key_a});
  const Entity b = MakeSelfSigned({.name = "B", .extensions = CaExtensions(), .key = key_b});
  const Entity a_by_b = Issue(b, {.name = "A", .extensions = CaExtensions(), .key = key_a});
  const Entity b_by_a = Issue(a, {.name = "B", .extensions = CaExtensions(), .key = key_b});
  const Judged judged{
      .certificate = Issue(a, {.extensions = SignerExtensions()}),
      .given = {.certificates_der = {a.der(), b.der(), a_by_b.der(), b_by_a.der()}}};
  EXPECT_THAT(JudgeSoon(judged), IsIndeterminate(SubIndication::kNoCertificateChainFound));
}

TEST_F(HostilePathTest, MeshOfCrossCertificatesIsSearchedWithinBounds) {
  constexpr int kCas = 7;
  std::vector<KeyPtr> keys;
  for (int i = 0; i < kCas; ++i) keys.push_back(NewEcKey());
  Judged judged;
  std::vector<Entity> cas;
  for (int i = 0; i < kCas; ++i) {
    cas.push_back(MakeSelfSigned(
        {.name = absl::StrCat("CA ", i), .extensions = CaExtensions(), .key = keys[i]}));
  }
  for (int i = 0; i < kCas; ++i) {
    for (int j = 0; j < kCas; ++j) {
      if (i == j) continue;
      judged.given.certificates_der.push_back(
          Issue(cas[i],
                {.name = absl::StrCat("CA ", j), .extensions = CaExtensions(), .key = keys[j]})
              .der());
    }
  }
  judged.certificate = Issue(cas[0], {.extensions = SignerExtensions()});
  EXPECT_THAT(JudgeSoon(judged), IsIndeterminate(SubIndication::kNoCertificateChainFound));
}

TEST_F(HostilePathTest, ThousandsOfNamesakesAreNotAllTried) {
  Judged judged = SignerWith({root_crl_, ca_crl_});
  judged.given.certificates_der.clear();
  const KeyPtr key = NewEcKey();
  for (int i = 0; i < 2000; ++i) {
    judged.given.certificates_der.push_back(
        MakeSelfSigned({.name = "CA", .extensions = CaExtensions(), .key = key}).der());
  }
  const PathResult result = JudgeSoon(judged);
  EXPECT_THAT(result, IsIndeterminate(SubIndication::kNoCertificateChainFound));
  EXPECT_THAT(ChecksText(result), ::testing::HasSubstr("within the bounds"));
}

TEST_F(HostilePathTest, PathOfMoreThanEightCertificatesIsNotFollowed) {
  Judged judged;
  Entity above = root_;
  for (int i = 0; i < 7; ++i) {
    above = IssueCa(above, absl::StrCat("CA ", i));
    judged.given.certificates_der.push_back(above.der());
    judged.given.crls_der.push_back(MakeCrl(above));
  }
  judged.given.crls_der.push_back(root_crl_);
  judged.certificate = Issue(above, {.extensions = SignerExtensions()});  // nine with the root
  EXPECT_THAT(JudgeSoon(judged), IsIndeterminate(SubIndication::kNoCertificateChainFound));
  judged.anchors = {judged.given.certificates_der[0]};  // eight
  EXPECT_THAT(JudgeSoon(judged), Passes());
}

TEST_F(HostilePathTest, SelfSignedSignerIsNobodysWord) {
  const Judged judged{.certificate =
                          MakeSelfSigned({.name = "Me", .extensions = SignerExtensions()})};
  EXPECT_THAT(JudgeSoon(judged), IsIndeterminate(SubIndication::kNoCertificateChainFound));
}

TEST_F(HostilePathTest, RubbishAmongTheGivenIsPassedOver) {
  Judged judged = SignerWith({root_crl_, ca_crl_});
  judged.given.certificates_der.insert(judged.given.certificates_der.begin(),
                                       {Bytes(), Bytes(100, 0x30), Bytes{0x30, 0x80, 0, 0}});
  judged.given.ocsp_responses_der = {Bytes(50, 0xff)};
  EXPECT_THAT(JudgeSoon(judged), Passes());
}

TEST_F(HostilePathTest, EveryFlippedOctetOfTheSignersCertificateIsNotBelieved) {
  const Bytes good = signer_.der();
  auto trust = TrustStore::Create({.anchors_der = {root_.der()}});
  const ValidationData given{.certificates_der = {ca_.der()}, .crls_der = {root_crl_, ca_crl_}};
  for (size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] ^= 0x01;
    const PathResult result =
        ValidatePath({.certificate_der = bad,
                      .given = &given,
                      .poe = {.of_signature = kNow, .of_validation_data = kNow},
                      .now = kNow,
                      .stop_at = absl::InfiniteFuture()},
                     **trust, nullptr);
    EXPECT_FALSE(result.conclusion.passed()) << "octet " << i;
  }
}

TEST_F(HostilePathTest, HundredsOfCrlsAreNotAllRead) {
  Judged judged = SignerWith({});
  judged.given.crls_der.assign(200, MakeCrl(IssueCa(root_, "Other"), {.filler_entries = 100}));
  judged.given.crls_der.push_back(ca_crl_);
  judged.given.crls_der.push_back(root_crl_);
  EXPECT_THAT(JudgeSoon(judged), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(HostilePathTest, TimeThatIsOverEndsTheSearch) {
  Judged judged = SignerWith({root_crl_, ca_crl_});
  judged.stop_at = absl::UnixEpoch();
  EXPECT_THAT(JudgeSoon(judged), IsIndeterminate(SubIndication::kTryLater));
}

}  // namespace
}  // namespace enkrat::validation
