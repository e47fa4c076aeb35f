// When keys are fetched, how often, and what holds while the provider is away.
#include "idp_client/issuer_keys.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/fake_clock.h"
#include "tests/support/id_token_factory.h"
#include "tests/support/status_matchers.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeClock;
using ::enkrat::testing::IdTokenKey;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::Jwks;

// What the provider has, as a test decides; outlives the source.
struct Provider {
  std::mutex mutex;
  std::condition_variable changed;
  std::string jwks;
  bool down = false;
  bool hangs = false;  // a fetch stays in the source until this is false again
  int fetches = 0;
  absl::Duration last_timeout;

  void Set(bool Provider::*member, bool value) {
    const std::lock_guard<std::mutex> lock(mutex);
    this->*member = value;
    changed.notify_all();
  }
  void WaitForFetches(int count) {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return fetches >= count; });
  }
};

class ProviderSource final : public KeySource {
 public:
  explicit ProviderSource(Provider& provider) : provider_(provider) {}
  absl::StatusOr<KeySet> Fetch(absl::Duration timeout) override {
    std::unique_lock<std::mutex> lock(provider_.mutex);
    ++provider_.fetches;
    provider_.last_timeout = timeout;
    provider_.changed.notify_all();
    provider_.changed.wait(lock, [&] { return !provider_.hangs; });
    if (provider_.down) return MakeError(Reason::kInternal, "unreachable");
    return KeySet::FromJson(provider_.jwks);
  }

 private:
  Provider& provider_;
};

class IssuerKeysTest : public ::testing::Test {
 protected:
  IssuerKeysTest() {
    provider_.jwks = Jwks({old_.PublicJwk()});
    IssuerKeys::Options options;
    options.issuer = "https://idp.example";
    options.source = std::make_unique<ProviderSource>(provider_);
    options.clock = &clock_;
    options.logger = &logger_;
    keys_ = std::make_unique<IssuerKeys>(std::move(options));
  }

  absl::Status Find(const std::string& kid, absl::Time deadline = absl::InfiniteFuture()) {
    return keys_->Find(*FindSignatureAlgorithm("ES256"), kid, deadline).status();
  }
  void Rotate() { provider_.jwks = Jwks({new_.PublicJwk()}); }

  const IdTokenKey old_{{.kid = "old"}};
  const IdTokenKey new_{{.kid = "new"}};
  FakeClock clock_;
  std::ostringstream log_;
  Logger logger_{log_, clock_};
  Provider provider_;
  std::unique_ptr<IssuerKeys> keys_;
};

TEST_F(IssuerKeysTest, KeysAreFetchedOnceAndKept) {
  EXPECT_THAT(Find("old"), IsOk());
  EXPECT_THAT(Find("old"), IsOk());
  clock_.Advance(absl::Minutes(59));
  EXPECT_THAT(Find("old"), IsOk());
  EXPECT_EQ(provider_.fetches, 1);
}

TEST_F(IssuerKeysTest, UnknownKidFetchesAgain) {
  EXPECT_THAT(Find("old"), IsOk());
  Rotate();
  clock_.Advance(absl::Seconds(10));
  EXPECT_THAT(Find("new"), IsOk());
  EXPECT_EQ(provider_.fetches, 2);
}

// The provider may have changed its keys a moment ago: nothing is known of the token yet.
TEST_F(IssuerKeysTest, UnknownKidJustAfterAFetchIsToBeTriedAgainAfterTheNext) {
  EXPECT_THAT(Find("old"), IsOk());
  Rotate();
  clock_.Advance(absl::Seconds(3));
  const absl::Status status = Find("new");
  EXPECT_THAT(status, FailsWith(Reason::kIdpKeysUnavailable));
  EXPECT_EQ(RetryDelayOf(status), absl::Seconds(7));
  EXPECT_EQ(provider_.fetches, 1);
  clock_.Advance(*RetryDelayOf(status));
  EXPECT_THAT(Find("new"), IsOk());
}

TEST_F(IssuerKeysTest, UnknownKidJustAfterAFetchFetchesNothing) {
  EXPECT_THAT(Find("old"), IsOk());
  clock_.Advance(absl::Seconds(10) - absl::Microseconds(1));
  EXPECT_THAT(Find("new"), FailsWith(Reason::kIdpKeysUnavailable));
  EXPECT_EQ(provider_.fetches, 1);
}

