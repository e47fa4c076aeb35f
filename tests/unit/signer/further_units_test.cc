// Timestamping units beside the first: added, succeeded and revoked each for itself.
#include <nlohmann/json.hpp>

#include "signer/certificate_register_file.h"
#include "tests/unit/signer/certificate_life_fixture.h"
#include "tsa/unit_certificate.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Role = CertificateRole;

constexpr char kRsaChain[] = "tsu-rsa-chain.pem";
const NewUnit kRsa = {.name = "rsa", .algorithm = KeyAlgorithm::kRsaPss3072};

class FurtherUnitsTest : public CertificateLifeFixture {
 protected:
  KeyAlgorithm AlgorithmIn(const std::string& chain_file) {
    return tsa::LoadUnitCertificate(Certificates(chain_file), clock_.Now())
        .value()
        .public_key.algorithm();
  }
};

TEST_F(FurtherUnitsTest, AddedUnitHasAKeyANameAndAChainOfItsOwn) {
  const std::string first_chain = File(kTimestampingChainFile);
  CertificateLife life = Open();
  ASSERT_OK_AND_ASSIGN(const Succession made, life.AddUnit(kRsa, order_));
  EXPECT_EQ(made.key_label, "timestamping-unit-rsa");
  EXPECT_EQ(made.predecessor, "");
  EXPECT_THAT(made.files, ElementsAre(kRsaChain));
  EXPECT_EQ(AlgorithmIn(kRsaChain), KeyAlgorithm::kRsaPss3072);
  EXPECT_EQ(File(kTimestampingChainFile), first_chain);
  const RegisteredCertificate& first = *life.all().ActiveOf(Role::kTimestampingUnit);
  const RegisteredCertificate& added = *life.all().ActiveOf(Role::kTimestampingUnit, "rsa");
  EXPECT_EQ(added.description.data.common_name, "Test d.o.o. Timestamping Unit rsa");
  EXPECT_EQ(added.description.data.crl_url, first.description.data.crl_url);
  EXPECT_EQ(added.description.data.ocsp_url, first.description.data.ocsp_url);
  EXPECT_NE(added.description.data.ocsp_url, "");
  EXPECT_FALSE(added.description.data.qualified);
  EXPECT_EQ(added.description.key_not_after - added.description.not_before,
            first.description.key_not_after - first.description.not_before);
  EXPECT_EQ(life.all().actions().back().action, "added");
}

TEST_F(FurtherUnitsTest, QualifiedUnitsCertificateClaimsIt) {
  CertificateLife life = Open();
  ASSERT_THAT(life.AddUnit({.name = "q", .qualified = true}, order_), IsOk());
  EXPECT_TRUE((*life.Find("q"))->description.data.qualified);
}

TEST_F(FurtherUnitsTest, RegisterIsReadBackWithItsUnits) {
  ASSERT_THAT(Open().AddUnit(kRsa, order_), IsOk());
  const CertificateLife again = Open();
  EXPECT_THAT(again.all().FurtherUnits(), ElementsAre("rsa"));
  EXPECT_EQ(again.all().LatestOf(Role::kTimestampingUnit)->key_label, "timestamping-unit");
  ASSERT_OK_AND_ASSIGN(const RegisteredCertificate* found, again.Find("rsa"));
  EXPECT_EQ(found->unit, "rsa");
}

TEST_F(FurtherUnitsTest, RegisterWithoutUnitsHasNoMemberOfThatName) {
  ASSERT_THAT(Open().Renew(UnitSerial(), {}, order_), IsOk());
  EXPECT_EQ(File(kRegisterFile).find("\"unit\""), std::string::npos);
}

TEST_F(FurtherUnitsTest, RegisterWithAUnitThatCannotBeIsRefused) {
  ASSERT_THAT(Open().AddUnit(kRsa, order_), IsOk());
  const nlohmann::json all = nlohmann::json::parse(File(kRegisterFile));
  const auto changed = [&](size_t index, const char* name) {
    nlohmann::json copy = all;
    copy["certificates"][index]["unit"] = name;
    return CertificateRegister::FromJson(copy.dump());
  };
  const size_t last = all["certificates"].size() - 1;
  EXPECT_THAT(changed(last, "p256"), IsOk());
  for (const char* name : {"RSA", "rsa-2", "2", "../x", "abcdefghijklmnopq"}) {
    EXPECT_THAT(changed(last, name), FailsWith(Reason::kConfigurationInvalid)) << name;
  }
  EXPECT_THAT(changed(0, "rsa"), FailsWith(Reason::kConfigurationInvalid));  // the root CA
}

