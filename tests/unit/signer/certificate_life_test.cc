// The life of the long-lived certificates: each step in the states that allow it, refused in the
// others, and completed after it was cut off.
#include "signer/certificate_life.h"

#include <sys/stat.h>

#include <algorithm>

#include "signer/certificate_register_file.h"
#include "tests/unit/signer/certificate_life_fixture.h"
#include "tsa/timestamp_unit.h"
#include "tsa/unit_certificate.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

using Role = CertificateRole;

class CertificateLifeTest : public CertificateLifeFixture {};

TEST_F(CertificateLifeTest, CeremonyWithoutARegisterIsTakenUp) {
  const CertificateLife life = Open();
  ASSERT_EQ(life.all().certificates().size(), 4);
  for (const RegisteredCertificate& each : life.all().certificates()) {
    EXPECT_EQ(each.state, CertificateState::kActive);
    EXPECT_EQ(each.predecessor, "");
  }
  EXPECT_EQ(life.all().ActiveOf(Role::kTimestampingUnit)->der,
            Certificates(kTimestampingChainFile)[0]);
  EXPECT_EQ(life.all().ActiveOf(Role::kTimestampingUnit)->key_label, "timestamping-unit");
  EXPECT_FALSE(std::filesystem::exists(Path(kRegisterFile)));
}

TEST_F(CertificateLifeTest, FolderWithoutACeremonyIsRefused) {
  const testing::ScratchFolder empty;
  EXPECT_THAT(CertificateLife::Open({.folder = empty.path()}, Tools()),
              FailsSaying(Reason::kConfigurationInvalid, "enkrat init"));
}

TEST_F(CertificateLifeTest, RenewedUnitHasANewKeyAndTheSameName) {
  const Bytes old = Certificates(kTimestampingChainFile)[0];
  clock_.Advance(absl::Hours(24 * 300));
  CertificateLife life = Open();
  ASSERT_OK_AND_ASSIGN(const Succession made,
                       life.Renew(SerialOf(life, Role::kTimestampingUnit), {}, order_));
  EXPECT_EQ(made.key_label, "timestamping-unit-2");
  const RegisteredCertificate& before = *life.all().FindByDer(old);
  const RegisteredCertificate& after = *life.all().FindBySerial(made.serial_number);
  EXPECT_EQ(before.state, CertificateState::kSuperseded);
  EXPECT_EQ(after.state, CertificateState::kActive);
  EXPECT_EQ(after.predecessor, before.description.serial_number);
  EXPECT_EQ(after.description.subject, before.description.subject);
  EXPECT_THAT(Differences(before.description.data, after.description.data), IsEmpty());
  EXPECT_NE(after.description.spki_sha256, before.description.spki_sha256);
  EXPECT_EQ(after.description.key_not_after - after.description.not_before,
            before.description.key_not_after - before.description.not_before);
}

TEST_F(CertificateLifeTest, RenewedUnitsChainIsOneThatCanBeServedFrom) {
  CertificateLife life = Open();
  ASSERT_OK_AND_ASSIGN(const Succession made, life.Renew(UnitSerial(), {}, order_));
  const std::vector<Bytes> chain = Certificates(kTimestampingChainFile);
  ASSERT_EQ(chain.size(), 3);
  ASSERT_OK_AND_ASSIGN(const tsa::UnitCertificate unit,
                       tsa::LoadUnitCertificate(chain, clock_.Now()));
  ASSERT_OK_AND_ASSIGN(const hsm::LongLivedKey key, pool_->FindKey(made.key_label));
  EXPECT_EQ(key.public_key().spki_der(), unit.public_key.spki_der());
}

TEST_F(CertificateLifeTest, OldChainAndKeyAreKept) {
  const std::string old = File(kTimestampingChainFile);
  const std::string serial = UnitSerial();
  CertificateLife life = Open();
  ASSERT_THAT(life.Renew(serial, {}, order_), IsOk());
  EXPECT_EQ(File("tsu-chain-" + serial + ".pem"), old);
  EXPECT_THAT(pool_->FindKey("timestamping-unit"), IsOk());
}

