// The issuing CA: golden certificates, and everything that must keep one from being signed.
#include "ca/issuer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <type_traits>

#include "common/der.h"
#include "common/reason.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::AdvancedSpec;
using ::enkrat::testing::AnaNovak;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::KeyOfScalar;
using ::enkrat::testing::MakeProfile;
using ::enkrat::testing::PrintCertificate;
using ::enkrat::testing::QualifiedSpec;
using ::enkrat::testing::SoftwareAuthority;
using ::enkrat::testing::SoftwareSigningKey;
using ::testing::HasSubstr;
using ::testing::Not;

static_assert(!std::is_copy_constructible_v<IssuanceToken>);
static_assert(!std::is_default_constructible_v<IssuanceToken>);

Bytes FixedSerial() { return FromHex("ff0102030405060708090a0b0c0d0e0f").value(); }

std::string ReadGolden(const std::string& name) {
  std::ifstream file(testing::SourcePath("tests/unit/ca/golden/" + name));
  std::ostringstream text;
  text << file.rdbuf();
  std::string content = text.str();
  std::erase(content, '\n');
  return content;
}

class IssuerTest : public ::testing::Test {
 protected:
  std::unique_ptr<Issuer> MakeIssuer() {
    return Issuer::Create({.chain_der = authority_.chain_der(),
                           .clock = &authority_.clock,
                           .serial_source = FixedSerial})
        .value();
  }

  IssuanceRequest Request() {
    return {.profile = &advanced_, .subject = AnaNovak(), .subject_key = &subject_->public_key()};
  }

  SoftwareAuthority authority_ = SoftwareAuthority::Fixed();
  std::unique_ptr<SoftwareSigningKey> subject_ = KeyOfScalar(1);
  Profile advanced_ = MakeProfile(AdvancedSpec());
  Profile qualified_ = MakeProfile(QualifiedSpec());
  std::unique_ptr<Issuer> issuer_ = MakeIssuer();
};

TEST_F(IssuerTest, AdvancedTbsIsTheGoldenOne) {
  ASSERT_OK_AND_ASSIGN(const IssuanceToken token, issuer_->Prepare(Request()));
  EXPECT_EQ(ToHex(token.tbs_der()), ReadGolden("advanced.tbs.hex"));
}

TEST_F(IssuerTest, QualifiedTbsIsTheGoldenOne) {
  IssuanceRequest request = Request();
  request.profile = &qualified_;
  ASSERT_OK_AND_ASSIGN(const IssuanceToken token, issuer_->Prepare(request));
  EXPECT_EQ(ToHex(token.tbs_der()), ReadGolden("qualified.tbs.hex"));
}

TEST_F(IssuerTest, OpenSslReadsTheCertificateAsMeant) {
  ASSERT_OK_AND_ASSIGN(IssuanceToken token, issuer_->Prepare(Request()));
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                       issuer_->Issue(std::move(token), *authority_.issuing_key));
  const std::string text = PrintCertificate(issued.der);
  EXPECT_THAT(text, HasSubstr("Version: 3 (0x2)"));
  EXPECT_THAT(text, HasSubstr("7f:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f"));
  EXPECT_THAT(text, HasSubstr("Issuer: CN=Test Issuing CA,organizationIdentifier=VATSI-12345678,"
                              "O=Test d.o.o.,C=SI"));
  EXPECT_THAT(text, HasSubstr("Not Before: Jan 15 07:59:30 2027 GMT"));
  EXPECT_THAT(text, HasSubstr("Not After : Jan 15 08:15:00 2027 GMT"));
  EXPECT_THAT(text, HasSubstr("Subject: serialNumber=EIDSI-2f6c1b7e90,SN=Žužek Novak,GN=Ana,"
                              "CN=Ana Žužek Novak,C=SI"));
  EXPECT_THAT(text, HasSubstr("X509v3 Key Usage: critical\n                Non Repudiation\n"));
  EXPECT_THAT(text, HasSubstr("Policy: 1.3.6.1.4.1.99999.1.1"));
  EXPECT_THAT(text, HasSubstr("CA Issuers - URI:http://ca.example.com/ca/issuing-ca.cer"));
  EXPECT_THAT(text, HasSubstr("X509v3 No Revocation Available"));
  EXPECT_THAT(text, HasSubstr("0.4.0.194121.2.1"));
  EXPECT_THAT(text, Not(HasSubstr("CRL Distribution")));
  EXPECT_THAT(text, Not(HasSubstr("OCSP")));
  EXPECT_THAT(text, Not(HasSubstr("CA:TRUE")));
}

