// Several NTP servers: who is asked, who is believed, and over real sockets on loopback.
#include "tsa/ntp_poll.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/tsa/fake_ntp_server.h"

namespace enkrat::tsa {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeClock;
using ::enkrat::testing::IsOk;
using ::testing::SizeIs;

NtpSample Sample(absl::Duration offset, absl::Duration distance = absl::Milliseconds(10)) {
  return {.offset = offset, .root_distance = distance, .stratum = 2};
}
constexpr absl::Duration kApart = absl::Milliseconds(100);

TEST(NtpAgreementTest, NearestOfThoseThatAgreeIsBelieved) {
  const auto agreed = Agree({Sample(absl::Milliseconds(5), absl::Milliseconds(30)),
                             Sample(absl::Milliseconds(8), absl::Milliseconds(3)),
                             Sample(absl::Milliseconds(-2), absl::Milliseconds(40))},
                            3, kApart);
  ASSERT_THAT(agreed, IsOk());
  EXPECT_EQ(agreed->offset, absl::Milliseconds(8));
  EXPECT_EQ(agreed->agreeing, 3);
  // Its own distance, and how far the others are from it.
  EXPECT_EQ(agreed->root_distance, absl::Milliseconds(13));
}

TEST(NtpAgreementTest, OneLiarOfFourIsOutvoted) {
  for (const absl::Duration lie : {absl::Hours(1), -absl::Hours(1), absl::Milliseconds(150)}) {
    const auto agreed = Agree({Sample(lie, absl::ZeroDuration()), Sample(absl::ZeroDuration()),
                               Sample(absl::Milliseconds(1)), Sample(absl::Milliseconds(2))},
                              3, kApart);
    ASSERT_THAT(agreed, IsOk());
    EXPECT_LE(agreed->offset, absl::Milliseconds(2));
    EXPECT_EQ(agreed->agreeing, 3);
  }
}

TEST(NtpAgreementTest, TwoLiarsOfFourAreNoQuorum) {
  EXPECT_THAT(Agree({Sample(absl::Hours(1)), Sample(absl::Hours(1)), Sample(absl::ZeroDuration()),
                     Sample(absl::ZeroDuration())},
                    3, kApart),
              FailsWith(Reason::kTimestampUnavailable));
}

TEST(NtpAgreementTest, TooFewAnswersAreNoQuorum) {
  EXPECT_THAT(Agree({}, 1, kApart), FailsWith(Reason::kTimestampUnavailable));
  EXPECT_THAT(Agree({Sample(absl::ZeroDuration()), Sample(absl::ZeroDuration())}, 3, kApart),
              FailsWith(Reason::kTimestampUnavailable));
}

TEST(NtpAgreementTest, ChainOfNeighboursIsNotAgreement) {
  EXPECT_THAT(Agree({Sample(absl::ZeroDuration()), Sample(absl::Milliseconds(80)),
                     Sample(absl::Milliseconds(160))},
                    3, kApart),
              FailsWith(Reason::kTimestampUnavailable));
}

TEST(NtpAgreementTest, LeapSecondIsAnnouncedByMost) {
  NtpSample announcing = Sample(absl::ZeroDuration());
  announcing.leap_announced = true;
  const NtpSample silent = Sample(absl::ZeroDuration());
  EXPECT_TRUE(Agree({announcing, announcing, silent}, 3, kApart)->leap_announced);
  EXPECT_FALSE(Agree({announcing, silent, silent}, 3, kApart)->leap_announced);
}

class NtpPollTest : public ::testing::Test {
 protected:
  NtpPoll::Options Options(int servers) {
    NtpPoll::Options options{
        .clock = &clock_, .exchange = [this](const auto& asked) {
          std::vector<NtpReply> replies;
          for (const NtpServer& server : asked) {
            asked_.push_back(server.host);
            replies.push_back({.sample = Sample(absl::ZeroDuration()),
                               .kiss_of_death = kissing_.contains(server.host)});
          }
          for (NtpReply& reply : replies) {
            if (reply.kiss_of_death) {
              reply.sample = MakeError(Reason::kTimestampUnavailable, "kiss");
            }
          }
          return replies;
        }};
    for (int i = 0; i < servers; ++i) options.servers.push_back(absl::StrCat("192.0.2.", i + 1));
    return options;
  }

