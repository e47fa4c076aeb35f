// What every tsa::Timestamper keeps, ours over an HSM and somebody else's over HTTP alike.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "common/http_fetcher.h"
#include "common/log.h"
#include "common/mutex.h"
#include "hsm/module.h"
#include "hsm/session_pool.h"
#include "signer/local_timestamper.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_cryptoki.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"
#include "tests/unit/tsa/foreign_tsa.h"
#include "tsa/http_timestamper.h"
#include "tsa/token.h"
#include "tsa/token_verifier.h"

namespace enkrat {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeClock;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::TestAuthority;

// One kind of timestamper with what it stands on.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual tsa::Timestamper& timestamper() = 0;
  // Whatever makes the timestamps is gone.
  virtual void GoAway() = 0;

  FakeClock clock;
  TestAuthority authority;
};

class OwnUnitBackend final : public Backend {
 public:
  OwnUnitBackend() : module_(hsm::Module::FromFunctionList(token_.functions(), {}).value()) {
    hsm::SessionPool::Options options;
    options.token_label = "fake token";
    options.pin = Secret(absl::string_view("1234"));
    options.sessions = 2;
    options.clock = &clock;
    options.logger = &logger_;
    pool_ = hsm::SessionPool::Create(*module_, std::move(options)).value();
    const hsm::LongLivedKey key = pool_->GenerateKey({.label = "timestamping-unit"}).value();
    guard_ = tsa::ClockGuard::Create({.clock = &clock}).value();
    testing::CertificateOptions certificate;
    certificate.subject_key = &key.public_key();
    auto unit = tsa::TimestampUnit::Create(
        {.chain_der = {authority.IssueByRoot(certificate).der, authority.root_der()},
         .clock = &clock,
         .clock_guard = guard_.get()});
    units_ = std::make_unique<signer::TimestampUnits>(
        std::vector<signer::TimestampUnits::Handle>{std::make_shared<const signer::OwnUnit>(
            signer::OwnUnit{.unit = std::move(unit).value(), .key = key})});
    timestamper_ = std::make_unique<signer::LocalTimestamper>(*units_, *pool_, clock);
  }

  tsa::Timestamper& timestamper() override { return *timestamper_; }
  void GoAway() override { token_.SetGone(true); }

 private:
  testing::FakeCryptoki token_;
  std::unique_ptr<hsm::Module> module_;
  std::ostringstream log_;
  Logger logger_{log_, clock};
  std::unique_ptr<hsm::SessionPool> pool_;
  std::unique_ptr<tsa::ClockGuard> guard_;
  std::unique_ptr<signer::TimestampUnits> units_;
  std::unique_ptr<signer::LocalTimestamper> timestamper_;
};

class OutsideBackend final : public Backend, private HttpFetcher {
 public:
  OutsideBackend()
      : timestamper_(tsa::HttpTimestamper::Create({.url = "https://tsa.example.test/",
                                                   .trusted_roots_der = {authority.root_der()},
                                                   .fetcher = this,
                                                   .clock = &clock})
                         .value()) {}

  tsa::Timestamper& timestamper() override { return *timestamper_; }
  void GoAway() override { gone_ = true; }

 private:
  absl::StatusOr<HttpResponse> Fetch(const HttpRequest& request) override {
    if (gone_) return MakeError(Reason::kInternal, "unreachable");
    MutexLock lock(mutex_);
    return HttpResponse{.status = 200,
                        .content_type = "application/timestamp-reply",
                        .body = tsa_.Respond(request.body)};
  }

  Mutex mutex_;
  std::atomic<bool> gone_ = false;
  tsa::ForeignTsa tsa_{authority, {}};
  std::unique_ptr<tsa::HttpTimestamper> timestamper_;
};

template <typename Kind>
class TimestamperContractTest : public ::testing::Test {
 protected:
  absl::StatusOr<tsa::IssuedTimestamp> Ask(const tsa::MessageImprint& imprint) {
    return backend_.timestamper().Timestamp(imprint, backend_.clock.Now() + absl::Seconds(9));
  }

  Kind backend_;
};
using Backends = ::testing::Types<OwnUnitBackend, OutsideBackend>;
TYPED_TEST_SUITE(TimestamperContractTest, Backends);

tsa::MessageImprint ImprintOf(DigestAlgorithm algorithm) {
  return {.algorithm = algorithm, .digest = Bytes(DigestSize(algorithm), 0x5a)};
}

TYPED_TEST(TimestamperContractTest, TokenIsOverTheImprintAndSaysWhatTheAnswerSays) {
  for (const DigestAlgorithm algorithm :
       {DigestAlgorithm::kSha256, DigestAlgorithm::kSha384, DigestAlgorithm::kSha512}) {
    ASSERT_OK_AND_ASSIGN(const tsa::IssuedTimestamp issued, this->Ask(ImprintOf(algorithm)));
    ASSERT_OK_AND_ASSIGN(const tsa::Token token, tsa::ParseToken(issued.token_der));
    EXPECT_EQ(token.imprint.algorithm, algorithm);
    EXPECT_EQ(token.imprint.digest, ImprintOf(algorithm).digest);
    EXPECT_EQ(token.gen_time, issued.gen_time);
    EXPECT_EQ(token.serial_number, issued.serial_number);
    EXPECT_EQ(token.policy_oid, issued.policy_oid);
  }
}

TYPED_TEST(TimestamperContractTest, TokenHasTheUnitsCertificate) {
  ASSERT_OK_AND_ASSIGN(const tsa::IssuedTimestamp issued,
                       this->Ask(ImprintOf(DigestAlgorithm::kSha256)));
  ASSERT_OK_AND_ASSIGN(const tsa::Token token, tsa::ParseToken(issued.token_der));
  EXPECT_FALSE(token.signer_certificate_der.empty());
}

TYPED_TEST(TimestamperContractTest, DigestThatIsTooShortOrTooLongIsUnsupported) {
  for (const size_t size : {0, 20, 31, 33, 64}) {
    EXPECT_THAT(this->Ask({.algorithm = DigestAlgorithm::kSha256, .digest = Bytes(size)}),
                FailsWith(Reason::kDigestUnsupported))
        << size;
  }
}

TYPED_TEST(TimestamperContractTest, WhatIsGoneAnswersNothing) {
  this->backend_.GoAway();
  EXPECT_FALSE(this->Ask(ImprintOf(DigestAlgorithm::kSha256)).ok());
}

TYPED_TEST(TimestamperContractTest, GenTimeDoesNotGoBack) {
  absl::Time latest = absl::InfinitePast();
  for (int i = 0; i < 5; ++i) {
    ASSERT_OK_AND_ASSIGN(const tsa::IssuedTimestamp issued,
                         this->Ask(ImprintOf(DigestAlgorithm::kSha256)));
    EXPECT_GE(issued.gen_time, latest);
    latest = issued.gen_time;
  }
}

TYPED_TEST(TimestamperContractTest, ThreadsMayAskAtOnce) {
  std::atomic<int> granted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        if (this->Ask(ImprintOf(DigestAlgorithm::kSha256)).ok()) ++granted;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(granted, 80);
}

}  // namespace
}  // namespace enkrat
