// The published CRL: on schedule, at once after a revocation, numbered upwards through crashes.
#include "signer/crl_publisher.h"

#include "common/file.h"
#include "signer/revocation_urls.h"
#include "tests/unit/signer/revocation_fixture.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::HasSubstr;

class CrlPublisherTest : public RevocationTest {
 protected:
  static uint64_t NumberOf(const CrlPublisher& publisher) {
    return publisher.current() == nullptr ? 0 : publisher.current()->facts.number;
  }
};

TEST_F(CrlPublisherTest, FirstCrlIsThereAfterTheFirstLook) {
  const auto publisher = Publisher();
  EXPECT_EQ(publisher->current(), nullptr);
  ASSERT_THAT(publisher->Keep(), IsOk());
  const auto crl = publisher->current();
  EXPECT_EQ(crl->facts.number, static_cast<uint64_t>(absl::ToUnixSeconds(clock_.Now())));
  EXPECT_EQ(crl->facts.next_update - crl->facts.this_update, absl::Hours(24));
  EXPECT_EQ(ToBytes(File("issuing-ca.crl")), crl->der);
}

TEST_F(CrlPublisherTest, NothingIsSignedBeforeItIsDue) {
  const auto publisher = Publisher();
  ASSERT_THAT(publisher->Keep(), IsOk());
  const auto first = publisher->current();
  clock_.Advance(absl::Minutes(59));
  ASSERT_THAT(publisher->Keep(), IsOk());
  EXPECT_EQ(publisher->current(), first);
  clock_.Advance(absl::Minutes(1));
  ASSERT_THAT(publisher->Keep(), IsOk());
  EXPECT_GT(NumberOf(*publisher), first->facts.number);
}

TEST_F(CrlPublisherTest, RevocationIsOnItAtOnce) {
  const auto publisher = Publisher();
  ASSERT_THAT(publisher->Keep(), IsOk());
  const uint64_t before = NumberOf(*publisher);
  ASSERT_THAT(Revoke(CertificateRole::kTimestampingUnit), IsOk());
  ASSERT_THAT(publisher->Keep(), IsOk());
  EXPECT_TRUE(publisher->current()->facts.Lists(unit_serial_));
  EXPECT_GT(NumberOf(*publisher), before);
}

TEST_F(CrlPublisherTest, RevokedIssuingCaIsNotOnItsOwnCrl) {
  const auto publisher = Publisher();
  ASSERT_THAT(publisher->Keep(), IsOk());
  ASSERT_THAT(Revoke(CertificateRole::kIssuingCa), IsOk());
  ASSERT_THAT(publisher->Keep(), IsOk());
  EXPECT_TRUE(publisher->current()->facts.revoked_serial_numbers.empty());
}

TEST_F(CrlPublisherTest, RestartGoesOnWithTheFile) {
  auto publisher = Publisher();
  ASSERT_THAT(publisher->Keep(), IsOk());
  const Bytes der = publisher->current()->der;
  publisher = Publisher();
  ASSERT_NE(publisher->current(), nullptr);
  EXPECT_EQ(publisher->current()->der, der);
  ASSERT_THAT(publisher->Keep(), IsOk());
  EXPECT_EQ(publisher->current()->der, der);  // not due
}

TEST_F(CrlPublisherTest, NumbersRiseOverRestartsAtEveryStep) {
  uint64_t last = 0;
  const CertificateRole kRoles[] = {CertificateRole::kTimestampingUnit,
                                    CertificateRole::kOcspResponder};
  for (int run = 0; run < 6; ++run) {
    auto publisher = Publisher();
    EXPECT_GE(NumberOf(*publisher), last);
    if (run % 2 == 0) clock_.Advance(absl::Hours(1));
    if (run % 3 == 1) {
      ASSERT_THAT(Revoke(kRoles[run / 3]), IsOk());
    }
    ASSERT_THAT(publisher->Keep(), IsOk());
    EXPECT_GE(NumberOf(*publisher), last);
    last = NumberOf(*publisher);
  }
}

