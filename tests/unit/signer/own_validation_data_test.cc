// The validation data of our own chains: what is in it, how fresh, and when there is none.
#include "signer/own_validation_data.h"

#include "tests/unit/signer/revocation_fixture.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::Contains;
using ::testing::Not;
using ::testing::SizeIs;

class OwnValidationDataTest : public RevocationTest {
 protected:
  void SetUp() override {
    RevocationTest::SetUp();
    publisher_ = Publisher();
    ASSERT_THAT(publisher_->Keep(), IsOk());
    responder_ = Responder();
    upper_ = Upper();
    source_ = Source(responder_.get());
  }
  std::unique_ptr<OwnValidationData> Source(OcspResponder* responder) {
    return OwnValidationData::Create({.chains_der = {chain_, unit_chain_},
                                      .responder = responder,
                                      .publishers = {publisher_.get()},
                                      .upper = upper_.get(),
                                      .status = status_.get(),
                                      .clock = &clock_})
        .value();
  }
  // A further unit of the register; its chain.
  std::vector<Bytes> AddUnit(const std::string& name) {
    EXPECT_THAT(Open().AddUnit({.name = name}, order_), IsOk());
    return Certificates("tsu-" + name + "-chain.pem");
  }
  absl::StatusOr<std::shared_ptr<const ValidationData>> Current() {
    return source_->Current(clock_.Now(), Soon());
  }

  std::unique_ptr<CrlPublisher> publisher_;
  std::unique_ptr<OcspResponder> responder_;
  std::unique_ptr<UpperCrls> upper_;
  std::unique_ptr<OwnValidationData> source_;
};

TEST_F(OwnValidationDataTest, HoldsEveryCertificateAndAStatusForEachButTheRoot) {
  ASSERT_OK_AND_ASSIGN(const auto data, Current());
  EXPECT_THAT(data->certificates_der, SizeIs(4));  // unit, issuing CA, root, responder
  EXPECT_THAT(data->certificates_der, Contains(responder_certificate_->der));
  ASSERT_THAT(data->crls_der, SizeIs(1));
  EXPECT_THAT(ca::ParseCrl(data->crls_der[0], *root_), IsOk());
  EXPECT_THAT(data->ocsp_responses_der, SizeIs(1));
}

TEST_F(OwnValidationDataTest, IsMadeOnceASecondHoweverManyAsk) {
  const int before = Signatures();
  for (int i = 0; i < 10; ++i) ASSERT_THAT(Current(), IsOk());
  EXPECT_EQ(Signatures(), before + 1);
  clock_.Advance(absl::Seconds(1));
  ASSERT_THAT(Current(), IsOk());
  EXPECT_EQ(Signatures(), before + 2);
}

TEST_F(OwnValidationDataTest, WhoeverAsksAboutThePastGetsWhatIsThereForAMinute) {
  const absl::Time then = clock_.Now();
  ASSERT_THAT(Current(), IsOk());
  const int before = Signatures();
  clock_.Advance(absl::Seconds(59));
  ASSERT_THAT(source_->Current(then, Soon()), IsOk());
  EXPECT_EQ(Signatures(), before);
  clock_.Advance(absl::Seconds(2));
  ASSERT_THAT(source_->Current(then, Soon()), IsOk());
  EXPECT_EQ(Signatures(), before + 1);
}

TEST_F(OwnValidationDataTest, WithoutAResponderTheCrlSpeaks) {
  source_ = Source(nullptr);
  ASSERT_OK_AND_ASSIGN(const auto data, Current());
  EXPECT_THAT(data->crls_der, SizeIs(2));
  EXPECT_THAT(data->ocsp_responses_der, SizeIs(0));
}

TEST_F(OwnValidationDataTest, RevokedResponderLeavesItToTheCrl) {
  ASSERT_THAT(Revoke(CertificateRole::kOcspResponder), IsOk());
  ASSERT_THAT(publisher_->Keep(), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto data, Current());
  EXPECT_THAT(data->crls_der, SizeIs(2));
  EXPECT_THAT(data->ocsp_responses_der, SizeIs(0));
}