TEST_F(IssuerTest, IssuedCertificateVerifiesUpToTheRoot) {
  ASSERT_OK_AND_ASSIGN(IssuanceToken token, issuer_->Prepare(Request()));
  const Bytes linted = ToBytes(token.tbs_der());
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                       issuer_->Issue(std::move(token), *authority_.issuing_key));
  EXPECT_THAT(ToHex(issued.der), HasSubstr(ToHex(linted)));
  EXPECT_EQ(issued.serial_number, "7f0102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(issued.fingerprint_sha256, ComputeDigest(DigestAlgorithm::kSha256, issued.der));
  EXPECT_EQ(issued.not_after - issued.not_before, absl::Seconds(930));
  const X509Ptr leaf = ParseCertificate(issued.der).value();
  const X509Ptr issuing = ParseCertificate(authority_.issuing_der).value();
  const X509Ptr root = ParseCertificate(authority_.root_der).value();
  const X509StorePtr store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), root.get());
  STACK_OF(X509)* between = sk_X509_new_null();
  sk_X509_push(between, issuing.get());
  const X509StoreCtxPtr context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), between);
  X509_STORE_CTX_set_time(context.get(), 0, absl::ToTimeT(authority_.clock.Now()));
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_X509_STRICT | X509_V_FLAG_POLICY_CHECK);
  EXPECT_EQ(X509_verify_cert(context.get()), 1)
      << X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
  sk_X509_free(between);
}

TEST_F(IssuerTest, FractionsOfSecondsAreDropped) {
  authority_.clock.Advance(absl::Milliseconds(999));
  ASSERT_OK_AND_ASSIGN(IssuanceToken token, issuer_->Prepare(Request()));
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                       issuer_->Issue(std::move(token), *authority_.issuing_key));
  EXPECT_EQ(issued.not_after, absl::FromUnixSeconds(1'800'000'900));
  EXPECT_EQ(issued.not_before, absl::FromUnixSeconds(1'799'999'970));
}

TEST_F(IssuerTest, SerialNumbersDiffer) {
  ASSERT_OK_AND_ASSIGN(auto issuer, Issuer::Create({.chain_der = authority_.chain_der(),
                                                    .clock = &authority_.clock}));
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    ASSERT_OK_AND_ASSIGN(IssuanceToken token, issuer->Prepare(Request()));
    ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                         issuer->Issue(std::move(token), *authority_.issuing_key));
    EXPECT_EQ(issued.serial_number.size(), 32);
    seen.insert(issued.serial_number);
  }
  EXPECT_EQ(seen.size(), 100);
}

// Else tools would print another number, with or without the zeros, than the one that is recorded.
TEST_F(IssuerTest, SerialNumberHasNoLeadingZeros) {
  ASSERT_OK_AND_ASSIGN(
      auto issuer,
      Issuer::Create(
          {.chain_der = authority_.chain_der(), .clock = &authority_.clock, .serial_source = [] {
             return FromHex("00a90000000000000000000000000001").value();
           }}));
  ASSERT_OK_AND_ASSIGN(IssuanceToken token, issuer->Prepare(Request()));
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                       issuer->Issue(std::move(token), *authority_.issuing_key));
  EXPECT_EQ(issued.serial_number, "40a90000000000000000000000000001");
  EXPECT_THAT(PrintCertificate(issued.der), HasSubstr("40:a9:00:00"));
}

