// CRLs: exact octets, what is never signed, and which CRLs of others are believed.
#include "ca/crl.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <sstream>

#include "common/der.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::KeyOfScalar;
using ::enkrat::testing::SoftwareAuthority;
using ::enkrat::testing::SoftwareSigningKey;

std::string Golden(const std::string& name) {
  std::ifstream file(enkrat::testing::SourcePath("tests/golden/revocation/" + name));
  std::ostringstream text;
  text << file.rdbuf();
  std::string hex = text.str();
  std::erase_if(hex, [](char c) { return c == '\n' || c == ' '; });
  return hex;
}

// The issuer of the golden files: nothing in it depends on the run.
StatusIssuer FixedIssuer() {
  const auto key = KeyOfScalar(3);
  return {.der = {},
          .subject_der = FromHex("300d310b300906035504030c025431").value(),
          .key_identifier = Bytes(20, 0xab),
          .key_octets = Bytes(65, 4),
          .public_key = key->public_key(),
          .not_before = absl::FromUnixSeconds(1'700'000'000),
          .not_after = absl::FromUnixSeconds(2'000'000'000)};
}

CrlContent FixedContent() {
  return {.number = 300,
          .this_update = absl::FromUnixSeconds(1'800'000'000),
          .next_update = absl::FromUnixSeconds(1'800'086'400),
          .revoked = {{.serial_number = {0x81, 2, 3},
                       .revoked_at = absl::FromUnixSeconds(1'799'999'999),
                       .reason = 1},
                      {.serial_number = {0, 7},
                       .revoked_at = absl::FromUnixSeconds(1'799'000'000),
                       .reason = kUnspecifiedReason}},
          .expired_since = absl::FromUnixSeconds(1'700'000'000)};
}

class CrlTest : public ::testing::Test {
 protected:
  absl::StatusOr<Bytes> Make(const CrlContent& content) {
    return MakeCrl(issuer_, content, *authority_.issuing_key);
  }
  // A CRL that says what OpenSSL is told to say.
  Bytes Foreign(const std::function<void(X509_CRL*)>& change) {
    const X509CrlPtr crl(X509_CRL_new());
    const X509Ptr certificate = ParseCertificate(authority_.issuing_der).value();
    X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(certificate.get()));
    const Asn1TimePtr from(ASN1_TIME_set(nullptr, 1'800'000'000));
    const Asn1TimePtr to(ASN1_TIME_set(nullptr, 1'800'100'000));
    X509_CRL_set1_lastUpdate(crl.get(), from.get());
    X509_CRL_set1_nextUpdate(crl.get(), to.get());
    change(crl.get());
    X509_CRL_sign(crl.get(), authority_.issuing_key->evp_pkey(), EVP_sha256());
    return EncodeDer<i2d_X509_CRL>(crl.get()).value();
  }
  absl::Status Parse(const Bytes& der) { return ParseCrl(der, issuer_).status(); }

  SoftwareAuthority authority_;
  const StatusIssuer issuer_ = ReadStatusIssuer(authority_.issuing_der).value();
};

TEST_F(CrlTest, OctetsAreThoseOfTheStandard) {
  EXPECT_EQ(ToHex(EncodeTbsCertList(FixedIssuer(), FixedContent())), Golden("crl.tbs.hex"));
}

TEST_F(CrlTest, WithoutRevocationsThereIsNoList) {
  CrlContent content = FixedContent();
  content.revoked.clear();
  content.expired_since = absl::InfinitePast();
  EXPECT_EQ(ToHex(EncodeTbsCertList(FixedIssuer(), content)), Golden("crl_empty.tbs.hex"));
}

TEST_F(CrlTest, WhatIsMadeIsReadBackAndListsWhatItShould) {
  ASSERT_OK_AND_ASSIGN(const Bytes der, Make(FixedContent()));
  ASSERT_OK_AND_ASSIGN(const ReadCrl crl, ParseCrl(der, issuer_));
  EXPECT_EQ(crl.number, 300u);
  EXPECT_TRUE(crl.Lists(Bytes{7}));
  EXPECT_TRUE(crl.Lists(Bytes{0, 0x81, 2, 3}));
  EXPECT_FALSE(crl.Lists(Bytes{8}));
}

TEST_F(CrlTest, OtherKeysSignNothing) {
  const auto other = SoftwareSigningKey::Generate();
  EXPECT_THAT(MakeCrl(issuer_, FixedContent(), *other), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(CrlTest, FailureOfTheKeyIsItsOwn) {
  authority_.issuing_key->FailWith(MakeError(Reason::kHsmUnavailable, "gone"));
  EXPECT_THAT(Make(FixedContent()), FailsWith(Reason::kHsmUnavailable));
}

TEST_F(CrlTest, ContentsThatCannotBeAreNotSigned) {
  const std::function<void(CrlContent&)> kFaults[] = {
      [](CrlContent& c) { c.number = 0; },
      [](CrlContent& c) { c.next_update = c.this_update; },
      [](CrlContent& c) { c.revoked[0].serial_number.clear(); },
      [](CrlContent& c) { c.revoked[0].serial_number = Bytes(21, 1); },
      [](CrlContent& c) { c.revoked[0].serial_number = Bytes(1, 0); },
      [](CrlContent& c) { c.revoked[0].serial_number = {7}; },  // there twice
      [](CrlContent& c) { c.revoked[0].reason = 7; },
      [](CrlContent& c) { c.revoked[0].reason = 8; },
      [](CrlContent& c) { c.revoked[0].reason = 11; },
      [](CrlContent& c) { c.revoked[0].reason = -1; }};
  for (const auto& fault : kFaults) {
    CrlContent content = FixedContent();
    fault(content);
    EXPECT_THAT(Make(content), FailsWith(Reason::kInternal));
  }
  EXPECT_EQ(authority_.issuing_key->signatures(), 0);
}

TEST_F(CrlTest, EveryChangedOctetIsNoticed) {
  ASSERT_OK_AND_ASSIGN(const Bytes der, Make(FixedContent()));
  for (size_t i = 0; i < der.size(); ++i) {
    Bytes changed = der;
    changed[i] ^= 0x01;
    EXPECT_FALSE(Parse(changed).ok()) << "octet " << i;
  }
}

TEST_F(CrlTest, EveryTruncationAndTrailingOctetIsRefused) {
  ASSERT_OK_AND_ASSIGN(Bytes der, Make(FixedContent()));
  for (size_t size = 0; size < der.size(); ++size) {
    EXPECT_THAT(Parse(Bytes(der.begin(), der.begin() + static_cast<long>(size))),
                FailsWith(Reason::kRequestMalformed));
  }
  der.push_back(0);
  EXPECT_THAT(Parse(der), FailsWith(Reason::kRequestMalformed));
}

TEST_F(CrlTest, ForeignCrlOfTheIssuerIsRead) {
  EXPECT_THAT(Parse(Foreign([](X509_CRL*) {})), IsOk());
}

TEST_F(CrlTest, CrlsThatDoNotSpeakOfEverythingAreRefused) {
  const auto with = [&](int nid, const char* value) {
    return Foreign([&](X509_CRL* crl) {
      X509V3_CTX context{};
      X509V3_set_ctx_nodb(&context);
      const X509ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
      ASSERT_NE(extension, nullptr) << value;
      X509_CRL_add_ext(crl, extension.get(), -1);
    });
  };
  EXPECT_THAT(Parse(with(NID_issuing_distribution_point, "critical,onlyuser:TRUE")),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(Parse(with(NID_issuing_distribution_point, "onlysomereasons:keyCompromise")),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(Parse(with(NID_issuing_distribution_point, "critical,indirectCRL:TRUE")),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(CrlTest, CrlOfAnotherIssuerIsRefused) {
  const SoftwareAuthority other;
  const StatusIssuer its = ReadStatusIssuer(other.issuing_der).value();
  ASSERT_OK_AND_ASSIGN(const Bytes same_name, MakeCrl(its, FixedContent(), *other.issuing_key));
  EXPECT_THAT(Parse(same_name), FailsWith(Reason::kRequestMalformed));
  const StatusIssuer root = ReadStatusIssuer(authority_.root_der).value();
  ASSERT_OK_AND_ASSIGN(const Bytes above, MakeCrl(root, FixedContent(), *authority_.root_key));
  EXPECT_THAT(Parse(above), FailsWith(Reason::kRequestMalformed));
}

TEST_F(CrlTest, FilesHoldDerOrPem) {
  ASSERT_OK_AND_ASSIGN(const Bytes der, Make(FixedContent()));
  EXPECT_EQ(CrlDerOf(der).value(), der);
  std::string pem = "-----BEGIN X509 CRL-----\n";
  const std::string text = ToBase64(der);
  for (size_t at = 0; at < text.size(); at += 64) pem += text.substr(at, 64) + "\n";
  pem += "-----END X509 CRL-----\n";
  EXPECT_EQ(CrlDerOf(AsSpan(absl::string_view(pem))).value(), der);
  EXPECT_THAT(CrlDerOf(AsSpan(absl::string_view("garbage"))), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(CrlDerOf(Bytes()), FailsWith(Reason::kRequestMalformed));
}

TEST_F(CrlTest, OnlyCasWithCrlSignAreIssuers) {
  const auto key = SoftwareSigningKey::Generate();
  for (const AuthorityRole role :
       {AuthorityRole::kTimestampingUnit, AuthorityRole::kOcspResponder}) {
    const Bytes der =
        authority_.Make(authority_.Request(role, key->public_key()), *authority_.root_key);
    EXPECT_THAT(ReadStatusIssuer(der), FailsWith(Reason::kConfigurationInvalid));
  }
  EXPECT_THAT(ReadStatusIssuer(Bytes{1, 2}), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(ReadStatusIssuer(authority_.issuing_der, StatusSigner::kOcspResponder),
              FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::ca
