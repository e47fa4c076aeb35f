// Archive timestamps prove of the revocation data that they are over, and of no other, that it was
// there.
#include "ades/cades_augmentation.h"
#include "ades/signed_data_layout.h"
#include "common/cms_oid.h"
#include "common/der_writer.h"
#include "tests/support/openssl_timestamp_authority.h"
#include "tests/unit/validation/signature_fixture.h"

namespace enkrat::validation::testing {
namespace {

using ades::SignedDataLayout;
using ades::testing::Identity;
using ades::testing::MakeIdentity;
using ades::testing::MakeSignature;

const absl::Duration kYear = absl::Hours(24 * 365);

// Six years after a signature whose CAs lived for five; archived in time by somebody who is there
// still.
class ValidationDataProofTest : public SignatureValidation {
 protected:
  ValidationDataProofTest() { clock_.Advance(6 * kYear); }

  static Identity Lasting(const char* name, uint64_t serial_number,
                          const ades::testing::Extensions& extensions, const Identity* issuer) {
    return MakeIdentity({.common_name = name,
                         .serial_number = serial_number,
                         .not_before = TestNow() - kYear,
                         .not_after = TestNow() + 20 * kYear,
                         .extensions = extensions},
                        issuer);
  }
  static Bytes WithRevocations(const Bytes& cms, const std::vector<Bytes>& more) {
    SignedDataLayout layout = SignedDataLayout::Read(cms).value();
    for (const Bytes& der : more) layout.revocations.push_back(der);
    return layout.Lay().value();
  }
  static std::vector<Bytes> CrlsOfThen() {
    return {MakeCrl(Pki().root, TestNow() + absl::Minutes(1)),
            MakeCrl(Pki().issuing_ca, TestNow() + absl::Minutes(1))};
  }
  static Bytes LongTermWith(const std::vector<Bytes>& revocations) {
    ValidationData data;
    data.certificates_der = {Pki().issuing_ca.certificate_der, Pki().root.certificate_der};
    return WithRevocations(ades::AddValidationData(MakeSignature(Pki()), data).value(),
                           revocations);
  }
  Bytes Archived(const Bytes& cms) const {
    const auto draft =
        ades::ArchiveTimestamp::Prepare(cms, DigestAlgorithm::kSha256,
                                        [](DigestAlgorithm algorithm) -> absl::StatusOr<Bytes> {
                                          return ComputeDigest(algorithm, AsSpan(kDocument));
                                        })
            .value();
    const X509Ptr certificate = unit_.Certificate();
    const Bytes token =
        enkrat::testing::MakeTimestampToken({.certificate = certificate.get(),
                                             .key = unit_.key->evp_pkey(),
                                             .gen_time = TestNow() + absl::Minutes(10),
                                             .imprint = ToBytes(draft.digest())})
            .value();
    return draft.Complete(token).value();
  }
  std::string Verdict(const Bytes& cms) {
    Call call;
    call.rule = RevocationRule::kWholePath;
    call.anchors = {Pki().root.certificate_der, archive_root_.certificate_der};
    call.more.crls_der = {MakeCrl(archive_root_, TestNow() + 6 * kYear)};
    return Said(ValidateOne(cms, call).conclusion);
  }

  const Identity archive_root_ =
      Lasting("Archive", 71, ades::testing::CaExtensions(), /*issuer=*/nullptr);
  const Identity unit_ =
      Lasting("Archive TSU", 72, ades::testing::TimestampUnitExtensions(), &archive_root_);
};

TEST_F(ValidationDataProofTest, ArchivedDataOfCasThatExpiredSinceIsBelieved) {
  EXPECT_EQ(Verdict(Archived(LongTermWith(CrlsOfThen()))), "TOTAL_PASSED");
}

TEST_F(ValidationDataProofTest, DataAddedAfterTheArchiveIsNotBelieved) {
  EXPECT_EQ(Verdict(WithRevocations(Archived(LongTermWith({})), CrlsOfThen())),
            "INDETERMINATE/REVOCATION_OUT_OF_BOUNDS_NO_POE");
}

// The archive timestamp is over as many entries as are wanted later, of a kind that nobody reads.
TEST_F(ValidationDataProofTest, RoomTakenInTheArchiveIsNoProofForWhatComesLater) {
  std::vector<Bytes> places;
  for (uint8_t i = 1; i <= 2; ++i) {
    places.push_back(
        DerOf(der_tag::Constructed(1),
              {DerOid(cms_oid::kData), DerOf(der_tag::kOctetString, {ByteSpan(&i, 1)})}));
  }
  EXPECT_EQ(Verdict(WithRevocations(Archived(LongTermWith(places)), CrlsOfThen())),
            "INDETERMINATE/REVOCATION_OUT_OF_BOUNDS_NO_POE");
}

}  // namespace
}  // namespace enkrat::validation::testing
