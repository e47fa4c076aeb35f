// Tokens of strangers: read by ParseToken, believed only by TokenVerifier.
#include "tsa/token_verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"
#include "tests/unit/tsa/foreign_tsa.h"
#include "tests/unit/tsa/openssl_view.h"
#include "tests/unit/tsa/unit_fixture.h"
#include "tsa/response.h"

namespace enkrat::tsa {
namespace {

using ::enkrat::testing::CertificateOptions;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::kEkuEmailProtection;
using ::enkrat::testing::kEkuTimeStamping;
using ::enkrat::testing::TestAuthority;

const absl::Time kNow = testing::FakeClock().Now();

class TokenVerifierTest : public ::testing::Test {
 protected:
  absl::StatusOr<Token> Verify(ByteSpan token_der) { return verifier_->Verify(token_der); }

  TestAuthority authority_;
  std::unique_ptr<TokenVerifier> verifier_ = TokenVerifier::Create({authority_.root_der()}).value();
};

TEST_F(TokenVerifierTest, TokenOfOpenSslsTsaIsBelieved) {
  const ForeignTsa tsa(authority_, {});
  ASSERT_OK_AND_ASSIGN(const Token token, Verify(tsa.Token(OpenSslRequest())));
  EXPECT_EQ(token.gen_time, kNow);
  EXPECT_EQ(token.policy_oid, "1.2.3.4.1");
  EXPECT_EQ(token.serial_number, "2a");
  EXPECT_EQ(token.imprint.digest, Bytes(32, 0xd1));
  EXPECT_EQ(ToHex(token.nonce), "123456789abcdef0");
  EXPECT_EQ(token.signer_certificate_der, tsa.certificate_der());
}

TEST_F(TokenVerifierTest, CertificateThatIsNoUnitsIsNotBelieved) {
  const CertificateOptions wrong[] = {
      {.extended_key_usage = {kEkuTimeStamping, kEkuEmailProtection}},
      {.extended_key_usage_critical = false},
      {.key_usage = "digitalSignature,keyEncipherment"},
      {.key_usage = ""},
  };
  for (const CertificateOptions& options : wrong) {
    const ForeignTsa tsa(authority_, options);
    EXPECT_THAT(Verify(tsa.Token(OpenSslRequest())), FailsWith(Reason::kRequestMalformed));
  }
}

TEST_F(TokenVerifierTest, CertificateExpiredAtGenTimeIsNotBelieved) {
  const ForeignTsa tsa(authority_, {.not_after = kNow - absl::Seconds(1)});
  EXPECT_THAT(Verify(tsa.Token(OpenSslRequest())), FailsWith(Reason::kRequestMalformed));
}

TEST_F(TokenVerifierTest, CertificateNotYetValidAtGenTimeIsNotBelieved) {
  const ForeignTsa tsa(authority_, {.not_before = kNow + absl::Seconds(1)});
  EXPECT_THAT(Verify(tsa.Token(OpenSslRequest())), FailsWith(Reason::kRequestMalformed));
}

TEST_F(TokenVerifierTest, UnknownRootIsNotBelieved) {
  const TestAuthority stranger;
  const ForeignTsa tsa(stranger, {});
  EXPECT_THAT(Verify(tsa.Token(OpenSslRequest())), FailsWith(Reason::kRequestMalformed));
}

TEST_F(TokenVerifierTest, TokenWithoutCertificatesIsNotBelieved) {
  const ForeignTsa tsa(authority_, {});
  EXPECT_THAT(Verify(tsa.Token(OpenSslRequest({.cert_req = false}))),
              FailsWith(Reason::kRequestMalformed));
}

// RFC 5816 allows it; EN 319 422 5.2.2 does not.
TEST_F(TokenVerifierTest, EssCertIdWithSha1IsNotBelieved) {
  const ForeignTsa tsa(authority_, {}, {.ess_digest = EVP_sha1()});
  EXPECT_THAT(Verify(tsa.Token(OpenSslRequest())), FailsWith(Reason::kRequestMalformed));
}

TEST_F(TokenVerifierTest, SignatureOverSha1IsNotBelieved) {
  const ForeignTsa tsa(authority_, {}, {.signer_digest = EVP_sha1()});
  EXPECT_THAT(Verify(tsa.Token(OpenSslRequest())), FailsWith(Reason::kRequestMalformed));
}

TEST_F(TokenVerifierTest, EveryOctetOfATokenMatters) {
  UnitFixture fixture({}, {});
  const auto unit = fixture.MakeUnit();
  const Bytes token = unit->Stamp(ImprintOf(), fixture.key())->token_der;
  ASSERT_OK_AND_ASSIGN(const auto verifier, TokenVerifier::Create({fixture.authority.root_der()}));
  const absl::StatusOr<Token> honest = verifier->Verify(token);
  ASSERT_THAT(honest, IsOk());
  for (size_t at = 0; at < token.size(); ++at) {
    Bytes changed = token;
    changed[at] ^= 0x01;
    const absl::StatusOr<Token> read = verifier->Verify(changed);
    if (!read.ok()) continue;
    // Unsigned corners of the envelope may differ; what the token states may not.
    EXPECT_EQ(read->gen_time, honest->gen_time) << at;
    EXPECT_EQ(read->serial_number, honest->serial_number) << at;
    EXPECT_EQ(read->imprint.digest, honest->imprint.digest) << at;
    EXPECT_EQ(read->signer_certificate_der, honest->signer_certificate_der) << at;
  }
}

TEST_F(TokenVerifierTest, WhatIsNoTokenIsNotRead) {
  const ForeignTsa tsa(authority_, {});
  const Bytes token = tsa.Token(OpenSslRequest());
  Bytes longer = token;
  longer.push_back(0x00);
  EXPECT_THAT(ParseToken(longer), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseToken({}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseToken(ToBytes("token")), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseToken(authority_.root_der()), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseToken(Bytes(kMaxTokenSize + 1, 0x30)), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseToken(RejectionResponse(FailureInfo::kBadAlg)),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(TokenVerifierTest, EveryPrefixOfATokenIsNotRead) {
  const Bytes token = ForeignTsa(authority_, {}).Token(OpenSslRequest());
  for (size_t size = 0; size < token.size(); ++size) {
    EXPECT_FALSE(ParseToken(ByteSpan(token).subspan(0, size)).ok()) << size;
  }
}

TEST(TokenVerifierCreate, RootsThatCannotBeAreRefused) {
  EXPECT_THAT(TokenVerifier::Create({}), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(TokenVerifier::Create({ToBytes("root")}), FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::tsa