  FakeClock clock_;
  std::vector<std::string> asked_;
  std::set<std::string> kissing_;
};

TEST_F(NtpPollTest, FourServersAreAskedByLot) {
  auto poll = NtpPoll::Create(Options(10)).value();
  std::set<std::string> all;
  for (int i = 0; i < 50; ++i) {
    asked_.clear();
    ASSERT_THAT(poll->Ask(), IsOk());
    EXPECT_THAT(asked_, SizeIs(4));
    EXPECT_THAT(std::set<std::string>(asked_.begin(), asked_.end()), SizeIs(4));
    all.insert(asked_.begin(), asked_.end());
  }
  EXPECT_THAT(all, SizeIs(10));  // all but certainly
}

TEST_F(NtpPollTest, FewerServersThanTheQuorumMustAllAgree) {
  for (const int servers : {1, 2}) {
    auto poll = NtpPoll::Create(Options(servers)).value();
    EXPECT_THAT(poll->Ask(), IsOk());
    kissing_ = {"192.0.2.1"};
    EXPECT_THAT(poll->Ask(), FailsWith(Reason::kTimestampUnavailable));
    kissing_.clear();
  }
}

TEST_F(NtpPollTest, ServerThatSendsAKissOfDeathIsLeftAloneForAnHour) {
  kissing_ = {"192.0.2.4"};
  auto poll = NtpPoll::Create(Options(4)).value();
  ASSERT_THAT(poll->Ask(), IsOk());
  asked_.clear();
  clock_.Advance(absl::Minutes(59));
  ASSERT_THAT(poll->Ask(), IsOk());
  EXPECT_THAT(asked_, SizeIs(3));
  asked_.clear();
  clock_.Advance(absl::Minutes(1));
  poll->Ask().IgnoreError();
  EXPECT_THAT(asked_, SizeIs(4));
}

TEST_F(NtpPollTest, OptionsThatMakeNoSenseAreRefused) {
  const std::vector<std::function<void(NtpPoll::Options&)>> changes = {
      [](auto& options) { options.servers.clear(); },
      [](auto& options) { options.servers.push_back("192.0.2.1"); },  // twice
      [](auto& options) { options.servers.push_back("192.0.2.1:123"); },
      [](auto& options) { options.servers.push_back(""); },
      [](auto& options) { options.servers.assign(33, "192.0.2.1"); },
      [](auto& options) { options.per_poll = 0; },
      [](auto& options) { options.quorum = 0; },
      [](auto& options) { options.quorum = 2; },  // two halves could both have it
      [](auto& options) { options.most_apart = absl::ZeroDuration(); },
      [](auto& options) { options.most_apart = absl::Seconds(2); },
      [](auto& options) { options.timeout = absl::Minutes(1); },
      [](auto& options) { options.clock = nullptr; },
  };
  for (size_t i = 0; i < changes.size(); ++i) {
    NtpPoll::Options options = Options(10);
    changes[i](options);
    EXPECT_THAT(NtpPoll::Create(std::move(options)), FailsWith(Reason::kConfigurationInvalid)) << i;
  }
}

TEST(NtpServerTest, NamesAddressesAndPortsAreRead) {
  EXPECT_EQ(ParseNtpServer("ntp.example.si")->host, "ntp.example.si");
  EXPECT_EQ(ParseNtpServer("ntp.example.si")->port, "123");
  EXPECT_EQ(ParseNtpServer("192.0.2.1:1123")->port, "1123");
  EXPECT_EQ(ParseNtpServer("2001:db8::1")->host, "2001:db8::1");
  EXPECT_EQ(ParseNtpServer("[2001:db8::1]:1123")->port, "1123");
  for (const char* text : {"", ":123", "a:", "a:0", "a:65536", "a:x", "[::1", "[::1]:", "[::1]x",
                           "a b", "a/b", "-?"}) {
    EXPECT_THAT(ParseNtpServer(text), FailsWith(Reason::kConfigurationInvalid)) << text;
  }
}

// Over sockets, with the machine's clocks.
class NtpExchangeTest : public ::testing::Test {
 protected:
  NtpReply Ask(FakeNtpServer::Behaviour behaviour,
               absl::Duration timeout = absl::Milliseconds(300)) {
    FakeNtpServer server(std::move(behaviour));
    return AskNtpServers({ParseNtpServer(server.address()).value()}, timeout, clock_).front();
  }