TEST_F(CrlPublisherTest, NumberThatIsNotOnDiskWasNeverPublished) {
  auto publisher = Publisher();
  ASSERT_THAT(publisher->Keep(), IsOk());
  const uint64_t number = NumberOf(*publisher);
  CrlPublisher::Options options = PublisherOptions();
  options.write = [](const std::string&, ByteSpan) {
    return MakeError(Reason::kConfigurationInvalid, "the disk is full");
  };
  publisher = CrlPublisher::Create(std::move(options)).value();
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(publisher->Keep(), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(NumberOf(*publisher), number);
  EXPECT_THAT(publisher->verdict(), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(log_.str(), HasSubstr("ALARM: no new CRL"));
}

// The process dies after the file was renamed and before anybody could fetch it.
TEST_F(CrlPublisherTest, CrashBehindTheDiskDoesNotRepeatTheNumber) {
  CrlPublisher::Options options = PublisherOptions();
  options.write = [](const std::string& path, ByteSpan content) -> absl::Status {
    ENKRAT_RETURN_IF_ERROR(WriteFile(path, content, {.overwrite = true}).status());
    return MakeError(Reason::kInternal, "crash");
  };
  auto publisher = CrlPublisher::Create(std::move(options)).value();
  EXPECT_FALSE(publisher->Keep().ok());
  EXPECT_EQ(publisher->current(), nullptr);
  publisher = Publisher();
  const uint64_t written = NumberOf(*publisher);
  EXPECT_GT(written, 0u);
  ASSERT_THAT(Revoke(CertificateRole::kTimestampingUnit), IsOk());
  ASSERT_THAT(publisher->Keep(), IsOk());
  EXPECT_GT(NumberOf(*publisher), written);
}

TEST_F(CrlPublisherTest, LostFileDoesNotBringAnOldNumberBack) {
  auto publisher = Publisher();
  ASSERT_THAT(publisher->Keep(), IsOk());
  const uint64_t before = NumberOf(*publisher);
  std::filesystem::remove(Path("issuing-ca.crl"));
  clock_.Advance(absl::Seconds(1));
  publisher = Publisher();
  ASSERT_THAT(publisher->Keep(), IsOk());
  EXPECT_GT(NumberOf(*publisher), before);
}

TEST_F(CrlPublisherTest, ForeignOrDamagedFileIsLeftOutWithAnError) {
  for (const std::string& content : {std::string("garbage"), File(kRootCrlFile), std::string()}) {
    Put("issuing-ca.crl", content);
    const auto publisher = Publisher();
    EXPECT_EQ(publisher->current(), nullptr);
    EXPECT_THAT(publisher->Keep(), IsOk());
  }
  EXPECT_THAT(log_.str(), HasSubstr("cannot be taken up"));
}

TEST_F(CrlPublisherTest, ClockThatIsPutBackMakesNothingOlder) {
  const auto publisher = Publisher();
  ASSERT_THAT(publisher->Keep(), IsOk());
  const auto before = publisher->current();
  clock_.Step(-absl::Hours(3));
  ASSERT_THAT(Revoke(CertificateRole::kTimestampingUnit), IsOk());
  ASSERT_THAT(publisher->Keep(), IsOk());
  EXPECT_EQ(publisher->current()->facts.number, before->facts.number + 1);
  EXPECT_GE(publisher->current()->facts.this_update, before->facts.this_update);
  EXPECT_TRUE(publisher->current()->facts.Lists(unit_serial_));
}

TEST_F(CrlPublisherTest, WhileTheTokenIsAwayTheLastOneIsServedAndTheNextTriedOnceASecond) {
  const auto publisher = Publisher();
  ASSERT_THAT(publisher->Keep(), IsOk());
  const auto last = publisher->current();
  token_.SetGone(true);
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(publisher->Keep(), FailsWith(Reason::kHsmUnavailable));
  EXPECT_THAT(publisher->Keep(), FailsWith(Reason::kHsmUnavailable));
  EXPECT_EQ(publisher->current(), last);
  token_.SetGone(false);
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(publisher->Keep(), IsOk());
  EXPECT_GT(NumberOf(*publisher), last->facts.number);
  EXPECT_THAT(log_.str(), HasSubstr("published again"));
}

TEST_F(CrlPublisherTest, RegisterThatIsGonePublishesNothingNew) {
  const auto publisher = Publisher();
  ASSERT_THAT(Revoke(CertificateRole::kTimestampingUnit), IsOk());
  ASSERT_THAT(publisher->Keep(), IsOk());
  const auto last = publisher->current();
  std::filesystem::remove(Path(kRegisterFile));
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(publisher->Keep(), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(publisher->current(), last);
}

TEST_F(CrlPublisherTest, CrlThatEndsBeforeTheNextIsRefused) {
  CrlPublisher::Options options = PublisherOptions();
  options.lifetime = options.interval;
  EXPECT_THAT(CrlPublisher::Create(std::move(options)), FailsWith(Reason::kConfigurationInvalid));
}

// The root's CRL, which the service only reads.

TEST_F(CrlPublisherTest, CeremonyMakesTheRootsCrlOnce) {
  const std::string first = File(kRootCrlFile);
  ASSERT_OK_AND_ASSIGN(const auto crl, ReadRootCrl(CeremonyFolder(folder_.path()), chain_[1]));
  ASSERT_TRUE(crl.has_value());
  EXPECT_EQ(crl->next_update - crl->this_update, absl::Hours(24 * 365));
  ASSERT_THAT(RunCeremony(), IsOk());
  EXPECT_EQ(File(kRootCrlFile), first);
}

TEST_F(CrlPublisherTest, NewRootCrlNamesTheRevokedCaUnderAHigherNumber) {
  const CeremonyFolder folder(folder_.path());
  const auto before = ReadRootCrl(folder, chain_[1]).value();
  ASSERT_THAT(Revoke(CertificateRole::kIssuingCa, RevocationReason::kCaCompromise), IsOk());
  CertificateLife life = Open();
  EXPECT_FALSE(SaysAsRegistered(*before, life.all(), *root_));
  const auto key = pool_->FindKey(kRootCaKey).value();
  hsm::SessionLease lease = pool_->Acquire(Soon()).value();
  ASSERT_OK_AND_ASSIGN(const ca::ReadCrl crl, IssueRootCrl(folder, chain_[1], life.all(),
                                                           *lease.KeyFor(key), clock_.Now()));
  EXPECT_GT(crl.number, before->number);
  EXPECT_TRUE(SaysAsRegistered(crl, life.all(), *root_));
  EXPECT_TRUE(crl.Lists(FromHex(SerialOf(life, CertificateRole::kIssuingCa)).value()));
}

TEST_F(CrlPublisherTest, OlderOrForeignRootCrlIsNotTakenUpWhileRunning) {
  const std::string first = File(kRootCrlFile);
  {
    const auto key = pool_->FindKey(kRootCaKey).value();
    hsm::SessionLease lease = pool_->Acquire(Soon()).value();
    ASSERT_THAT(IssueRootCrl(CeremonyFolder(folder_.path()), chain_[1], {}, *lease.KeyFor(key),
                             clock_.Now()),
                IsOk());
  }
  const auto upper = Upper();
  const auto second = upper->Of(chain_[1]);
  ASSERT_NE(second, nullptr);
  for (const std::string& content : {first, std::string("garbage")}) {
    Put(kRootCrlFile, content);
    upper->Look();
    EXPECT_EQ(upper->Of(chain_[1]), second);
  }
  std::filesystem::remove(Path(kRootCrlFile));
  upper->Look();
  EXPECT_EQ(upper->Of(chain_[1]), second);
  EXPECT_EQ(upper->Of(chain_[0]), nullptr);
  EXPECT_THAT(log_.str(), HasSubstr("older than the CRL"));
}

TEST_F(CrlPublisherTest, UrlsFollowTheIssuerAndLeaveOthersAlone) {
  EXPECT_EQ(CrlUrl("http://x.eu/", "ab01"), "http://x.eu/crl/ab01.crl");
  EXPECT_EQ(OcspUrl("http://x.eu"), "http://x.eu/ocsp");
  EXPECT_EQ(FollowIssuer("http://x.eu/crl/ab01.crl", "ab01", "cd02"), "http://x.eu/crl/cd02.crl");
  EXPECT_EQ(FollowIssuer("http://x.eu/own.crl", "ab01", "cd02"), "http://x.eu/own.crl");
  EXPECT_EQ(FollowIssuer("", "ab01", "cd02"), "");
  EXPECT_EQ(FollowIssuer("http://x.eu/.crl", "", "cd02"), "http://x.eu/.crl");
}

}  // namespace
}  // namespace enkrat::signer
