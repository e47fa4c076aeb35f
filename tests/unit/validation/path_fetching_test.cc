// What is fetched, from where, and what is then believed.
#include <functional>
#include <map>

#include "absl/time/clock.h"
#include "common/der.h"
#include "common/reason.h"
#include "tests/unit/validation/path_test_case.h"

namespace enkrat::validation {
namespace {

using OcspRequestPtr = std::unique_ptr<OCSP_REQUEST, OpenSslDeleter<OCSP_REQUEST_free>>;

// Answers from a table; counts.
class FakeRevocationFetcher final : public RevocationFetcher {
 public:
  absl::StatusOr<std::vector<Bytes>> FetchIssuers(const std::string& url, absl::Time) override {
    asked.push_back(url);
    if (const auto found = issuers.find(url); found != issuers.end()) return found->second;
    return MakeError(Reason::kInternal, "nobody there");
  }
  absl::StatusOr<Bytes> FetchCrl(const std::string& url, absl::Time) override {
    asked.push_back(url);
    if (const auto found = crls.find(url); found != crls.end()) return found->second;
    return MakeError(Reason::kInternal, "nobody there");
  }
  absl::StatusOr<Bytes> FetchOcsp(const std::string& url, ByteSpan request_der,
                                  absl::Time) override {
    asked.push_back(url);
    if (const auto found = ocsp.find(url); found != ocsp.end()) return found->second(request_der);
    return MakeError(Reason::kInternal, "nobody there");
  }

  std::map<std::string, std::vector<Bytes>> issuers;
  std::map<std::string, Bytes> crls;
  std::map<std::string, std::function<Bytes(ByteSpan)>> ocsp;
  std::vector<std::string> asked;
};

constexpr char kCrlUrl[] = "http://pki.example/ca.crl";
constexpr char kOcspUrl[] = "http://pki.example/ocsp";
constexpr char kIssuerUrl[] = "http://pki.example/ca.cer";

class PathFetchingTest : public PathTestCase {
 protected:
  PathFetchingTest() { fetcher_ = &fake_; }

  // The signer names its places; nothing but the root's CRL and the CA is given.
  Judged Fetching(const Extensions& places) const {
    Judged judged = SignerWith({root_crl_});
    judged.certificate = Issue(ca_, {.extensions = With(SignerExtensions(), places)});
    return judged;
  }
  static Extensions Ocsp() {
    return {{"authorityInfoAccess", std::string("OCSP;URI:") + kOcspUrl}};
  }
  static Extensions Crl() { return {{"crlDistributionPoints", std::string("URI:") + kCrlUrl}}; }
  static Bytes NonceOf(ByteSpan request_der) {
    const auto request = DecodeDer<OcspRequestPtr, d2i_OCSP_REQUEST>(request_der);
    const int at = OCSP_REQUEST_get_ext_by_NID(request->get(), NID_id_pkix_OCSP_Nonce, -1);
    if (at < 0) return {};
    const ASN1_OCTET_STRING* value =
        X509_EXTENSION_get_data(OCSP_REQUEST_get_ext(request->get(), at));
    // An OCTET STRING within.
    return Bytes(ASN1_STRING_get0_data(value) + 2,
                 ASN1_STRING_get0_data(value) + ASN1_STRING_length(value));
  }

  FakeRevocationFetcher fake_;
};

TEST_F(PathFetchingTest, CrlIsFetchedWhereTheCertificateSays) {
  fake_.crls[kCrlUrl] = ca_crl_;
  const PathResult result = Judge(Fetching(Crl()));
  EXPECT_THAT(result, Passes());
  EXPECT_THAT(result.chain[0].revocation_source, ::testing::HasSubstr("fetched"));
  EXPECT_THAT(result.used.crls_der, ::testing::Contains(ca_crl_));
}

TEST_F(PathFetchingTest, OcspIsAskedFirstWithANonceOf32Octets) {
  Judged judged = Fetching(With(Ocsp(), Crl()));
  size_t nonce_size = 0;
  fake_.ocsp[kOcspUrl] = [&](ByteSpan request) {
    nonce_size = NonceOf(request).size();
    return MakeOcsp(judged.certificate, ca_, {.this_update = kNow, .nonce = NonceOf(request)});
  };
  EXPECT_THAT(Judge(judged), Passes());
  EXPECT_EQ(nonce_size, 32u);
  EXPECT_THAT(fake_.asked, ::testing::ElementsAre(kOcspUrl));
}

TEST_F(PathFetchingTest, ResponseWithoutANonceIsBelieved) {
  Judged judged = Fetching(Ocsp());
  fake_.ocsp[kOcspUrl] = [&](ByteSpan) { return MakeOcsp(judged.certificate, ca_); };
  EXPECT_THAT(Judge(judged), Passes());
}

TEST_F(PathFetchingTest, ResponseWithAnotherNonceIsNot) {
  Judged judged = Fetching(Ocsp());
  fake_.ocsp[kOcspUrl] = [&](ByteSpan request) {
    Bytes nonce = NonceOf(request);
    nonce.back() ^= 1;
    return MakeOcsp(judged.certificate, ca_, {.nonce = nonce});
  };
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kTryLater));
}