TEST_F(CertificateLifeTest, RenewalIsRememberedWithWhoWhenAndWhy) {
  CertificateLife life = Open();
  ASSERT_OK_AND_ASSIGN(const Succession made, life.Renew(UnitSerial(), {}, order_));
  const CertificateLife again = Open();
  const RegisterAction& action = again.all().actions().back();
  EXPECT_EQ(action.action, "renewed");
  EXPECT_EQ(action.serial_number, made.serial_number);
  EXPECT_EQ(action.who, "operator");
  EXPECT_EQ(action.why, "the yearly change of keys");
  EXPECT_EQ(action.at, clock_.Now());
}

TEST_F(CertificateLifeTest, CertificateCanBeRenewedInItsLastSecond) {
  CertificateLife life = Open();
  const RegisteredCertificate& ocsp = *life.all().ActiveOf(Role::kOcspResponder);
  SetNow(ocsp.description.not_after);
  EXPECT_THAT(life.Renew(ocsp.description.serial_number, {}, order_), IsOk());
}

TEST_F(CertificateLifeTest, ExpiredCertificateIsNotRenewedButReissued) {
  CertificateLife life = Open();
  const std::string serial = SerialOf(life, Role::kOcspResponder);
  SetNow(life.all().FindBySerial(serial)->description.not_after + absl::Seconds(1));
  EXPECT_THAT(life.Renew(serial, {}, order_),
              ::testing::AllOf(FailsSaying(Reason::kCertificateStateForbids, "expired on "),
                               FailsSaying(Reason::kCertificateStateForbids, "use reissue")));
  ASSERT_OK_AND_ASSIGN(const Succession made, life.Reissue(serial, {}, order_));
  EXPECT_EQ(made.key_label, "ocsp-responder-2");
  EXPECT_EQ(Certificates(kOcspFile)[0], life.all().FindBySerial(made.serial_number)->der);
}

TEST_F(CertificateLifeTest, ChangedDataIsNotRenewedButReissued) {
  CertificateLife life = Open();
  const DataChanges changes = {.organization = "Other d.o.o.",
                               .policy_oids = std::vector<std::string>{"1.3.6.1.4.1.32473.1.2"}};
  EXPECT_THAT(life.Renew(UnitSerial(), changes, order_),
              FailsSaying(Reason::kCertificateStateForbids,
                          "(organizationName, commonName, certificatePolicies)"));
  ASSERT_OK_AND_ASSIGN(const Succession made, life.Reissue(UnitSerial(), changes, order_));
  const CertificateData& data = life.all().FindBySerial(made.serial_number)->description.data;
  EXPECT_EQ(data.organization, "Other d.o.o.");
  EXPECT_EQ(data.common_name, "Other d.o.o. Timestamping Unit 1");
  EXPECT_THAT(data.policy_oids, ElementsAre("1.3.6.1.4.1.32473.1.2"));
}

