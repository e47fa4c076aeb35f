// Signatures in which somebody changed something: each region by name, then every octet.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ades/signed_message.h"
#include "common/der.h"
#include "common/der_reader.h"
#include "common/der_tag.h"
#include "tests/unit/validation/signature_fixture.h"
#include "validation/timestamp_token.h"

namespace enkrat::validation::testing {
namespace {

using ades::testing::MakeSignature;

// Where `part` stands in `whole`, once.
size_t PositionOf(const Bytes& whole, ByteSpan part) {
  const auto at = std::search(whole.begin(), whole.end(), part.begin(), part.end());
  EXPECT_NE(at, whole.end());
  return static_cast<size_t>(at - whole.begin());
}

struct Parts {
  Bytes signature_value;
  Bytes token;
};

Parts PartsOf(const Bytes& cms) {
  const ades::SignedMessage message = ades::SignedMessage::Parse(cms).value();
  return {.signature_value = ToBytes(message.signature_value()),
          .token = message.UnsignedValues(OBJ_nid2obj(NID_id_smime_aa_timeStampToken)).front()};
}

class TamperingTest : public SignatureValidation {
 protected:
  // The last octet of `part` is flipped, wherever it stands.
  std::string Without(ByteSpan part) {
    Bytes cms = signature_;
    cms[PositionOf(cms, part) + part.size() - 1] ^= 0x01;
    const absl::StatusOr<Report> report = Try(cms, {});
    return report.ok() ? Said(report->conclusion) : "unreadable";
  }
  const Bytes signature_ = MakeSignature(Pki());
  const Parts parts_ = PartsOf(signature_);
};

TEST_F(TamperingTest, MessageDigestAttribute) {
  EXPECT_EQ(Without(ComputeDigest(DigestAlgorithm::kSha256, AsSpan(kDocument))),
            "TOTAL_FAILED/HASH_FAILURE");
}

TEST_F(TamperingTest, SigningTimeAttribute) {
  EXPECT_EQ(Without(AsSpan("270115080000Z")), "TOTAL_FAILED/SIG_CRYPTO_FAILURE");
}

TEST_F(TamperingTest, SigningCertificateAttribute) {
  EXPECT_EQ(Without(ComputeDigest(DigestAlgorithm::kSha256, Pki().signer.certificate_der)),
            "TOTAL_FAILED/SIG_CRYPTO_FAILURE");
}

TEST_F(TamperingTest, SignatureValue) {
  // The timestamp is over it as well.
  EXPECT_EQ(Without(parts_.signature_value), "TOTAL_FAILED/SIG_CRYPTO_FAILURE");
}

TEST_F(TamperingTest, SignersCertificate) {
  const std::string said = Without(Pki().signer.certificate_der);
  EXPECT_NE(said, "TOTAL_PASSED");
}

TEST_F(TamperingTest, IssuersCertificate) {
  EXPECT_EQ(Without(Pki().issuing_ca.certificate_der), "INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND");
}

TEST_F(TamperingTest, TimestampImprint) {
  const TimestampToken token = OpenTimestampToken(parts_.token).value();
  EXPECT_EQ(Without(token.imprint), "INDETERMINATE/SIG_CONSTRAINTS_FAILURE");
}

TEST_F(TamperingTest, TimestampTime) {
  EXPECT_EQ(Without(AsSpan("20270115080001")), "INDETERMINATE/SIG_CONSTRAINTS_FAILURE");
}

TEST_F(TamperingTest, TimestampSignature) {
  const TimestampToken token = OpenTimestampToken(parts_.token).value();
  EXPECT_EQ(Without(token.message.signature_value()), "INDETERMINATE/SIG_CONSTRAINTS_FAILURE");
}

TEST_F(TamperingTest, TimestampTakenAwayMakesAnExpiredCertificateIndeterminate) {
  clock_.Advance(absl::Hours(24));
  CmsPtr cms = DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(signature_).value();
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms.get()), 0);
  X509_ATTRIBUTE_free(CMS_unsigned_delete_attr(signer, 0));
  EXPECT_EQ(Said(ValidateOne(EncodeDer<i2d_CMS_ContentInfo>(cms.get()).value()).conclusion),
            "INDETERMINATE/OUT_OF_BOUNDS_NOT_REVOKED");
}

// What a CMS does not protect (docs/validation.md): versions, the list of digest algorithms beside
// the signers, certificates that no chain needs, and the encoding of algorithm parameters.
std::vector<std::pair<size_t, size_t>> UnprotectedIn(const Bytes& cms, size_t begin) {
  std::vector<std::pair<size_t, size_t>> regions;
  const auto add = [&](ByteSpan part) {
    const size_t at = begin + static_cast<size_t>(part.data() - cms.data());
    regions.emplace_back(at, at + part.size());
  };
  DerReader outer(*OnlyElement(cms, der_tag::kSequence));
  outer.Take(der_tag::kObjectIdentifier);
  DerReader fields(*OnlyElement(outer.Take(der_tag::Constructed(0))->content, der_tag::kSequence));
  add(fields.Take(der_tag::kInteger)->whole);
  add(fields.Take(der_tag::kSet)->whole);
  fields.Take(der_tag::kSequence);
  fields.Take(der_tag::Constructed(0));
  DerReader signer(*OnlyElement(fields.Take(der_tag::kSet)->content, der_tag::kSequence));
  add(signer.Take(der_tag::kInteger)->whole);
  signer.Take(der_tag::kSequence);
  DerReader digest(signer.Take(der_tag::kSequence)->content);
  digest.Take(der_tag::kObjectIdentifier);
  if (const auto parameters = digest.TakeAny()) add(parameters->whole);
  return regions;
}

// Every fourth octet from the parameter on: four tests, which may run at once.
class EveryOctetTest : public TamperingTest, public ::testing::WithParamInterface<size_t> {};

INSTANTIATE_TEST_SUITE_P(Quarters, EveryOctetTest, ::testing::Range(size_t{0}, size_t{4}));

TEST_P(EveryOctetTest, CannotBeChangedIfItIsProtected) {
  clock_.Advance(absl::Hours(24 * 30));
  std::vector<std::pair<size_t, size_t>> unprotected = UnprotectedIn(signature_, 0);
  const size_t token_at = PositionOf(signature_, parts_.token);
  for (const auto& region : UnprotectedIn(parts_.token, token_at)) unprotected.push_back(region);
  std::vector<size_t> changed;
  for (size_t i = GetParam(); i < signature_.size(); i += 4) {
    const bool free = std::any_of(unprotected.begin(), unprotected.end(), [&](const auto& region) {
      return region.first <= i && i < region.second;
    });
    Bytes cms = signature_;
    cms[i] ^= 0x01;
    const absl::StatusOr<Report> report = Try(cms, {});
    if (!report.ok() || !report->conclusion.passed()) continue;
    EXPECT_EQ(report->signatures.at(0).signer_name, "Test Signer");
    EXPECT_EQ(report->signatures.at(0).proven_at, TestNow() + absl::Seconds(1));
    if (!free) changed.push_back(i);
  }
  EXPECT_TRUE(changed.empty()) << ::testing::PrintToString(changed) << " in " << ToHex(signature_);
}

}  // namespace
}  // namespace enkrat::validation::testing