TEST_F(OwnValidationDataTest, RevokedUnitHasNoneAtOnce) {
  ASSERT_THAT(Current(), IsOk());
  ASSERT_THAT(Revoke(CertificateRole::kTimestampingUnit), IsOk());
  EXPECT_THAT(Current(), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OwnValidationDataTest, RevokedUnitIsLeftOutWhereAnotherIsInOrder) {
  const std::vector<Bytes> further = AddUnit("rsa");
  ASSERT_THAT(source_->AddUnit(further), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto both, Current());
  EXPECT_THAT(both->certificates_der, Contains(unit_chain_[0]));
  EXPECT_THAT(both->certificates_der, Contains(further[0]));
  ASSERT_THAT(Revoke(CertificateRole::kTimestampingUnit), IsOk());  // the first
  clock_.Advance(absl::Seconds(2));
  ASSERT_OK_AND_ASSIGN(const auto data, Current());
  EXPECT_THAT(data->certificates_der, Not(Contains(unit_chain_[0])));
  EXPECT_THAT(data->certificates_der, Contains(further[0]));
  EXPECT_THAT(data->ocsp_responses_der, SizeIs(1));
}

TEST_F(OwnValidationDataTest, WhoeverMayHaveATimestampOfTheRevokedUnitGetsNone) {
  ASSERT_THAT(source_->AddUnit(AddUnit("rsa")), IsOk());
  const absl::Time stamped = clock_.Now();
  ASSERT_THAT(Revoke(CertificateRole::kTimestampingUnit), IsOk());
  EXPECT_THAT(source_->Current(stamped, Soon()), FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_THAT(Current(), FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_THAT(source_->Current(absl::InfinitePast(), Soon()),
              FailsWith(Reason::kValidationDataUnavailable));
  clock_.Advance(absl::Seconds(2));
  EXPECT_THAT(source_->Current(stamped, Soon()), FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_THAT(Current(), IsOk());
  EXPECT_THAT(source_->Current(absl::InfinitePast(), Soon()), IsOk());
}

TEST_F(OwnValidationDataTest, AllUnitsRevokedHaveNone) {
  ASSERT_THAT(source_->AddUnit(AddUnit("rsa")), IsOk());
  ASSERT_THAT(Revoke(CertificateRole::kTimestampingUnit), IsOk());
  CertificateLife life = Open();
  ASSERT_OK_AND_ASSIGN(const RegisteredCertificate* unit, life.Find("rsa"));
  ASSERT_THAT(life.Revoke(unit->description.serial_number, RevocationReason::kSuperseded, order_),
              IsOk());
  clock_.Advance(absl::Seconds(2));
  EXPECT_THAT(Current(), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OwnValidationDataTest, RevokedIssuingCaHasNone) {
  ASSERT_THAT(Revoke(CertificateRole::kIssuingCa), IsOk());
  EXPECT_THAT(Current(), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OwnValidationDataTest, WithoutARootCrlThereIsNone) {
  std::filesystem::remove(Path(kRootCrlFile));
  upper_ = Upper();
  source_ = Source(responder_.get());
  EXPECT_THAT(Current(), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OwnValidationDataTest, ExpiredRootCrlIsNone) {
  source_ = Source(nullptr);
  clock_.Advance(kRootCrlLifetime - absl::Seconds(1));
  ASSERT_THAT(publisher_->Keep(), IsOk());
  EXPECT_THAT(Current(), IsOk());
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(Current(), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OwnValidationDataTest, IssuingCaOnTheRootsCrlHasNone) {
  CertificateLife life = Open();
  CertificateRegister all = life.all();
  const std::string serial = SerialOf(life, CertificateRole::kIssuingCa);
  ASSERT_THAT(all.Revoke(serial, RevocationReason::kCaCompromise,
                         {.at = clock_.Now(),
                          .action = "revoked",
                          .serial_number = serial,
                          .who = "x",
                          .why = ""}),
              IsOk());
  const auto root_key = pool_->FindKey(kRootCaKey).value();
  {
    hsm::SessionLease lease = pool_->Acquire(Soon()).value();
    ASSERT_THAT(IssueRootCrl(CeremonyFolder(folder_.path()), chain_[1], all,
                             *lease.KeyFor(root_key), clock_.Now()),
                IsOk());
  }
  upper_->Look();
  EXPECT_THAT(Current(), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OwnValidationDataTest, WhileTheTokenIsAwayTheLastOneServes) {
  ASSERT_OK_AND_ASSIGN(const auto last, Current());
  token_.SetGone(true);
  clock_.Advance(absl::Minutes(5));
  ASSERT_OK_AND_ASSIGN(const auto data, Current());
  EXPECT_EQ(data, last);
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Current(), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OwnValidationDataTest, NeverMadeAndTokenAwayIsNone) {
  token_.SetGone(true);
  EXPECT_THAT(Current(), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OwnValidationDataTest, RegisterThatIsGoneMakesNone) {
  ASSERT_THAT(Revoke(CertificateRole::kOcspResponder), IsOk());
  ASSERT_THAT(Current(), IsOk());
  std::filesystem::remove(Path(kRegisterFile));
  EXPECT_THAT(Current(), FailsWith(Reason::kValidationDataUnavailable));
}

}  // namespace
}  // namespace enkrat::signer