TEST_F(PathFetchingTest, CrlIsAskedWhenTheResponderDoesNotKnow) {
  Judged judged = Fetching(With(Ocsp(), Crl()));
  fake_.ocsp[kOcspUrl] = [&](ByteSpan) {
    return MakeOcsp(judged.certificate, ca_, {.status = V_OCSP_CERTSTATUS_UNKNOWN});
  };
  fake_.crls[kCrlUrl] = ca_crl_;
  EXPECT_THAT(Judge(judged), Passes());
}

TEST_F(PathFetchingTest, FetchedRevocationPrevailsOverGivenDataFromBeforeTheSignature) {
  Judged judged = Fetching(Crl());
  judged.given.crls_der.push_back(ca_crl_);
  fake_.crls[kCrlUrl] =
      MakeCrl(ca_, {.revoked = {{.entity = &judged.certificate, .at = kNow - absl::Minutes(1)}}});
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kRevokedNoPoe));
}

TEST_F(PathFetchingTest, GivenDataFromBeforeTheSignatureServesWhenNobodyAnswers) {
  Judged judged = Fetching(Crl());
  judged.given.crls_der.push_back(ca_crl_);
  EXPECT_THAT(Judge(judged), Passes());
  EXPECT_THAT(fake_.asked, ::testing::ElementsAre(kCrlUrl));
}

TEST_F(PathFetchingTest, NothingIsFetchedWhenGivenDataIsFromAfterTheSignature) {
  Judged judged = Fetching(With(Ocsp(), Crl()));
  judged.given.crls_der.push_back(ca_crl_);
  judged.proven = kNow - absl::Hours(1);
  EXPECT_THAT(Judge(judged), Passes());
  EXPECT_THAT(fake_.asked, ::testing::IsEmpty());
}

TEST_F(PathFetchingTest, NothingIsFetchedForAnExcusedSigner) {
  Judged judged = Fetching(With(Crl(), {{"2.5.29.56", "DER:0500"}}));
  EXPECT_THAT(Judge(judged), Passes());
  EXPECT_THAT(fake_.asked, ::testing::IsEmpty());
}

TEST_F(PathFetchingTest, MissingIssuerIsFetched) {
  Judged judged = Fetching({{"authorityInfoAccess", std::string("caIssuers;URI:") + kIssuerUrl}});
  judged.given = {.crls_der = {root_crl_, ca_crl_}};
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kNoCertificateChainFound));
  fake_.issuers[kIssuerUrl] = {Bytes{1, 2, 3}, ca_.der()};
  const PathResult result = Judge(judged);
  EXPECT_THAT(result, Passes());
  EXPECT_THAT(result.used.certificates_der, ::testing::Contains(ca_.der()));
}

TEST_F(PathFetchingTest, FetchedIssuerThatDidNotIssueIsNoIssuer) {
  Judged judged = Fetching({{"authorityInfoAccess", std::string("caIssuers;URI:") + kIssuerUrl}});
  judged.given = {.crls_der = {root_crl_, ca_crl_}};
  fake_.issuers[kIssuerUrl] = {IssueCa(root_, "CA").der()};
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kNoCertificateChainFound));
}

TEST_F(PathFetchingTest, OtherSchemesAreNotAsked) {
  EXPECT_THAT(Judge(Fetching({{"crlDistributionPoints",
                               "URI:ldap://pki.example/ca,URI:file:///etc/passwd,URI:ftp://a/b"}})),
              IsIndeterminate(SubIndication::kTryLater));
  EXPECT_THAT(fake_.asked, ::testing::IsEmpty());
}

TEST_F(PathFetchingTest, AtMostFourPlacesAreAsked) {
  std::string places;
  for (int i = 0; i < 20; ++i) {
    places += (i ? ",URI:http://pki.example/" : "URI:http://pki.example/") + std::to_string(i);
  }
  EXPECT_THAT(Judge(Fetching({{"crlDistributionPoints", places}})),
              IsIndeterminate(SubIndication::kTryLater));
  EXPECT_EQ(fake_.asked.size(), 4u);
}

TEST_F(PathFetchingTest, NothingIsFetchedAfterTheTimeIsOver) {
  Judged judged = Fetching(With(Ocsp(), Crl()));
  judged.stop_at = absl::Now() - absl::Seconds(1);
  EXPECT_THAT(Judge(judged), IsIndeterminate(SubIndication::kTryLater));
  EXPECT_THAT(fake_.asked, ::testing::IsEmpty());
}

}  // namespace
}  // namespace enkrat::validation
