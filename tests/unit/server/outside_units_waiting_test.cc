// Who asks about an outside TSA's units and who waits, and how long; and how the TSA is asked who
// would answer.
#include <atomic>
#include <future>
#include <thread>

#include "common/mutex.h"
#include "server/outside_units.h"
#include "server/watched_timestamper.h"
#include "tests/unit/server/outside_units_fixture.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::Contains;
using ::testing::IsEmpty;

// Holds whoever fetches a URL until it is opened.
class Gate {
 public:
  Gate(enkrat::testing::FakeHttpFetcher& http, std::string url) {
    http.OnFetch([this, url = std::move(url)](const HttpRequest& request) {
      if (request.url != url) return;
      MutexLock lock(mutex_);
      arrived_ = true;
      changed_.notify_all();
      while (!open_) changed_.wait(mutex_);
    });
  }
  void AwaitArrival() {
    MutexLock lock(mutex_);
    while (!arrived_) changed_.wait(mutex_);
  }
  void Open() {
    MutexLock lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool arrived_ ABSL_GUARDED_BY(mutex_) = false;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
};

using OutsideUnitsWaitingTest = OutsideUnitsTest;

TEST_F(OutsideUnitsWaitingTest, OneCallerFetchesForAll) {
  Gate gate(http_, OcspUrl("unit"));
  const Bytes token = TokenOf(unit_);
  std::vector<std::future<bool>> callers;
  for (int i = 0; i < 8; ++i) {
    callers.push_back(std::async(std::launch::async, [&] { return About(*units_, token).ok(); }));
  }
  gate.AwaitArrival();
  gate.Open();
  for (auto& caller : callers) EXPECT_TRUE(caller.get());
  EXPECT_EQ(http_.CountOf(OcspUrl("unit")), 1u);
}

TEST_F(OutsideUnitsWaitingTest, OneFailureIsEverybodys) {
  Gate gate(http_, kRootCrlUrl);  // asked for first
  http_.SetDown(true);
  const Bytes token = TokenOf(unit_);
  std::vector<std::future<absl::Status>> callers;
  for (int i = 0; i < 8; ++i) {
    callers.push_back(
        std::async(std::launch::async, [&] { return About(*units_, token).status(); }));
  }
  gate.AwaitArrival();
  gate.Open();
  for (auto& caller : callers) {
    EXPECT_THAT(caller.get(), FailsWith(Reason::kValidationDataUnavailable));
  }
  EXPECT_EQ(http_.CountOf(kRootCrlUrl), 1u);
}

TEST_F(OutsideUnitsWaitingTest, NobodyWaitsBeyondItsDeadline) {
  Gate gate(http_, OcspUrl("unit"));
  const Bytes token = TokenOf(unit_);
  auto slow = std::async(std::launch::async, [&] { return About(*units_, token).ok(); });
  gate.AwaitArrival();
  const absl::Time deadline = clock_.Now() + absl::Milliseconds(100);
  auto hasty = std::async(std::launch::async,
                          [&] { return units_->About({token}, clock_.Now(), deadline).status(); });
  clock_.Advance(absl::Milliseconds(100));
  EXPECT_THAT(hasty.get(), FailsWith(Reason::kValidationDataUnavailable));
  gate.Open();
  EXPECT_TRUE(slow.get());
}

TEST_F(OutsideUnitsWaitingTest, FetchTakesNoLongerThanTheDeadlineOrTheBound) {
  ASSERT_THAT(units_->About({TokenOf(unit_)}, clock_.Now(), clock_.Now() + absl::Seconds(2)),
              IsOk());
  for (const HttpRequest& request : http_.requests()) {
    EXPECT_LE(request.timeout, absl::Seconds(2)) << request.url;
  }
  const size_t before = http_.requests().size();
  OutsideUnits::Options options = Options();
  options.timeout = absl::Seconds(1);
  ASSERT_THAT(About(*Make(options), TokenOf(unit_)), IsOk());
  EXPECT_LE(http_.requests().at(before).timeout, absl::Seconds(1));
}

TEST_F(OutsideUnitsWaitingTest, OneThatDoesNotAnswerLeavesTimeForTheOthers) {
  OutsideUnits::Options options = Options();
  options.timeout = absl::Seconds(3);
  ASSERT_THAT(About(*Make(options), TokenOf(unit_)), IsOk());
  ASSERT_FALSE(http_.requests().empty());
  for (const HttpRequest& request : http_.requests()) {
    EXPECT_LE(request.timeout, absl::Seconds(1)) << request.url;
  }
}

TEST_F(OutsideUnitsWaitingTest, PassedDeadlineFetchesNothing) {
  EXPECT_THAT(units_->About({TokenOf(unit_)}, clock_.Now(), clock_.Now()),
              FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_THAT(http_.requests(), IsEmpty());
}

TEST_F(OutsideUnitsWaitingTest, CurrentDataIsAnsweredWhileTheBackgroundAsks) {
  ASSERT_THAT(About(unit_), IsOk());
  clock_.Advance(absl::Minutes(10));
  Gate gate(http_, OcspUrl("unit"));
  auto background = std::async(std::launch::async, [&] { units_->KeepFresh(); });
  gate.AwaitArrival();
  EXPECT_THAT(About(unit_), IsOk());
  gate.Open();
  background.get();
}

TEST_F(OutsideUnitsWaitingTest, SlowUnitKeepsNoOtherWaiting) {
  const Entity slow = MakeUnit("slow");
  Publish(slow, "slow");
  ASSERT_THAT(units_->Note(TokenOf(slow)), IsOk());
  ASSERT_THAT(units_->Note(TokenOf(unit_)), IsOk());
  Gate gate(http_, OcspUrl("slow"));
  auto background = std::async(std::launch::async, [&] { units_->KeepFresh(); });
  gate.AwaitArrival();
  EXPECT_THAT(About(unit_), IsOk());
  gate.Open();
  background.get();
}

TEST_F(OutsideUnitsWaitingTest, TsaIsAskedForATimestampWhileNoUnitIsKnown) {
  ASSERT_OK_AND_ASSIGN(const DataPtr data, AboutTheNext());
  EXPECT_THAT(data->certificates_der, Contains(unit_.der()));
  EXPECT_EQ(probes_, 1);
  EXPECT_THAT(AboutTheNext(), IsOk());
  EXPECT_EQ(probes_, 1);
}

TEST_F(OutsideUnitsWaitingTest, KnownUnitNeedsNoProbe) {
  ASSERT_THAT(units_->Note(TokenOf(unit_)), IsOk());
  EXPECT_THAT(AboutTheNext(), IsOk());
  EXPECT_EQ(probes_, 0);
}

TEST_F(OutsideUnitsWaitingTest, TsaThatDoesNotAnswerIsNotAskedByEverybody) {
  probe_failure_ = MakeError(Reason::kTimestampUnavailable, "down");
  EXPECT_THAT(AboutTheNext(), FailsWith(Reason::kTimestampUnavailable));
  EXPECT_THAT(AboutTheNext(), FailsWith(Reason::kTimestampUnavailable));
  EXPECT_EQ(probes_, 1);
  probe_failure_ = absl::OkStatus();
  clock_.Advance(absl::Seconds(5));
  EXPECT_THAT(AboutTheNext(), IsOk());
}

TEST_F(OutsideUnitsWaitingTest, ProbeThatOneCallerCutShortIsNotEverybodysFailure) {
  OutsideUnits::Options options = Options();
  options.probe = [this](absl::Time deadline) -> absl::StatusOr<Bytes> {
    if (deadline - clock_.Now() >= absl::Seconds(1)) return TokenOf(unit_);
    clock_.Advance(deadline - clock_.Now());
    return probe_failure_;
  };
  for (const Reason reason : {Reason::kDeadlineTooShort, Reason::kTimestampUnavailable}) {
    probe_failure_ = MakeError(reason, "late");
    const auto units = Make(options);
    EXPECT_THAT(units->About({}, absl::InfinitePast(), clock_.Now() + absl::Milliseconds(50)),
                FailsWith(reason));
    EXPECT_THAT(units->About({}, absl::InfinitePast(), Soon()), IsOk());
  }
}

TEST_F(OutsideUnitsWaitingTest, OneCallerProbesForAll) {
  std::vector<std::future<bool>> callers;
  for (int i = 0; i < 8; ++i) {
    callers.push_back(std::async(std::launch::async, [&] { return AboutTheNext().ok(); }));
  }
  for (auto& caller : callers) EXPECT_TRUE(caller.get());
  EXPECT_EQ(probes_, 1);
}

TEST_F(OutsideUnitsWaitingTest, StatusOfTheExpectedUnitThatCannotBeHadIsKnownBeforehand) {
  http_.SetDown(true);
  EXPECT_THAT(AboutTheNext(), FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(OutsideUnitsWaitingTest, SuccessorOfARevokedUnitIsFound) {
  PublishRevoked(unit_, "unit");
  EXPECT_THAT(AboutTheNext(), FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_THAT(AboutTheNext(), FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_EQ(probes_, 1) << "not more than once a minute";
  const Entity successor = MakeUnit("successor");
  Publish(successor, "successor");
  answering_ = &successor;
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(AboutTheNext(), IsOk());
  EXPECT_THAT(units_->Available(), IsOk());
}

TEST_F(OutsideUnitsWaitingTest, SuccessorIsFoundInTheBackgroundWhileNothingIsStamped) {
  ASSERT_THAT(units_->Note(TokenOf(unit_)), IsOk());
  PublishRevoked(unit_, "unit");
  units_->KeepFresh();
  EXPECT_THAT(units_->Available(), FailsWith(Reason::kTimestampUnavailable));
  const Entity successor = MakeUnit("successor");
  Publish(successor, "successor");
  answering_ = &successor;
  units_->KeepFresh();
  EXPECT_THAT(units_->Available(), IsOk());
  EXPECT_EQ(probes_, 1);
}

// A TSA that stamps with what it was told to.
class FixedTsa final : public tsa::Timestamper {
 public:
  absl::StatusOr<tsa::IssuedTimestamp> Timestamp(const tsa::MessageImprint&, absl::Time) override {
    if (!failure.ok()) return failure;
    tsa::IssuedTimestamp issued;
    issued.token_der = token;
    return issued;
  }
  Bytes token;
  absl::Status failure;
};

TEST_F(OutsideUnitsWaitingTest, TimestampOfARevokedUnitIsNotUsed) {
  FixedTsa tsa;
  tsa.token = TokenOf(unit_);
  WatchedTimestamper watched(tsa, *units_);
  EXPECT_THAT(watched.Timestamp({}, Soon()), IsOk());
  PublishRevoked(unit_, "unit");
  units_->KeepFresh();
  EXPECT_THAT(watched.Timestamp({}, Soon()), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(OutsideUnitsWaitingTest, TimestampThatTheTsaRefusesIsRefusedAsItSays) {
  FixedTsa tsa;
  tsa.failure = MakeError(Reason::kDeadlineTooShort, "late");
  WatchedTimestamper watched(tsa, *units_);
  EXPECT_THAT(watched.Timestamp({}, Soon()), FailsWith(Reason::kDeadlineTooShort));
}

}  // namespace
}  // namespace enkrat::server