  SystemClock clock_;
};

TEST_F(NtpExchangeTest, ServersOffsetIsMeasured) {
  const NtpReply reply = Ask(
      [this](ByteSpan query) {
        return std::vector<Bytes>{
            EncodeNtpAnswer(query, {.now = clock_.Now() + absl::Seconds(100)})};
      },
      absl::Seconds(10));
  ASSERT_THAT(reply.sample, IsOk());
  EXPECT_NEAR(absl::ToDoubleSeconds(reply.sample->offset), 100, 5);
}

TEST_F(NtpExchangeTest, SilentServerIsNotAwaitedForever) {
  const absl::Duration start = clock_.SinceBoot();
  EXPECT_THAT(Ask([](ByteSpan) { return std::vector<Bytes>(); }, absl::Milliseconds(50)).sample,
              FailsWith(Reason::kTimestampUnavailable));
  EXPECT_LT(clock_.SinceBoot() - start, absl::Seconds(10));
}

TEST_F(NtpExchangeTest, ForgedAnswersAreWaitedPast) {
  const NtpReply reply = Ask(
      [this](ByteSpan query) {
        Bytes forged = EncodeNtpAnswer(query, {.now = clock_.Now() + absl::Hours(1)});
        forged[24] ^= 1;  // the forger does not know the nonce
        Bytes kiss = forged;
        kiss[1] = 0;
        return std::vector<Bytes>{forged, kiss, Bytes(3, 0),
                                  EncodeNtpAnswer(query, {.now = clock_.Now()})};
      },
      absl::Seconds(10));
  ASSERT_THAT(reply.sample, IsOk());
  EXPECT_LT(absl::AbsDuration(reply.sample->offset), absl::Minutes(1));
  EXPECT_FALSE(reply.kiss_of_death);
}

TEST_F(NtpExchangeTest, FloodOfForgedAnswersEndsTheQuestion) {
  const NtpReply reply = Ask(
      [this](ByteSpan query) {
        Bytes forged = EncodeNtpAnswer(query, {.now = clock_.Now()});
        forged[24] ^= 1;
        return std::vector<Bytes>(100, forged);
      },
      absl::Seconds(10));
  EXPECT_THAT(reply.sample, FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(NtpExchangeTest, KissOfDeathIsTold) {
  const NtpReply reply = Ask(
      [this](ByteSpan query) {
        return std::vector<Bytes>{EncodeNtpAnswer(query, {.now = clock_.Now(), .stratum = 0})};
      },
      absl::Seconds(10));
  EXPECT_TRUE(reply.kiss_of_death);
  EXPECT_THAT(reply.sample, FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(NtpExchangeTest, PortWithoutAServerIsUnavailable) {
  std::string address;
  {
    address = FakeNtpServer([](ByteSpan) { return std::vector<Bytes>(); }).address();
  }
  EXPECT_THAT(AskNtpServers({ParseNtpServer(address).value()}, absl::Milliseconds(200), clock_)
                  .front()
                  .sample,
              FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(NtpExchangeTest, FourServersOverSocketsOutvoteTheFifth) {
  std::vector<std::unique_ptr<FakeNtpServer>> servers;
  NtpPoll::Options options{
      .per_poll = 5, .quorum = 3, .timeout = absl::Seconds(10), .clock = &clock_};
  options.most_apart = absl::Seconds(1);
  for (int i = 0; i < 5; ++i) {
    const absl::Duration lie = i == 0 ? absl::Hours(1) : absl::ZeroDuration();
    servers.push_back(std::make_unique<FakeNtpServer>([this, lie](ByteSpan query) {
      return std::vector<Bytes>{EncodeNtpAnswer(query, {.now = clock_.Now() + lie})};
    }));
    options.servers.push_back(servers.back()->address());
  }
  const auto agreed = NtpPoll::Create(std::move(options)).value()->Ask();
  ASSERT_THAT(agreed, IsOk());
  EXPECT_EQ(agreed->agreeing, 4);
  EXPECT_LT(absl::AbsDuration(agreed->offset), absl::Seconds(2));
}

}  // namespace
}  // namespace enkrat::tsa
