// The self-check of a finished CMS notices every part that is not what was meant.
#include "ades/signed_data_comparison.h"

#include <gtest/gtest.h>

#include "ades/cades_signature.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ades/signature_maker.h"

namespace enkrat::ades {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

class SignedDataComparisonTest : public ::testing::Test {
 protected:
  SignedDataComparisonTest() {
    const testing::TestPki pki = testing::TestPki::Make();
    const CadesSignature signature =
        CadesSignature::Prepare({.document_digest = Bytes(32),
                                 .signer_certificate_der = pki.signer.certificate_der,
                                 .signer_key = &pki.signer.key->public_key(),
                                 .signing_time = testing::TestNow()})
            .value();
    certificates_ = {pki.signer.certificate_der, pki.issuing_ca.certificate_der};
    cms_ = signature.Assemble(value_, {pki.issuing_ca.certificate_der}, token_).value();
    const Bytes attributes = FindSignedAttributes();
    attributes_ = attributes;
  }

  // The [0] of the SignerInfo stands in front of signatureAlgorithm and the signature value.
  Bytes FindSignedAttributes() const {
    for (size_t at = 0; at < cms_.size(); ++at) {
      for (size_t size = 100; size < 400 && at + size <= cms_.size(); ++size) {
        Bytes candidate(cms_.begin() + at, cms_.begin() + at + size);
        if (candidate[0] != 0xa0) break;
        candidate[0] = 0x31;
        ExpectedSignedData expected = Expected();
        expected.signed_attributes_der = candidate;
        if (CheckSignedData(cms_, expected).ok()) return candidate;
      }
    }
    return {};
  }

  ExpectedSignedData Expected() const {
    return {.signed_attributes_der = attributes_,
            .signature_value = value_,
            .certificates_der = &certificates_,
            .timestamp_token_der = token_};
  }

  const Bytes value_ = {9, 8, 7};
  const Bytes token_ = {0x30, 0x03, 0x02, 0x01, 0x05};
  std::vector<Bytes> certificates_;
  Bytes attributes_;
  Bytes cms_;
};

TEST_F(SignedDataComparisonTest, WhatWasMeantIsAccepted) {
  EXPECT_THAT(CheckSignedData(cms_, Expected()), IsOk());
}

TEST_F(SignedDataComparisonTest, OtherSignedAttributesAreNoticed) {
  ASSERT_FALSE(attributes_.empty());
  attributes_.back() ^= 1;
  EXPECT_THAT(CheckSignedData(cms_, Expected()), FailsWith(Reason::kSignatureSelfCheckFailed));
}

TEST_F(SignedDataComparisonTest, OtherSignatureValueIsNoticed) {
  ExpectedSignedData expected = Expected();
  const Bytes other = {9, 8, 6};
  expected.signature_value = other;
  EXPECT_THAT(CheckSignedData(cms_, expected), FailsWith(Reason::kSignatureSelfCheckFailed));
}

TEST_F(SignedDataComparisonTest, MissingMoreAndOtherCertificatesAreNoticed) {
  const Bytes last = certificates_.back();
  certificates_.pop_back();
  EXPECT_THAT(CheckSignedData(cms_, Expected()), FailsWith(Reason::kSignatureSelfCheckFailed));
  certificates_.push_back(last);
  certificates_.push_back(last);
  EXPECT_THAT(CheckSignedData(cms_, Expected()), FailsWith(Reason::kSignatureSelfCheckFailed));
  certificates_.pop_back();
  certificates_.back().back() ^= 1;
  EXPECT_THAT(CheckSignedData(cms_, Expected()), FailsWith(Reason::kSignatureSelfCheckFailed));
}

TEST_F(SignedDataComparisonTest, OtherOrUnexpectedTimestampIsNoticed) {
  ExpectedSignedData expected = Expected();
  expected.timestamp_token_der = std::nullopt;
  EXPECT_THAT(CheckSignedData(cms_, expected), FailsWith(Reason::kSignatureSelfCheckFailed));
  const Bytes other = {0x30, 0x03, 0x02, 0x01, 0x06};
  expected.timestamp_token_der = other;
  EXPECT_THAT(CheckSignedData(cms_, expected), FailsWith(Reason::kSignatureSelfCheckFailed));
}

TEST_F(SignedDataComparisonTest, TruncatedAndExtendedOctetsAreNoticed) {
  for (size_t size = 0; size < cms_.size(); size += 7) {
    EXPECT_FALSE(CheckSignedData(ByteSpan(cms_).first(size), Expected()).ok()) << size;
  }
  cms_.push_back(0);
  EXPECT_THAT(CheckSignedData(cms_, Expected()), FailsWith(Reason::kSignatureSelfCheckFailed));
}

}  // namespace
}  // namespace enkrat::ades