TEST_F(FurtherUnitsTest, EachUnitIsRenewedForItself) {
  CertificateLife life = Open();
  ASSERT_THAT(life.AddUnit(kRsa, order_), IsOk());
  const std::string first_chain = File(kTimestampingChainFile);
  const std::string serial = (*life.Find("rsa"))->description.serial_number;
  ASSERT_OK_AND_ASSIGN(const Succession made, life.Renew(serial, {}, order_));
  EXPECT_EQ(made.unit, "rsa");
  EXPECT_EQ(made.key_label, "timestamping-unit-rsa-2");
  EXPECT_THAT(made.files, ElementsAre(kRsaChain));
  EXPECT_EQ(AlgorithmIn(kRsaChain), KeyAlgorithm::kRsaPss3072);
  EXPECT_TRUE(std::filesystem::exists(Path("tsu-rsa-chain-" + serial + ".pem")));
  EXPECT_EQ(File(kTimestampingChainFile), first_chain);
  ASSERT_OK_AND_ASSIGN(const Succession first, life.Renew(UnitSerial(), {}, order_));
  EXPECT_EQ(first.key_label, "timestamping-unit-2");
  EXPECT_THAT(first.files, ElementsAre(kTimestampingChainFile));
}

TEST_F(FurtherUnitsTest, RevokedUnitIsReplacedAndTheFirstIsNot) {
  CertificateLife life = Open();
  ASSERT_THAT(life.AddUnit(kRsa, order_), IsOk());
  const std::string serial = (*life.Find("rsa"))->description.serial_number;
  ASSERT_THAT(life.Revoke(serial, RevocationReason::kKeyCompromise, order_), IsOk());
  EXPECT_NE(life.all().ActiveOf(Role::kTimestampingUnit), nullptr);
  EXPECT_EQ(life.all().ActiveOf(Role::kTimestampingUnit, "rsa"), nullptr);
  EXPECT_THAT(life.Renew(serial, {}, order_), FailsWith(Reason::kCertificateStateForbids));
  EXPECT_THAT(life.AddUnit(kRsa, order_), FailsSaying(Reason::kCertificateStateForbids, "issue"));
  ASSERT_OK_AND_ASSIGN(const Succession made, life.IssueAnew(serial, {}, order_));
  EXPECT_EQ(made.unit, "rsa");
  EXPECT_EQ(Certificates(kRsaChain)[0], life.all().ActiveOf(Role::kTimestampingUnit, "rsa")->der);
}

TEST_F(FurtherUnitsTest, NamesThatCannotBeAreRefusedAndChangeNothing) {
  const auto files = AllFiles();
  CertificateLife life = Open();
  for (const char* name : {"", "RSA", "2", "rsa-2", "a/b", "..", "a b", "abcdefghijklmnopq"}) {
    EXPECT_THAT(life.AddUnit({.name = name}, order_), FailsWith(Reason::kRequestMalformed)) << name;
  }
  EXPECT_EQ(AllFiles(), files);
}

TEST_F(FurtherUnitsTest, SecondUnitOfANameIsRefused) {
  CertificateLife life = Open();
  ASSERT_THAT(life.AddUnit(kRsa, order_), IsOk());
  const auto files = AllFiles();
  EXPECT_THAT(life.AddUnit({.name = "rsa"}, order_), FailsWith(Reason::kCertificateStateForbids));
  EXPECT_EQ(AllFiles(), files);
}

TEST_F(FurtherUnitsTest, FileThatIsInTheWayIsNotReplaced) {
  Put(kRsaChain, "somebody's");
  const auto files = AllFiles();
  EXPECT_THAT(Open().AddUnit(kRsa, order_), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(AllFiles(), files);
}

TEST_F(FurtherUnitsTest, RevokedIssuingCaCertifiesNoUnit) {
  CertificateLife life = Open();
  ASSERT_THAT(
      life.Revoke(SerialOf(life, Role::kIssuingCa), RevocationReason::kCaCompromise, order_),
      IsOk());
  EXPECT_THAT(life.AddUnit(kRsa, order_), FailsWith(Reason::kCertificateStateForbids));
}

TEST_F(FurtherUnitsTest, DryRunSaysWhatWouldBeAndDoesNothing) {
  const auto files = AllFiles();
  LifeOrder order = order_;
  order.dry_run = true;
  ASSERT_OK_AND_ASSIGN(const Succession plan, Open().AddUnit(kRsa, order));
  EXPECT_EQ(plan.key_label, "timestamping-unit-rsa");
  EXPECT_EQ(plan.serial_number, "");
  EXPECT_EQ(AllFiles(), files);
  EXPECT_THAT(pool_->FindKey("timestamping-unit-rsa"), FailsWith(Reason::kNotFound));
}

TEST_F(FurtherUnitsTest, CutOffRunIsCompletedByTheNext) {
  {
    CertificateLife life = Open();
    ASSERT_THAT(life.AddUnit(kRsa, order_), IsOk());
  }
  const std::string chain = File(kRsaChain);
  std::filesystem::remove(Path(kRsaChain));  // as if it had ended behind the register's rename
  CertificateLife life = Open();
  ASSERT_OK_AND_ASSIGN(const std::vector<std::string> files, life.CompleteSwitch());
  EXPECT_THAT(files, ElementsAre(kRsaChain));
  EXPECT_EQ(File(kRsaChain), chain);
}

}  // namespace
}  // namespace enkrat::signer
