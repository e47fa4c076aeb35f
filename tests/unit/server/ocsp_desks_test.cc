// Who answers OCSP: the latest responder that may and can, whatever comes and goes meanwhile.
#include "server/ocsp_desks.h"

#include "absl/strings/match.h"
#include "tests/support/test_authority.h"
#include "tests/unit/signer/revocation_fixture.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using signer::CertificateLife;
using signer::CertificateRole;
using ::testing::HasSubstr;
using ::testing::Not;

class OcspDesksTest : public signer::RevocationTest {
 protected:
  void SetUp() override {
    RevocationTest::SetUp();
    settings_.ocsp_chain_file = Path(signer::kOcspFile);
    settings_.ocsp_responder_key = signer::kOcspResponderKey;
    desks_ = MakeDesks();
    first_ = Answering();
    ASSERT_NE(first_, "");
  }

  std::unique_ptr<OcspDesks> MakeDesks() { return MakeDesks(pool_.get()); }
  std::unique_ptr<OcspDesks> MakeDesks(hsm::SessionPool* pool) {
    return std::make_unique<OcspDesks>(OcspDesks::Parts{.settings = &settings_,
                                                        .pool = pool,
                                                        .registered = &registered_,
                                                        .authorities = {*issuing_},
                                                        .clock = &clock_,
                                                        .logger = &logger_});
  }
  // Serial number of who answers from now on; empty if that is who did before, or nobody.
  std::string Answering() {
    const auto desks = desks_->Look();
    EXPECT_THAT(desks, IsOk());
    if (!desks.ok() || !desks->has_value() || (**desks).empty()) return "";
    return signer::DescribeCertificate((**desks).front().responder.der)->serial_number;
  }
  std::string Renew() {
    CertificateLife life = Open();
    const auto made = life.Renew(SerialOf(life, CertificateRole::kOcspResponder), {}, order_);
    EXPECT_THAT(made, IsOk());
    return made->serial_number;
  }
  std::string IssueAnew() {
    CertificateLife life = Open();
    const auto made = life.IssueAnew(SerialOf(life, CertificateRole::kOcspResponder), {}, order_);
    EXPECT_THAT(made, IsOk());
    return made->serial_number;
  }
  // How often the log says it.
  int Said(const std::string& words) {
    const std::string text = log_.str();
    int count = 0;
    for (size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) {
      ++count;
    }
    return count;
  }

  RevocationSettings settings_;
  std::unique_ptr<OcspDesks> desks_;
  std::string first_;
};

TEST_F(OcspDesksTest, NothingChangesUntilSomethingHasChanged) {
  EXPECT_EQ(Answering(), "");
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(Answering(), "");
  ASSERT_THAT(Revoke(CertificateRole::kTimestampingUnit), IsOk());  // the register alone
  EXPECT_EQ(Answering(), "");
  EXPECT_EQ(Said("ocsp-responder-answers"), 1);
}

TEST_F(OcspDesksTest, RenewedResponderIsTakenUp) {
  const std::string second = Renew();
  EXPECT_EQ(Answering(), second);
  EXPECT_EQ(Answering(), "");
  const std::string third = Renew();
  EXPECT_EQ(Answering(), third);
  // A start finds the same.
  desks_ = MakeDesks();
  EXPECT_EQ(Answering(), third);
}

TEST_F(OcspDesksTest, ResponderThatWasRevokedStaysUntilItIsReplacedAndIsAnAlarm) {
  ASSERT_THAT(Revoke(CertificateRole::kOcspResponder), IsOk());
  EXPECT_EQ(Answering(), "");
  EXPECT_EQ(Said("ALARM: the OCSP responder may not answer any more"), 1);
  EXPECT_EQ(Said("enkrat certificates issue ocsp-responder"), 1);
  Answering();
  EXPECT_EQ(Said("ALARM"), 1);
  clock_.Advance(absl::Hours(24));
  Answering();
  EXPECT_EQ(Said("ALARM"), 2);
  EXPECT_EQ(Answering(), "");
  const std::string second = IssueAnew();
  EXPECT_EQ(Answering(), second);
  clock_.Advance(absl::Hours(48));
  Answering();
  EXPECT_EQ(Said("ALARM"), 2);
}

TEST_F(OcspDesksTest, WhereTheLatestWasRevokedTheOneBeforeItAnswers) {
  const std::string second = Renew();
  ASSERT_EQ(Answering(), second);
  ASSERT_THAT(Revoke(CertificateRole::kOcspResponder), IsOk());
  EXPECT_EQ(Answering(), first_);
  const std::string third = IssueAnew();
  EXPECT_EQ(Answering(), third);
}