TEST_F(IssuerKeysTest, KidThatTheProviderDoesNotKnowNowIsRejected) {
  EXPECT_THAT(Find("new"), FailsWith(Reason::kAssertionRejected));
  clock_.Advance(absl::Seconds(10));
  EXPECT_THAT(Find("new"), FailsWith(Reason::kAssertionRejected));
  EXPECT_EQ(provider_.fetches, 2);
}

TEST_F(IssuerKeysTest, AThousandUnknownKidsCostOneFetchAnInterval) {
  EXPECT_THAT(Find("old"), IsOk());
  for (int i = 0; i < 1000; ++i) {
    clock_.Advance(absl::Milliseconds(10));
    EXPECT_FALSE(Find(std::to_string(i)).ok());
  }
  EXPECT_EQ(provider_.fetches, 2);
}

TEST_F(IssuerKeysTest, SteppedClockDoesNotLoosenTheRate) {
  EXPECT_THAT(Find("old"), IsOk());
  clock_.Step(absl::Hours(48));
  EXPECT_FALSE(Find("new").ok());
  EXPECT_EQ(provider_.fetches, 1);
}

TEST_F(IssuerKeysTest, KeysAreFetchedAgainAfterAnHour) {
  EXPECT_THAT(Find("old"), IsOk());
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Find("old"), IsOk());
  EXPECT_EQ(provider_.fetches, 2);
}

TEST_F(IssuerKeysTest, KeyThatTheProviderTookBackIsRejectedAfterTheRefresh) {
  EXPECT_THAT(Find("old"), IsOk());
  Rotate();
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Find("old"), FailsWith(Reason::kAssertionRejected));
}

TEST_F(IssuerKeysTest, SetWithoutKeysTakesAllKeysBack) {
  EXPECT_THAT(Find("old"), IsOk());
  provider_.jwks = "{\"keys\":[]}";
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Find("old"), FailsWith(Reason::kAssertionRejected));
}

TEST_F(IssuerKeysTest, OldKeysStayWhileTheProviderIsDown) {
  EXPECT_THAT(Find("old"), IsOk());
  provider_.down = true;
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Find("old"), IsOk());
  EXPECT_EQ(provider_.fetches, 2);
  EXPECT_THAT(Find("old"), IsOk());
  EXPECT_EQ(provider_.fetches, 2);  // not at every call
  clock_.Advance(absl::Hours(23));
  EXPECT_THAT(Find("old"), IsOk());
}

TEST_F(IssuerKeysTest, OldKeysAreGivenUpAtTheirLongestAge) {
  EXPECT_THAT(Find("old"), IsOk());
  provider_.down = true;
  clock_.Advance(absl::Hours(24) + absl::Microseconds(1));
  EXPECT_THAT(Find("old"), FailsWith(Reason::kIdpKeysUnavailable));
  EXPECT_THAT(Find("old"), FailsWith(Reason::kIdpKeysUnavailable));
}

TEST_F(IssuerKeysTest, AnswerThatIsNoKeySetCountsAsDown) {
  EXPECT_THAT(Find("old"), IsOk());
  provider_.jwks = "<html>maintenance</html>";
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Find("old"), IsOk());
  EXPECT_THAT(Find("new"), FailsWith(Reason::kIdpKeysUnavailable));
}

TEST_F(IssuerKeysTest, UnknownKidWhileTheProviderIsDownIsNotHeldAgainstTheToken) {
  EXPECT_THAT(Find("old"), IsOk());
  provider_.down = true;
  clock_.Advance(absl::Seconds(10));
  EXPECT_THAT(Find("new"), FailsWith(Reason::kIdpKeysUnavailable));
}

TEST_F(IssuerKeysTest, ProviderDownFromTheStartIsAskedAtTheSameRate) {
  provider_.down = true;
  EXPECT_THAT(Find("old"), FailsWith(Reason::kIdpKeysUnavailable));
  EXPECT_THAT(Find("old"), FailsWith(Reason::kIdpKeysUnavailable));
  EXPECT_EQ(provider_.fetches, 1);
  provider_.down = false;
  clock_.Advance(absl::Seconds(10));
  EXPECT_THAT(Find("old"), IsOk());
  EXPECT_EQ(provider_.fetches, 2);
}

TEST_F(IssuerKeysTest, FailureIsLogged) {
  provider_.down = true;
  EXPECT_THAT(Find("old"), FailsWith(Reason::kIdpKeysUnavailable));
  EXPECT_NE(log_.str().find("https://idp.example"), std::string::npos);
}

TEST_F(IssuerKeysTest, FetchHasNoMoreTimeThanTheCaller) {
  EXPECT_THAT(Find("old", clock_.Now() + absl::Seconds(2)), IsOk());
  EXPECT_EQ(provider_.last_timeout, absl::Seconds(2));
}

