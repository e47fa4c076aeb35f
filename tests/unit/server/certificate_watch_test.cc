// What the service is told of its certificates' state: at once, once, and for good.
#include "server/certificate_watch.h"

#include <gmock/gmock.h>

#include "tests/support/in_memory_ledger.h"
#include "tests/unit/signer/certificate_life_fixture.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using signer::CertificateLife;
using signer::CertificateRole;
using signer::RevocationReason;
using ::testing::HasSubstr;

class CertificateWatchTest : public signer::CertificateLifeFixture {
 protected:
  void SetUp() override {
    CertificateLifeFixture::SetUp();
    registered_ = std::make_unique<signer::CertificateRegisterReader>(folder_.path());
    watch_ = std::make_unique<CertificateWatch>(CertificateWatch::Options{
        .registered = registered_.get(),
        .issuing_chain = Certificates(signer::kChainFile),
        .units =
            [this, chain = Certificates(signer::kTimestampingChainFile)] {
              return std::vector<WatchedUnit>{
                  {.chain_der = chain, .withdraw = [this] { withdrawn_ = true; }}};
            },
        .ledger = &ledger_,
        .logger = &logger_,
        .clock = &clock_});
    watch_->Look();
  }

  void Revoke(CertificateRole role) {
    CertificateLife life = Open();
    ASSERT_THAT(life.Revoke(SerialOf(life, role), RevocationReason::kKeyCompromise, order_),
                IsOk());
  }

  bool withdrawn_ = false;  // the unit that is there now
  testing::InMemoryLedger ledger_;
  std::ostringstream log_;
  Logger logger_{log_, clock_};
  std::unique_ptr<signer::CertificateRegisterReader> registered_;
  std::unique_ptr<CertificateWatch> watch_;
};

TEST_F(CertificateWatchTest, FolderWithoutARegisterIsInForce) {
  EXPECT_THAT(watch_->Issuing(), IsOk());
  EXPECT_THAT(watch_->Timestamping(), IsOk());
}

TEST_F(CertificateWatchTest, RevokedUnitMayNotTimestampButTheCaMayIssue) {
  Revoke(CertificateRole::kTimestampingUnit);
  EXPECT_THAT(watch_->Timestamping(), IsOk());  // nobody has looked yet
  watch_->Look();
  EXPECT_THAT(watch_->Timestamping(), FailsWith(Reason::kTimestampUnavailable));
  EXPECT_THAT(std::string(watch_->Timestamping().message()), HasSubstr("keyCompromise"));
  EXPECT_THAT(watch_->Issuing(), IsOk());
}

TEST_F(CertificateWatchTest, RevokedIssuingCaEndsBoth) {
  Revoke(CertificateRole::kIssuingCa);
  watch_->Look();
  EXPECT_THAT(watch_->Issuing(), FailsWith(Reason::kCertificateStateForbids));
  EXPECT_THAT(watch_->Timestamping(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(CertificateWatchTest, RevokedResponderEndsNeither) {
  Revoke(CertificateRole::kOcspResponder);
  watch_->Look();
  EXPECT_THAT(watch_->Issuing(), IsOk());
  EXPECT_THAT(watch_->Timestamping(), IsOk());
}

TEST_F(CertificateWatchTest, SupersededUnitServesOn) {
  CertificateLife life = Open();
  ASSERT_THAT(life.Renew(UnitSerial(), {}, order_), IsOk());
  watch_->Look();
  EXPECT_THAT(watch_->Timestamping(), IsOk());
}

TEST_F(CertificateWatchTest, WithdrawalIsRecordedOnce) {
  Revoke(CertificateRole::kTimestampingUnit);
  watch_->Look();
  watch_->Look();
  const auto events = ledger_.Events();
  ASSERT_EQ(events.size(), 1);
  EXPECT_EQ(events[0].step, "certificate-withdrawn");
  EXPECT_THAT(events[0].facts_json, HasSubstr("timestamping"));
}

TEST_F(CertificateWatchTest, RevokedUnitThatIsReadAgainIsWithdrawnAgain) {
  EXPECT_FALSE(withdrawn_);
  Revoke(CertificateRole::kTimestampingUnit);
  watch_->Look();
  EXPECT_TRUE(withdrawn_);
  withdrawn_ = false;  // its file has changed, though not its certificate
  watch_->Look();
  EXPECT_TRUE(withdrawn_);
  EXPECT_EQ(ledger_.Events().size(), 1u);
}

TEST_F(CertificateWatchTest, LedgerThatIsAwayDoesNotDelayTheVerdict) {
  ledger_.FailAlways("RecordEvent");
  Revoke(CertificateRole::kTimestampingUnit);
  watch_->Look();
  EXPECT_THAT(watch_->Timestamping(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(CertificateWatchTest, RegisterThatVanishesOrBreaksEndsBothForGood) {
  Revoke(CertificateRole::kOcspResponder);
  watch_->Look();
  const std::string whole = File(signer::kRegisterFile);
  std::filesystem::remove(Path(signer::kRegisterFile));
  watch_->Look();
  EXPECT_THAT(watch_->Issuing(), FailsWith(Reason::kCertificateStateForbids));
  EXPECT_THAT(watch_->Timestamping(), FailsWith(Reason::kTimestampUnavailable));
  Put(signer::kRegisterFile, whole);
  watch_->Look();
  EXPECT_THAT(watch_->Issuing(), FailsWith(Reason::kCertificateStateForbids));
}

}  // namespace
}  // namespace enkrat::server