TEST_F(OcspDesksTest, EndIsWarnedOfAndThenAnAlarmWithTheCommandThatMends) {
  SetNow(responder_certificate_->not_after - absl::Hours(24 * 31));
  Answering();
  EXPECT_EQ(log_.str().find("ends soon"), std::string::npos);
  SetNow(responder_certificate_->not_after - absl::Hours(1));
  Answering();
  Answering();
  EXPECT_EQ(Said("ends soon"), 1);
  EXPECT_EQ(Said("enkrat certificates renew ocsp-responder"), 1);
  SetNow(responder_certificate_->not_after + absl::Seconds(1));
  Answering();
  Answering();
  EXPECT_EQ(Said("ALARM: the OCSP responder may not answer any more"), 1);
  EXPECT_EQ(Said("enkrat certificates reissue ocsp-responder"), 1);
  CertificateLife life = Open();
  const auto made = life.Reissue(SerialOf(life, CertificateRole::kOcspResponder), {}, order_);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(Answering(), made->serial_number);
}

TEST_F(OcspDesksTest, ResponderWhoseKeyIsNotThereYetIsTakenUpWhenItIs) {
  // The service's own: the command's knows the key that it has made.
  const auto services =
      hsm::SessionPool::Create(*module_, {.token_label = "fake token",
                                          .pin = Secret(absl::string_view("1234")),
                                          .sessions = 1,
                                          .clock = &clock_});
  ASSERT_THAT(services, IsOk());
  desks_ = MakeDesks(services->get());
  ASSERT_EQ(Answering(), first_);
  const std::string second = Renew();
  token_.SetGone(true);
  EXPECT_EQ(Answering(), "");
  EXPECT_EQ(Answering(), "");
  EXPECT_EQ(Said("ALARM: an OCSP responder cannot be used"), 1);
  EXPECT_THAT(desks_->key_error(), Not(IsOk()));
  token_.SetGone(false);
  std::string answering;
  for (int i = 0; i < 120 && answering.empty(); ++i) {
    clock_.Advance(absl::Seconds(1));
    answering = Answering();
  }
  EXPECT_EQ(answering, second);
  EXPECT_THAT(desks_->key_error(), IsOk());
}

TEST_F(OcspDesksTest, RegisterThatIsGoneIsAnErrorAndChangesNothing) {
  const std::string second = Renew();
  ASSERT_EQ(Answering(), second);
  std::filesystem::remove(Path(signer::kRegisterFile));
  EXPECT_THAT(desks_->Look(), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(OcspDesksTest, FileThatIsNoResponderIsAnErrorUntilItIsOne) {
  const std::string content = File(signer::kOcspFile);
  for (const std::string& wrong : {std::string("no certificate"), File(signer::kChainFile)}) {
    Put(signer::kOcspFile, wrong);
    EXPECT_THAT(desks_->Look(), FailsWith(Reason::kConfigurationInvalid));
  }
  Put(signer::kOcspFile, content);
  EXPECT_EQ(Answering(), "");
}

TEST_F(OcspDesksTest, FileThatIsGoneLeavesThePresentOneAnswering) {
  std::filesystem::remove(Path(signer::kOcspFile));
  EXPECT_EQ(Answering(), "");
  const std::string second = [&] {
    Put(signer::kOcspFile, CertificateToPem(responder_certificate_->der));
    return Renew();
  }();
  EXPECT_EQ(Answering(), second);
}

TEST_F(OcspDesksTest, RegisterThatWasPutBackHandsNothingToARevokedResponder) {
  ASSERT_THAT(Revoke(CertificateRole::kOcspResponder), IsOk());
  const std::string backup = File(signer::kRegisterFile);
  const std::string second = IssueAnew();
  ASSERT_EQ(Answering(), second);
  Put(signer::kRegisterFile, backup);
  std::filesystem::remove(Path(signer::kOcspFile));
  EXPECT_EQ(Answering(), "");
}

TEST_F(OcspDesksTest, WithoutAResponderThereIsNoDesk) {
  std::filesystem::remove(Path(signer::kOcspFile));
  desks_ = MakeDesks();
  EXPECT_EQ(Answering(), "");
  settings_.ocsp_required = true;
  desks_ = MakeDesks();
  EXPECT_THAT(desks_->Look(), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(OcspDesksTest, AnothersResponderIsNotOurs) {
  const testing::TestAuthority stranger;
  const Bytes theirs = stranger.Issue({.extended_key_usage = {testing::kEkuOcspSigning}}).der;
  Put(signer::kOcspFile, CertificateToPem(theirs));
  desks_ = MakeDesks();
  EXPECT_EQ(Answering(), "");
  EXPECT_THAT(desks_->CheckIssued(), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(OcspDesksTest, KeyOfAnotherIsNotTheRespondersKey) {
  settings_.ocsp_responder_key = signer::kIssuingCaKey;
  desks_ = MakeDesks();
  EXPECT_EQ(Answering(), "");
  EXPECT_THAT(desks_->CheckIssued(), IsOk());
  EXPECT_THAT(desks_->key_error(), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(log_.str(), HasSubstr("is not the OCSP responder's"));
}

}  // namespace
}  // namespace enkrat::server