TEST_F(IssuerKeysTest, CallerWithoutTimeFetchesNothing) {
  EXPECT_THAT(Find("old", clock_.Now()), FailsWith(Reason::kIdpKeysUnavailable));
  EXPECT_EQ(provider_.fetches, 0);
}

TEST_F(IssuerKeysTest, CallerWithoutTimeStillUsesOldKeys) {
  EXPECT_THAT(Find("old"), IsOk());
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Find("old", clock_.Now()), IsOk());
  EXPECT_EQ(provider_.fetches, 1);
}

TEST_F(IssuerKeysTest, PrimingFailsIfTheSourceDoes) {
  provider_.down = true;
  EXPECT_FALSE(keys_->Prime().ok());
}

TEST_F(IssuerKeysTest, PrimingFailsIfNoKeyIsOfUse) {
  provider_.jwks = "{\"keys\":[]}";
  EXPECT_THAT(keys_->Prime(), FailsWith(Reason::kIdpKeysUnavailable));
}

TEST_F(IssuerKeysTest, SixteenCallersShareAnothersFetchAndTheRestAreTurnedAwayAtOnce) {
  provider_.Set(&Provider::hangs, true);
  std::atomic<int> found = 0;
  std::atomic<int> turned_away = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 22; ++i) {
    threads.emplace_back([&] {
      const absl::Status status = Find("old");
      if (status.ok()) {
        ++found;
      } else {
        EXPECT_THAT(status, FailsWith(Reason::kIdpKeysUnavailable));
        EXPECT_GT(RetryDelayOf(status).value_or(absl::ZeroDuration()), absl::ZeroDuration());
        ++turned_away;
      }
    });
  }
  while (turned_away < 5) std::this_thread::yield();  // while the provider still hangs
  provider_.Set(&Provider::hangs, false);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(found, 17);
  EXPECT_EQ(provider_.fetches, 1);
}

TEST_F(IssuerKeysTest, FetchTakesAtMostSixSecondsOfAPatientCaller) {
  EXPECT_THAT(Find("old"), IsOk());
  EXPECT_EQ(provider_.last_timeout, absl::Seconds(6));
}

TEST_F(IssuerKeysTest, FailureSaysWhenTheProviderIsAskedAgain) {
  provider_.down = true;
  EXPECT_THAT(Find("old"), FailsWith(Reason::kIdpKeysUnavailable));
  clock_.Advance(absl::Seconds(4));
  EXPECT_EQ(RetryDelayOf(Find("old")), absl::Seconds(6));
}

TEST_F(IssuerKeysTest, CallerWhoseTimeEndsDuringAnothersFetchIsTold) {
  provider_.Set(&Provider::hangs, true);
  std::thread first([&] { EXPECT_THAT(Find("old"), IsOk()); });
  provider_.WaitForFetches(1);
  EXPECT_THAT(Find("old", clock_.Now()), FailsWith(Reason::kIdpKeysUnavailable));
  provider_.Set(&Provider::hangs, false);
  first.join();
}

TEST_F(IssuerKeysTest, CallerWithAKnownKeyDoesNotWaitForAnothersFetch) {
  ASSERT_THAT(Find("old"), IsOk());
  clock_.Advance(absl::Hours(1));
  provider_.Set(&Provider::hangs, true);
  std::thread first([&] { EXPECT_THAT(Find("old"), IsOk()); });
  provider_.WaitForFetches(2);
  EXPECT_THAT(Find("old"), IsOk());  // would hang otherwise
  provider_.Set(&Provider::hangs, false);
  first.join();
}

TEST_F(IssuerKeysTest, KeysAreThereBeforeTheFirstCallerWhenTheyAreKeptFresh) {
  keys_->KeepFresh();
  EXPECT_EQ(provider_.fetches, 1);
  EXPECT_THAT(Find("old"), IsOk());
  EXPECT_EQ(provider_.fetches, 1);
}

TEST_F(IssuerKeysTest, KeepingFreshAsksOnlyWhenItIsTime) {
  for (int i = 0; i < 5; ++i) keys_->KeepFresh();
  EXPECT_EQ(provider_.fetches, 1);
  clock_.Advance(absl::Hours(1));
  provider_.down = true;
  for (int i = 0; i < 5; ++i) keys_->KeepFresh();
  EXPECT_EQ(provider_.fetches, 2);  // the provider is down: not again for ten seconds
  EXPECT_THAT(Find("old"), IsOk());
}

}  // namespace
}  // namespace enkrat::idp_client
