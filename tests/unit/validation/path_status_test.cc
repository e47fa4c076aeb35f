// What the CAs above a certificate say at the moment, and for how long that is to be used.
#include "validation/path_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "tests/support/fake_http_fetcher.h"
#include "tests/unit/validation/test_pki.h"

namespace enkrat::validation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Verdict = PathStatus::Verdict;

constexpr char kRootCrlUrl[] = "http://pki.example/root.crl";
constexpr char kCaCrlUrl[] = "http://pki.example/ca.crl";
constexpr char kOcspUrl[] = "http://pki.example/ocsp";

class PathStatusTest : public ::testing::Test {
 protected:
  PathStatusTest() {
    http_.Answer(kRootCrlUrl, ToString(MakeCrl(root_)));
    http_.Answer(kCaCrlUrl, ToString(MakeCrl(ca_)));
  }

  static Extensions Crl(const char* url) {
    return {{"crlDistributionPoints", std::string("URI:") + url}};
  }
  void AnswerOcsp(const OcspSpec& spec) {
    http_.Answer(kOcspUrl, ToString(MakeOcsp(unit_, ca_, spec)));
  }
  PathStatus Ask(const Entity& of) { return Ask(of, kNow); }
  PathStatus Ask(const Entity& of, absl::Time now) {
    const Bytes der = of.der();
    return AskPathStatus({.certificate_der = der,
                          .certificates_der = &given_,
                          .now = now,
                          .stop_at = absl::Now() + absl::Seconds(60)},
                         *trust_, *fetcher_);
  }

  const Entity root_ = MakeRoot();
  const Entity ca_ =
      Issue(root_, {.name = "CA", .extensions = With(CaExtensions(), Crl(kRootCrlUrl))});
  const Entity unit_ = Issue(
      ca_, {.extensions = With(With(TsuExtensions(), Crl(kCaCrlUrl)),
                               {{"authorityInfoAccess", std::string("OCSP;URI:") + kOcspUrl}})});
  std::vector<Bytes> given_ = {ca_.der()};
  enkrat::testing::FakeHttpFetcher http_;
  std::unique_ptr<TrustStore> trust_ = *TrustStore::Create({.anchors_der = {root_.der()}});
  std::unique_ptr<RevocationFetcher> fetcher_ = *RevocationFetcher::Create({.http = &http_});
};

TEST_F(PathStatusTest, GoodNewsLastsUntilTheEarliestNextUpdate) {
  AnswerOcsp({.next_update = kNow + absl::Minutes(7)});
  const PathStatus status = Ask(unit_);
  EXPECT_EQ(status.verdict, Verdict::kGood) << status.why;
  EXPECT_EQ(status.valid_until, kNow + absl::Minutes(7));
  EXPECT_THAT(status.data.ocsp_responses_der, SizeIs(1));
  EXPECT_THAT(status.data.crls_der, SizeIs(1)) << "the root's";
}

TEST_F(PathStatusTest, GoodNewsDoesNotOutlastACertificate) {
  const Entity brief = Issue(ca_, {.not_after = kNow + absl::Minutes(3),
                                   .extensions = With(TsuExtensions(), Crl(kCaCrlUrl))});
  EXPECT_EQ(Ask(brief).valid_until, kNow + absl::Minutes(3));
}

TEST_F(PathStatusTest, StatementWithoutNextUpdateIsGoodForTheMoment) {
  AnswerOcsp({.this_update = kNow, .next_update = std::nullopt, .produced_at = kNow});
  const PathStatus status = Ask(unit_, kNow + absl::Milliseconds(700));
  EXPECT_EQ(status.verdict, Verdict::kGood) << status.why;
  EXPECT_EQ(status.valid_until, kNow + absl::Milliseconds(700));
}

