// Archive timestamps: what keeps a signature good when all that it was made with has expired.
#include "validation/archive_process.h"

#include "ades/cades_augmentation.h"
#include "common/der.h"
#include "tests/support/openssl_timestamp_authority.h"
#include "tests/unit/validation/signature_fixture.h"

namespace enkrat::validation::testing {
namespace {

using ades::testing::Identity;
using ades::testing::MakeIdentity;
using ades::testing::MakeSignature;

const absl::Duration kYear = absl::Hours(24 * 365);

class ArchiveProcessTest : public SignatureValidation {
 protected:
  // A unit that lives from a year before `around` to three years after it.
  static Identity UnitAround(absl::Time around, uint64_t serial_number) {
    return MakeIdentity({.common_name = "Later TSU",
                         .serial_number = serial_number,
                         .not_before = around - kYear,
                         .not_after = around + 3 * kYear,
                         .extensions = ades::testing::TimestampUnitExtensions()},
                        &Pki().root);
  }
  static Bytes TokenBy(const Identity& unit, const Bytes& imprint, absl::Time gen_time) {
    const X509Ptr certificate = unit.Certificate();
    return enkrat::testing::MakeTimestampToken({.certificate = certificate.get(),
                                                .key = unit.key->evp_pkey(),
                                                .gen_time = gen_time,
                                                .imprint = imprint})
        .value();
  }
  static Bytes Archived(const Bytes& cms, const Identity& unit, absl::Time gen_time) {
    const auto draft =
        ades::ArchiveTimestamp::Prepare(cms, DigestAlgorithm::kSha256,
                                        [](DigestAlgorithm algorithm) -> absl::StatusOr<Bytes> {
                                          return ComputeDigest(algorithm, AsSpan(kDocument));
                                        })
            .value();
    return draft.Complete(TokenBy(unit, ToBytes(draft.digest()), gen_time)).value();
  }
  // B-LT, with CRLs from soon after the signature.
  static Bytes LongTerm() {
    ValidationData data;
    data.certificates_der = {Pki().issuing_ca.certificate_der, Pki().root.certificate_der};
    data.crls_der = {MakeCrl(Pki().root, TestNow() + absl::Minutes(1)),
                     MakeCrl(Pki().issuing_ca, TestNow() + absl::Minutes(1))};
    return ades::AddValidationData(MakeSignature(Pki()), data).value();
  }

  const Identity later_ = UnitAround(TestNow() + kYear / 2, 41);
};

TEST_F(ArchiveProcessTest, ArchiveTimestampMakesTheLastLevel) {
  clock_.Advance(absl::Minutes(10));
  const Bytes archived = Archived(LongTerm(), later_, TestNow() + absl::Minutes(5));
  const SignatureReport report = ValidateOne(archived);
  EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED");
  EXPECT_EQ(report.level, "B-LTA");
  EXPECT_EQ(report.timestamps.size(), 2u);
  EXPECT_EQ(report.proven_at, TestNow() + absl::Seconds(1));
}

TEST_F(ArchiveProcessTest, WithoutArchiveTimestampItIsLongTermOnly) {
  clock_.Advance(absl::Minutes(10));
  EXPECT_EQ(ValidateOne(LongTerm()).level, "B-LT");
}

// The unit of the signature's timestamp expires a year after TestNow().
TEST_F(ArchiveProcessTest, ArchiveTimestampSavesATimestampWhoseUnitHasExpired) {
  const Bytes plain = LongTerm();
  const Bytes archived = Archived(plain, later_, TestNow() + kYear / 2);
  clock_.Advance(2 * kYear);
  EXPECT_EQ(ValidateOne(plain).conclusion.indication, Indication::kIndeterminate);
  const SignatureReport report = ValidateOne(archived);
  EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED");
  EXPECT_EQ(report.proven_at, TestNow() + absl::Seconds(1));
}

TEST_F(ArchiveProcessTest, EachArchiveTimestampSavesTheOneBefore) {
  const Identity third = UnitAround(TestNow() + 3 * kYear, 42);
  const Bytes once = Archived(LongTerm(), later_, TestNow() + kYear / 2);
  const Bytes twice = Archived(once, third, TestNow() + 3 * kYear);
  clock_.Advance(4 * kYear);
  EXPECT_EQ(ValidateOne(once).conclusion.indication, Indication::kIndeterminate);
  EXPECT_EQ(Said(ValidateOne(twice).conclusion), "TOTAL_PASSED");
}

TEST_F(ArchiveProcessTest, TimestampAddedAfterTheArchiveIsNotSavedByIt) {
  const Bytes archived = Archived(MakeSignature(Pki(), {.timestamp_time = std::nullopt}), later_,
                                  TestNow() + kYear / 2);
  // Dated back, by a unit that has expired since.
  const Bytes value = ades::SignatureValueOf(archived).value();
  const Bytes forged = ades::testing::WithMoreTimestamp(
      archived, ades::testing::MakeToken(Pki(), value, TestNow() + absl::Seconds(1)));
  clock_.Advance(2 * kYear);
  EXPECT_EQ(Said(ValidateOne(forged).conclusion), "INDETERMINATE/OUT_OF_BOUNDS_NOT_REVOKED");
}

TEST_F(ArchiveProcessTest, ChangedArchivedOctetsBreakTheTimestamp) {
  clock_.Advance(absl::Minutes(10));
  Bytes archived = Archived(LongTerm(), later_, TestNow() + absl::Minutes(5));
  const Bytes& part = Pki().root.certificate_der;
  const auto at = std::search(archived.begin(), archived.end(), part.begin(), part.end());
  ASSERT_NE(at, archived.end());
  at[static_cast<std::ptrdiff_t>(part.size()) - 1] ^= 0x01;
  const SignatureReport report = ValidateOne(archived);
  EXPECT_EQ(Said(report.conclusion), "INDETERMINATE/SIG_CONSTRAINTS_FAILURE");
}

TEST_F(ArchiveProcessTest, ChangedHashIndexBreaksTheTimestamp) {
  clock_.Advance(absl::Minutes(10));
  Bytes archived = Archived(LongTerm(), later_, TestNow() + absl::Minutes(5));
  const Bytes entry = ComputeDigest(DigestAlgorithm::kSha256, Pki().root.certificate_der);
  const auto at = std::search(archived.begin(), archived.end(), entry.begin(), entry.end());
  ASSERT_NE(at, archived.end());
  *at ^= 0x01;
  EXPECT_EQ(Said(ValidateOne(archived).conclusion), "INDETERMINATE/SIG_CONSTRAINTS_FAILURE");
}

TEST_F(ArchiveProcessTest, ArchiveTimestampEarlierThanWhatItProtectsIsOutOfOrder) {
  clock_.Advance(absl::Minutes(10));
  const Bytes archived = Archived(LongTerm(), later_, TestNow() - absl::Minutes(5));
  EXPECT_FALSE(ValidateOne(archived).conclusion.passed());
}

TEST_F(ArchiveProcessTest, ArchiveTimestampOfOtherContentIsBroken) {
  clock_.Advance(absl::Minutes(10));
  const Bytes archived = Archived(LongTerm(), later_, TestNow() + absl::Minutes(5));
  EXPECT_EQ(Said(ValidateOne(archived, {.contents = {"Another."}}).conclusion),
            "TOTAL_FAILED/HASH_FAILURE");
}

}  // namespace
}  // namespace enkrat::validation::testing
