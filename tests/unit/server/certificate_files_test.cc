// Which certificates keep a service from starting, and which do not.
#include "server/certificate_files.h"

#include "signer/certificate_register_file.h"
#include "tests/support/test_authority.h"
#include "tests/unit/signer/certificate_life_fixture.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using signer::CertificateLife;
using signer::CertificateRole;
using signer::FailsSaying;
using signer::RevocationReason;

constexpr char kPolicy[] = "1.3.6.1.4.1.32473.2.1";
constexpr char kOtherPolicy[] = "1.3.6.1.4.1.32473.2.2";

class CertificateFilesTest : public signer::CertificateLifeFixture {
 protected:
  void SetUp() override {
    CertificateLifeFixture::SetUp();
    config_.mutable_certificates()->set_chain_file(Path(signer::kChainFile));
    config_.mutable_store()->set_path(Path("ledger.db"));
    own().set_chain_file(Path(signer::kTimestampingChainFile));
    own().set_policy_oid(kPolicy);
  }

  config::v1::OwnTimestampingUnit& own() { return *config_.mutable_timestamping()->mutable_own(); }
  void AddUnit(const std::string& file, const std::string& policy) {
    config::v1::FurtherTimestampingUnit& unit = *own().add_further_units();
    unit.set_chain_file(Path(file));
    unit.set_policy_oid(policy);
  }
  absl::Status Check() { return CheckCertificateFiles(config_, clock_.Now()); }
  void Revoke(CertificateRole role) {
    CertificateLife life = Open();
    ASSERT_THAT(life.Revoke(SerialOf(life, role), RevocationReason::kKeyCompromise, order_),
                IsOk());
  }
  signer::CertificateDescription FactsOf(const std::string& file) {
    return signer::DescribeCertificate(Certificates(file).front()).value();
  }

  Config config_;
};

TEST_F(CertificateFilesTest, WhatTheCeremonyMadeIsInOrder) { EXPECT_THAT(Check(), IsOk()); }

TEST_F(CertificateFilesTest, UnitWhoseKeyPeriodIsOverKeepsNobodyFromSigning) {
  SetNow(FactsOf(signer::kTimestampingChainFile).key_not_after + absl::Hours(1));
  EXPECT_THAT(Check(), IsOk());
}

TEST_F(CertificateFilesTest, UnitWhoseCertificateHasEndedKeepsNobodyFromSigning) {
  SetNow(FactsOf(signer::kTimestampingChainFile).not_after + absl::Hours(1));
  EXPECT_THAT(Check(), IsOk());
}

TEST_F(CertificateFilesTest, UnitThatWasRevokedKeepsNobodyFromSigning) {
  Revoke(CertificateRole::kTimestampingUnit);
  EXPECT_THAT(Check(), IsOk());
}

TEST_F(CertificateFilesTest, ResponderThatHasEndedOrWasRevokedKeepsNobodyFromSigning) {
  config_.mutable_revocation()->set_ocsp_chain_file(Path(signer::kOcspFile));
  EXPECT_THAT(Check(), IsOk());
  Revoke(CertificateRole::kOcspResponder);
  EXPECT_THAT(Check(), IsOk());
  SetNow(FactsOf(signer::kOcspFile).not_after + absl::Hours(1));
  EXPECT_THAT(Check(), IsOk());
}

TEST_F(CertificateFilesTest, IssuingCaThatHasEndedIsRefusedWithTheCommandThatMends) {
  SetNow(FactsOf(signer::kChainFile).not_after + absl::Seconds(1));
  EXPECT_THAT(Check(),
              FailsSaying(Reason::kConfigurationInvalid, "enkrat certificates reissue issuing-ca"));
}

TEST_F(CertificateFilesTest, IssuingCaThatWasRevokedIsRefused) {
  Revoke(CertificateRole::kIssuingCa);
  EXPECT_THAT(Check(), FailsWith(Reason::kCertificateStateForbids));
}

TEST_F(CertificateFilesTest, IssuingChainThatIsNoneIsRefused) {
  const std::string chain = File(signer::kChainFile);
  Put(signer::kChainFile, File(signer::kIssuingCaFile));  // without its root
  EXPECT_THAT(Check(), FailsWith(Reason::kConfigurationInvalid));
  Put(signer::kChainFile, File(signer::kTimestampingChainFile));
  EXPECT_THAT(Check(), FailsWith(Reason::kConfigurationInvalid));
  Put(signer::kChainFile, "");
  EXPECT_THAT(Check(), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(CertificateFilesTest, UnitsChainThatIsNoneIsRefused) {
  Put(signer::kTimestampingChainFile, File(signer::kChainFile));
  EXPECT_THAT(Check(), FailsWith(Reason::kConfigurationInvalid));
  Put(signer::kTimestampingChainFile, File(signer::kOcspFile) + File(signer::kChainFile));
  EXPECT_THAT(Check(), FailsWith(Reason::kConfigurationInvalid));
  std::filesystem::remove(Path(signer::kTimestampingChainFile));
  EXPECT_THAT(Check(), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(CertificateFilesTest, QualifiedTimestampsNeedACertificateThatClaimsThem) {
  own().set_qualified(true);
  EXPECT_THAT(Check(),
              FailsSaying(Reason::kConfigurationInvalid, "does not claim qualified timestamps"));
}

TEST_F(CertificateFilesTest, EachPolicyMustHaveAUnit) {
  Put("broken.pem", File(signer::kChainFile));
  AddUnit("broken.pem", kPolicy);  // the first serves it
  EXPECT_THAT(Check(), IsOk());
  AddUnit("broken.pem", kOtherPolicy);
  EXPECT_THAT(Check(), FailsSaying(Reason::kConfigurationInvalid, "broken.pem"));
}

TEST_F(CertificateFilesTest, ResponderOfSomebodyElsesIsRefusedWhereItIsNamed) {
  const testing::TestAuthority stranger;
  Put("theirs.pem",
      CertificateToPem(stranger.Issue({.extended_key_usage = {testing::kEkuOcspSigning}}).der));
  config_.mutable_revocation()->set_ocsp_chain_file(Path("theirs.pem"));
  // The register knows ours.
  Revoke(CertificateRole::kTimestampingUnit);
  EXPECT_THAT(Check(), IsOk());
  std::filesystem::remove(Path(signer::kRegisterFile));
  EXPECT_THAT(Check(), FailsSaying(Reason::kConfigurationInvalid, "ocsp_chain_file"));
}

TEST_F(CertificateFilesTest, OutsideAuthorityIsNotJudgedByOurUnits) {
  config_.mutable_timestamping()->clear_own();
  config_.mutable_timestamping()->mutable_outside()->set_trust_file(Path(signer::kChainFile));
  std::filesystem::remove(Path(signer::kTimestampingChainFile));
  EXPECT_THAT(Check(), IsOk());
  config_.mutable_timestamping()->mutable_outside()->set_trust_file("/nowhere");
  EXPECT_THAT(Check(), FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::server