TEST_F(PathStatusTest, CrlStaysWhereOcspSaysTooLittle) {
  AnswerOcsp({.status = V_OCSP_CERTSTATUS_UNKNOWN});
  const PathStatus status = Ask(unit_);
  EXPECT_EQ(status.verdict, Verdict::kGood) << status.why;
  EXPECT_THAT(status.data.ocsp_responses_der, IsEmpty());
  EXPECT_THAT(status.data.crls_der, SizeIs(2));
}

TEST_F(PathStatusTest, OcspThatHasEndedDoesNotReplaceACrl) {
  AnswerOcsp({.this_update = kNow - absl::Hours(2), .next_update = kNow - absl::Hours(1)});
  const PathStatus status = Ask(unit_);
  EXPECT_EQ(status.verdict, Verdict::kGood) << status.why;
  EXPECT_THAT(status.data.crls_der, SizeIs(2));
}

// Also of the second in which it is asked: who is asked now says that it is over.
TEST_F(PathStatusTest, RevocationOfThisVerySecondCounts) {
  http_.Answer(
      kCaCrlUrl,
      ToString(MakeCrl(ca_, {.this_update = kNow + absl::Seconds(1),
                             .revoked = {{.entity = &unit_, .at = kNow + absl::Seconds(1)}}})));
  const PathStatus status = Ask(unit_);
  EXPECT_EQ(status.verdict, Verdict::kRevoked);
  EXPECT_TRUE(status.data.empty());
}

TEST_F(PathStatusTest, RevokedCaMakesAllBelowWorthless) {
  http_.Answer(kRootCrlUrl, ToString(MakeCrl(root_, {.revoked = {{.entity = &ca_}}})));
  AnswerOcsp({});
  const PathStatus status = Ask(unit_);
  EXPECT_EQ(status.verdict, Verdict::kRevoked);
  EXPECT_THAT(status.why, HasSubstr("certificate 1"));
}

TEST_F(PathStatusTest, CertificateThatIsNoUnitsHasNoGoodStatus) {
  const Entity signer = Issue(ca_, {.extensions = With(SignerExtensions(), Crl(kCaCrlUrl))});
  EXPECT_EQ(Ask(signer).verdict, Verdict::kUnknown);
}

TEST_F(PathStatusTest, ExpiredCertificateHasNoGoodStatus) {
  AnswerOcsp({});
  EXPECT_EQ(Ask(unit_, kNow + absl::Hours(24 * 301)).verdict, Verdict::kUnknown);
}

TEST_F(PathStatusTest, OctetsThatAreNoCertificateHaveNone) {
  const Bytes garbage = ToBytes("garbage");
  const PathStatusRequest request = {.certificate_der = garbage,
                                     .certificates_der = &given_,
                                     .now = kNow,
                                     .stop_at = absl::InfiniteFuture()};
  EXPECT_EQ(AskPathStatus(request, *trust_, *fetcher_).verdict, Verdict::kUnknown);
  EXPECT_THAT(FindPath(request, *trust_, *fetcher_), IsEmpty());
}

TEST_F(PathStatusTest, NothingIsAskedWhenTheTimeIsOver) {
  const Bytes der = unit_.der();
  const PathStatus status = AskPathStatus(
      {.certificate_der = der, .certificates_der = &given_, .now = kNow, .stop_at = absl::Now()},
      *trust_, *fetcher_);
  EXPECT_EQ(status.verdict, Verdict::kUnknown);
  EXPECT_THAT(http_.requests(), IsEmpty());
}

TEST_F(PathStatusTest, PathIsFoundWithoutANetworkWhereItIsGiven) {
  const Bytes der = unit_.der();
  EXPECT_THAT(FindPath({.certificate_der = der,
                        .certificates_der = &given_,
                        .now = kNow,
                        .stop_at = absl::InfiniteFuture()},
                       *trust_, *fetcher_),
              ElementsAre(unit_.der(), ca_.der(), root_.der()));
  EXPECT_THAT(http_.requests(), IsEmpty());
}

}  // namespace
}  // namespace enkrat::validation