TEST_F(IssuerTest, SerialNumberOfZeroIsRefused) {
  for (const size_t size : {16, 8, 0}) {
    ASSERT_OK_AND_ASSIGN(auto issuer,
                         Issuer::Create({.chain_der = authority_.chain_der(),
                                         .clock = &authority_.clock,
                                         .serial_source = [size] { return Bytes(size, 0); }}));
    EXPECT_THAT(issuer->Prepare(Request()), FailsWith(Reason::kInternal));
  }
}

class IssuerAlgorithmTest : public ::testing::TestWithParam<KeyAlgorithm> {};

TEST_P(IssuerAlgorithmTest, IssuesForEveryAlgorithmOfTheSubject) {
  SoftwareAuthority authority(GetParam());
  const Profile profile = MakeProfile(AdvancedSpec());
  ASSERT_OK_AND_ASSIGN(
      auto issuer, Issuer::Create({.chain_der = authority.chain_der(), .clock = &authority.clock}));
  for (const KeyAlgorithm each :
       {KeyAlgorithm::kEcdsaP256, KeyAlgorithm::kEcdsaP384, KeyAlgorithm::kRsaPss3072}) {
    const auto subject = SoftwareSigningKey::Generate(each);
    ASSERT_OK_AND_ASSIGN(
        IssuanceToken token,
        issuer->Prepare(
            {.profile = &profile, .subject = AnaNovak(), .subject_key = &subject->public_key()}));
    ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                         issuer->Issue(std::move(token), *authority.issuing_key));
    const X509Ptr parsed = ParseCertificate(issued.der).value();
    EXPECT_EQ(X509_verify(parsed.get(), issuer->public_key().evp_pkey()), 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Algorithms, IssuerAlgorithmTest,
                         ::testing::Values(KeyAlgorithm::kEcdsaP256, KeyAlgorithm::kEcdsaP384,
                                           KeyAlgorithm::kRsaPss3072));

TEST_F(IssuerTest, TokenSignsOnce) {
  ASSERT_OK_AND_ASSIGN(IssuanceToken token, issuer_->Prepare(Request()));
  ASSERT_THAT(issuer_->Issue(std::move(token), *authority_.issuing_key), IsOk());
  // NOLINTNEXTLINE(bugprone-use-after-move): that is the test.
  EXPECT_THAT(issuer_->Issue(std::move(token), *authority_.issuing_key),
              FailsWith(Reason::kInternal));
  EXPECT_EQ(authority_.issuing_key->signatures(), 1);
}

TEST_F(IssuerTest, TokenIsSpentByAFailedSignature) {
  ASSERT_OK_AND_ASSIGN(IssuanceToken token, issuer_->Prepare(Request()));
  authority_.issuing_key->FailWith(MakeError(Reason::kHsmUnavailable, "gone"));
  EXPECT_THAT(issuer_->Issue(std::move(token), *authority_.issuing_key),
              FailsWith(Reason::kHsmUnavailable));
  authority_.issuing_key->FailWith(absl::OkStatus());
  // NOLINTNEXTLINE(bugprone-use-after-move): that is the test.
  EXPECT_THAT(issuer_->Issue(std::move(token), *authority_.issuing_key),
              FailsWith(Reason::kInternal));
}

TEST_F(IssuerTest, MovedTokenSignsAtItsNewPlaceOnly) {
  ASSERT_OK_AND_ASSIGN(IssuanceToken token, issuer_->Prepare(Request()));
  IssuanceToken moved = std::move(token);
  // NOLINTNEXTLINE(bugprone-use-after-move): that is the test.
  EXPECT_THAT(issuer_->Issue(std::move(token), *authority_.issuing_key),
              FailsWith(Reason::kInternal));
  EXPECT_THAT(issuer_->Issue(std::move(moved), *authority_.issuing_key), IsOk());
}

TEST_F(IssuerTest, TokenOfAnotherIssuerIsRefused) {
  const auto other = MakeIssuer();
  ASSERT_OK_AND_ASSIGN(IssuanceToken token, other->Prepare(Request()));
  EXPECT_THAT(issuer_->Issue(std::move(token), *authority_.issuing_key),
              FailsWith(Reason::kInternal));
  EXPECT_EQ(authority_.issuing_key->signatures(), 0);
}

TEST_F(IssuerTest, TokenOlderThanItsCertificateIsRefused) {
  ASSERT_OK_AND_ASSIGN(IssuanceToken token, issuer_->Prepare(Request()));
  authority_.clock.Advance(absl::Minutes(15));
  EXPECT_THAT(issuer_->Issue(std::move(token), *authority_.issuing_key),
              FailsWith(Reason::kInternal));
}

TEST_F(IssuerTest, KeyOfAnotherChainIsRefusedBeforeItSigns) {
  ASSERT_OK_AND_ASSIGN(IssuanceToken token, issuer_->Prepare(Request()));
  EXPECT_THAT(issuer_->Issue(std::move(token), *authority_.root_key),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(authority_.root_key->signatures(), 2);  // root and issuing CA
}

// Claims to be the CA's key and answers what it is told to.
class LyingKey final : public SigningKey {
 public:
  LyingKey(const PublicKey& public_key, Bytes answer)
      : public_key_(public_key), answer_(std::move(answer)) {}
  const PublicKey& public_key() const override { return public_key_; }
  absl::StatusOr<Bytes> SignDigest(DigestAlgorithm, ByteSpan) override { return answer_; }

 private:
  PublicKey public_key_;
  Bytes answer_;
};

TEST_F(IssuerTest, AnswersOfTheTokenThatAreNoSignatureAreWithheld) {
  const Bytes other_digest(32, 0x11);
  const Bytes of_other_digest =
      authority_.issuing_key->SignDigest(DigestAlgorithm::kSha256, other_digest).value();
  for (const Bytes& answer :
       {Bytes(), Bytes(1, 0), Bytes(64, 0x55), Bytes(1 << 16, 0x30), of_other_digest}) {
    LyingKey key(issuer_->public_key(), answer);
    ASSERT_OK_AND_ASSIGN(IssuanceToken token, issuer_->Prepare(Request()));
    EXPECT_THAT(issuer_->Issue(std::move(token), key),
                FailsWith(Reason::kSignatureSelfCheckFailed));
  }
}

TEST_F(IssuerTest, HostileSubjectGetsNoToken) {
  IssuanceRequest request = Request();
  request.subject.surname = std::string("Novak\0", 6);
  EXPECT_THAT(issuer_->Prepare(request), FailsWith(Reason::kRequestMalformed));
}

TEST_F(IssuerTest, KeyOfTheCaItselfIsNotCertified) {
  IssuanceRequest request = Request();
  request.subject_key = &authority_.issuing_key->public_key();
  const auto result = issuer_->Prepare(request);
  EXPECT_THAT(result, FailsWith(Reason::kLintFailed));
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("subject_key"));
}

TEST_F(IssuerTest, RequestWithoutProfileOrKeyIsADefectOfOurs) {
  IssuanceRequest request = Request();
  request.profile = nullptr;
  EXPECT_THAT(issuer_->Prepare(request), FailsWith(Reason::kInternal));
  request = Request();
  request.subject_key = nullptr;
  EXPECT_THAT(issuer_->Prepare(request), FailsWith(Reason::kInternal));
}

TEST_F(IssuerTest, WeakKeyCannotEvenBeARequest) {
  const EvpPkeyPtr weak(EVP_RSA_gen(2048));
  EXPECT_THAT(PublicKey::FromSpki(EncodeDer<i2d_PUBKEY>(weak.get()).value()),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(IssuerTest, CertificateMayEndWithTheCaAndNotLater) {
  const absl::Time end = authority_.clock.Now() - absl::Hours(24) + absl::Hours(24 * 3650);
  authority_.clock.Step(end - absl::Minutes(15) - authority_.clock.Now());
  EXPECT_THAT(issuer_->Prepare(Request()), IsOk());
  authority_.clock.Advance(absl::Seconds(1));
  EXPECT_THAT(issuer_->Prepare(Request()), FailsWith(Reason::kProfileRejected));
  authority_.clock.Advance(absl::Hours(1));
  EXPECT_THAT(issuer_->Prepare(Request()), FailsWith(Reason::kProfileRejected));
}

}  // namespace
}  // namespace enkrat::ca