// A renewal keeps the claim, a reissue makes or drops it, and no other role can make it.
TEST_F(CertificateLifeTest, UnitBecomesQualifiedByAReissueAndStaysSoByARenewal) {
  CertificateLife life = Open();
  EXPECT_THAT(life.Renew(UnitSerial(), {.qualified = true}, order_),
              FailsSaying(Reason::kCertificateStateForbids, "qcStatements"));
  ASSERT_OK_AND_ASSIGN(const Succession made,
                       life.Reissue(UnitSerial(), {.qualified = true}, order_));
  EXPECT_TRUE(life.all().FindBySerial(made.serial_number)->description.data.qualified);
  ASSERT_OK_AND_ASSIGN(const Succession renewed, life.Renew(made.serial_number, {}, order_));
  const RegisteredCertificate* unit = life.all().FindBySerial(renewed.serial_number);
  EXPECT_TRUE(unit->description.data.qualified);
  const Bytes statement = {0x06, 0x07, 0x04, 0x00, 0x81, 0x97, 0x5e, 0x01, 0x01};
  EXPECT_NE(std::search(unit->der.begin(), unit->der.end(), statement.begin(), statement.end()),
            unit->der.end());
  ASSERT_OK_AND_ASSIGN(const Succession plain,
                       life.Reissue(renewed.serial_number, {.qualified = false}, order_));
  EXPECT_FALSE(life.all().FindBySerial(plain.serial_number)->description.data.qualified);
  EXPECT_THAT(life.Reissue(SerialOf(life, Role::kOcspResponder), {.qualified = true}, order_),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(CertificateLifeTest, ValidCertificateOfUnchangedDataIsNotReissued) {
  CertificateLife life = Open();
  EXPECT_THAT(life.Reissue(UnitSerial(), {.organization = "Test d.o.o."}, order_),
              FailsSaying(Reason::kCertificateStateForbids, "use renew"));
}

TEST_F(CertificateLifeTest, RevokedCertificateIsNeitherRenewedNorReissued) {
  CertificateLife life = Open();
  const std::string serial = UnitSerial();
  ASSERT_THAT(life.Revoke(serial, RevocationReason::kKeyCompromise, order_), IsOk());
  const auto refused =
      ::testing::AllOf(FailsSaying(Reason::kCertificateStateForbids, "revoked on "),
                       FailsSaying(Reason::kCertificateStateForbids, "keyCompromise"));
  EXPECT_THAT(life.Renew(serial, {}, order_), refused);
  EXPECT_THAT(life.Reissue(serial, {.country = "HR"}, order_), refused);
  clock_.Advance(absl::Hours(24 * 365 * 5));
  EXPECT_THAT(life.Reissue(serial, {}, order_), refused);
}

TEST_F(CertificateLifeTest, NewCertificateReplacesARevokedOneWithANewKey) {
  CertificateLife life = Open();
  const std::string serial = UnitSerial();
  EXPECT_THAT(life.IssueAnew(serial, {}, order_),
              FailsSaying(Reason::kCertificateStateForbids, "not revoked"));
  ASSERT_THAT(life.Revoke(serial, RevocationReason::kKeyCompromise, order_), IsOk());
  ASSERT_OK_AND_ASSIGN(const Succession made, life.IssueAnew(serial, {}, order_));
  EXPECT_EQ(life.all().FindBySerial(serial)->state, CertificateState::kRevoked);
  EXPECT_EQ(made.key_label, "timestamping-unit-2");
  EXPECT_EQ(life.all().ActiveOf(Role::kTimestampingUnit)->description.serial_number,
            made.serial_number);
}

TEST_F(CertificateLifeTest, SupersededCertificateHasOneSuccessor) {
  CertificateLife life = Open();
  const std::string serial = UnitSerial();
  ASSERT_OK_AND_ASSIGN(const Succession made, life.Renew(serial, {}, order_));
  EXPECT_THAT(life.Renew(serial, {}, order_),
              FailsSaying(Reason::kCertificateStateForbids, made.serial_number));
  EXPECT_THAT(life.Reissue(serial, {.country = "HR"}, order_),
              FailsWith(Reason::kCertificateStateForbids));
}

TEST_F(CertificateLifeTest, RootCaIsNotRenewedReissuedOrRevoked) {
  CertificateLife life = Open();
  const std::string serial = SerialOf(life, Role::kRootCa);
  const auto refused = FailsWith(Reason::kCertificateStateForbids);
  EXPECT_THAT(life.Renew(serial, {}, order_), refused);
  EXPECT_THAT(life.Reissue(serial, {.country = "HR"}, order_), refused);
  EXPECT_THAT(life.Revoke(serial, RevocationReason::kSuperseded, order_), refused);
}

TEST_F(CertificateLifeTest, RenewedIssuingCaCertifiesTheNextUnit) {
  const std::string old_chain = File(kChainFile);
  CertificateLife life = Open();
  const std::string serial = SerialOf(life, Role::kIssuingCa);
  ASSERT_OK_AND_ASSIGN(const Succession ca, life.Renew(serial, {}, order_));
  EXPECT_THAT(ca.files, ElementsAre("chain.pem", "issuing-ca.pem", "issuing-ca.cer"));
  EXPECT_EQ(File("chain-" + serial + ".pem"), old_chain);
  EXPECT_EQ(ToBytes(File(kIssuingCaDerFile)), Certificates(kChainFile)[0]);
  // The unit stays under the CA that issued it until it is renewed.
  EXPECT_THAT(tsa::LoadUnitCertificate(Certificates(kTimestampingChainFile), clock_.Now()), IsOk());
  ASSERT_THAT(life.Renew(UnitSerial(), {}, order_), IsOk());
  const std::vector<Bytes> chain = Certificates(kTimestampingChainFile);
  EXPECT_EQ(chain[1], Certificates(kChainFile)[0]);
  EXPECT_THAT(tsa::LoadUnitCertificate(chain, clock_.Now()), IsOk());
}

TEST_F(CertificateLifeTest, IssuingCaIsNotRenewedWithoutTheRootsToken) {
  const auto files = AllFiles();
  LifeTools tools = Tools();
  tools.root_pool = nullptr;
  CertificateLife life = CertificateLife::Open(Places(), tools).value();
  EXPECT_THAT(life.Renew(SerialOf(life, Role::kIssuingCa), {}, order_),
              FailsSaying(Reason::kConfigurationInvalid, "--root-token-label"));
  EXPECT_EQ(AllFiles(), files);
}

// There is one fake token: the register is made to look for the root's key where it is not.
TEST_F(CertificateLifeTest, IssuingCaIsNotRenewedWithAnotherRootsToken) {
  const std::string json = Open().all().ToJson();
  const auto with_root_key = [&](const std::string& label) {
    std::string changed = json;
    changed.replace(changed.find("\"root-ca\"", changed.find("key_label")), 9, "\"" + label + "\"");
    Put(kRegisterFile, changed);
    return Open();
  };
  CertificateLife without = with_root_key("no-key");
  const std::string serial = SerialOf(without, Role::kIssuingCa);
  EXPECT_THAT(without.Renew(serial, {}, order_),
              FailsSaying(Reason::kConfigurationInvalid, "has no key \"no-key\""));
  EXPECT_THAT(with_root_key("audit-log").Renew(serial, {}, order_),
              FailsSaying(Reason::kConfigurationInvalid, "is not the one of certificate"));
  EXPECT_THAT(pool_->FindKey("issuing-ca-2"), FailsWith(Reason::kNotFound));
}

TEST_F(CertificateLifeTest, NothingIsIssuedUnderARevokedCa) {
  CertificateLife life = Open();
  ASSERT_THAT(
      life.Revoke(SerialOf(life, Role::kIssuingCa), RevocationReason::kCaCompromise, order_),
      IsOk());
  EXPECT_THAT(life.Renew(UnitSerial(), {}, order_),
              FailsSaying(Reason::kCertificateStateForbids, "no issuing CA in force"));
}

TEST_F(CertificateLifeTest, SuccessorEndsWithItsIssuer) {
  CertificateLife life = Open();
  const absl::Time ca_end = life.all().ActiveOf(Role::kIssuingCa)->description.not_after;
  std::string serial = UnitSerial();
  const absl::Time unit_end = life.all().FindBySerial(serial)->description.not_after;
  SetNow(unit_end + absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(Succession made, life.Reissue(serial, {}, order_));
  SetNow(made.not_after);
  ASSERT_OK_AND_ASSIGN(made, life.Renew(made.serial_number, {}, order_));
  EXPECT_EQ(made.not_after, ca_end);
  EXPECT_LT(made.key_not_after, made.not_after);
}

TEST_F(CertificateLifeTest, DryRunSaysWhatAndDoesNothing) {
  const auto files = AllFiles();
  CertificateLife life = Open();
  LifeOrder order = order_;
  order.dry_run = true;
  ASSERT_OK_AND_ASSIGN(const Succession plan, life.Renew(UnitSerial(), {}, order));
  EXPECT_EQ(plan.key_label, "timestamping-unit-2");
  EXPECT_EQ(plan.serial_number, "");
  EXPECT_THAT(life.Revoke(UnitSerial(), RevocationReason::kSuperseded, order), IsOk());
  EXPECT_EQ(AllFiles(), files);
  EXPECT_THAT(pool_->FindKey("timestamping-unit-2"), FailsWith(Reason::kNotFound));
}

TEST_F(CertificateLifeTest, KeyOfACutOffRunIsTakenByTheNext) {
  ASSERT_OK_AND_ASSIGN(
      const hsm::LongLivedKey left,
      pool_->GenerateKey({.algorithm = KeyAlgorithm::kEcdsaP256, .label = "timestamping-unit-2"}));
  CertificateLife life = Open();
  ASSERT_THAT(life.Renew(UnitSerial(), {}, order_), IsOk());
  ASSERT_OK_AND_ASSIGN(
      const tsa::UnitCertificate unit,
      tsa::LoadUnitCertificate(Certificates(kTimestampingChainFile), clock_.Now()));
  EXPECT_EQ(unit.public_key.spki_der(), left.public_key().spki_der());
}

TEST_F(CertificateLifeTest, CutOffSwitchIsCompletedByTheNextRun) {
  const std::string old = File(kTimestampingChainFile);
  const std::string serial = UnitSerial();
  {
    CertificateLife life = Open();
    ASSERT_THAT(life.Renew(serial, {}, order_), IsOk());
  }
  const std::string renewed = File(kTimestampingChainFile);
  // As if the run had ended right behind the register's rename.
  Put(kTimestampingChainFile, old);
  std::filesystem::remove(Path("tsu-chain-" + serial + ".pem"));
  CertificateLife life = Open();
  ASSERT_OK_AND_ASSIGN(std::vector<std::string> files, life.CompleteSwitch());
  EXPECT_THAT(files, ElementsAre(kTimestampingChainFile));
  EXPECT_EQ(File(kTimestampingChainFile), renewed);
  EXPECT_EQ(File("tsu-chain-" + serial + ".pem"), old);
  ASSERT_OK_AND_ASSIGN(files, life.CompleteSwitch());
  EXPECT_THAT(files, IsEmpty());
}

TEST_F(CertificateLifeTest, ChainThatSomebodyElsePutThereIsNotReplaced) {
  CertificateLife life = Open();
  ASSERT_THAT(life.Renew(UnitSerial(), {}, order_), IsOk());
  Put(kTimestampingChainFile, File(kOcspFile));
  EXPECT_THAT(life.CompleteSwitch(), FailsSaying(Reason::kConfigurationInvalid, "does not know"));
}

TEST_F(CertificateLifeTest, CeremonyAfterARenewalChangesNothing) {
  CertificateLife life = Open();
  ASSERT_THAT(life.Renew(SerialOf(life, Role::kIssuingCa), {}, order_), IsOk());
  ASSERT_THAT(life.Renew(UnitSerial(), {}, order_), IsOk());
  const auto files = AllFiles();
  ASSERT_OK_AND_ASSIGN(const CeremonyReport report, RunCeremony());
  EXPECT_FALSE(report.changed());
  EXPECT_EQ(AllFiles(), files);
}

TEST_F(CertificateLifeTest, RevocationIsDurableAndFinal) {
  const std::string serial = UnitSerial();
  {
    CertificateLife life = Open();
    ASSERT_THAT(life.Revoke(serial, RevocationReason::kKeyCompromise, order_), IsOk());
  }
  CertificateLife life = Open();
  const RegisteredCertificate& revoked = *life.all().FindBySerial(serial);
  EXPECT_EQ(revoked.state, CertificateState::kRevoked);
  EXPECT_EQ(revoked.revoked_at, absl::FromUnixSeconds(absl::ToUnixSeconds(clock_.Now())));
  EXPECT_EQ(revoked.revocation_reason, RevocationReason::kKeyCompromise);
  EXPECT_THAT(life.Revoke(serial, RevocationReason::kSuperseded, order_),
              FailsSaying(Reason::kCertificateStateForbids, "final"));
  EXPECT_EQ(life.all().ActiveOf(Role::kTimestampingUnit), nullptr);
  const std::string issuer =
      life.all().LatestOf(Role::kIssuingCa)->description.subject_key_identifier;
  EXPECT_THAT(life.all().RevokedOf(issuer), ElementsAre(&revoked));
  EXPECT_THAT(life.all().RevokedOf("00"), IsEmpty());
}

TEST_F(CertificateLifeTest, ExpiredCertificateIsNotRevoked) {
  CertificateLife life = Open();
  clock_.Advance(absl::Hours(24 * 1500));
  EXPECT_THAT(life.Revoke(UnitSerial(), RevocationReason::kSuperseded, order_),
              FailsSaying(Reason::kCertificateStateForbids, "expired on "));
}

TEST_F(CertificateLifeTest, UnknownCertificateIsNotFound) {
  CertificateLife life = Open();
  EXPECT_THAT(life.Renew("00", {}, order_), FailsWith(Reason::kNotFound));
  EXPECT_THAT(life.Revoke("", RevocationReason::kSuperseded, order_), FailsWith(Reason::kNotFound));
}

TEST_F(CertificateLifeTest, ReasonTextThatCannotBeReadIsRefused) {
  CertificateLife life = Open();
  for (const std::string& why : {std::string("two\nlines"), std::string(501, 'x')}) {
    EXPECT_THAT(
        life.Revoke(UnitSerial(), RevocationReason::kSuperseded, {.who = "operator", .why = why}),
        Not(IsOk()));
  }
  EXPECT_THAT(life.Renew(UnitSerial(), {}, {.who = ""}), Not(IsOk()));
}

}  // namespace
}  // namespace enkrat::signer
