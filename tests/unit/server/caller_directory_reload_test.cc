// Relying parties that come, change and go while calls run.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "server/caller_identity.h"
#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

CallerDirectory::Entry Entry(const std::string& id, bool disabled = false, uint32_t a_day = 0) {
  CallerDirectory::Entry entry;
  entry.relying_party.id = id;
  entry.relying_party.disabled->store(disabled);
  entry.relying_party.sessions_per_day = a_day;
  entry.certificate_sans = {"DNS:" + id + ".example"};
  return entry;
}

class CallerDirectoryReloadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(directory_, CallerDirectory::Create({Entry("fixed")}, "", {Entry("a")}));
  }
  absl::StatusOr<CallerDirectory::Party> Find(const std::string& id) {
    return directory_->IdentifyByNames({"DNS:" + id + ".example"});
  }

  std::unique_ptr<CallerDirectory> directory_;
};

TEST_F(CallerDirectoryReloadTest, NewPartyIsKnownAndFixedOnesStay) {
  EXPECT_THAT(Find("b"), FailsWith(Reason::kRelyingPartyUnknown));
  ASSERT_OK_AND_ASSIGN(const auto fixed, Find("fixed"));
  ASSERT_THAT(directory_->Replace({Entry("a"), Entry("b")}), IsOk());
  EXPECT_THAT(Find("b"), IsOk());
  EXPECT_EQ(*Find("fixed"), fixed);
  EXPECT_EQ(directory_->Ids(), (std::set<std::string>{"a", "b", "fixed"}));
}

TEST_F(CallerDirectoryReloadTest, RemovedPartyIsUnknownAndItsRunningCallsAreTold) {
  ASSERT_OK_AND_ASSIGN(const auto running, Find("a"));
  ASSERT_THAT(directory_->Replace({}), IsOk());
  EXPECT_TRUE(running->disabled->load());
  EXPECT_THAT(Find("a"), FailsWith(Reason::kRelyingPartyUnknown));
}

TEST_F(CallerDirectoryReloadTest, DisabledPartyIsKnownAndItsRunningCallsAreTold) {
  ASSERT_OK_AND_ASSIGN(const auto running, Find("a"));
  ASSERT_THAT(directory_->Replace({Entry("a", /*disabled=*/true)}), IsOk());
  EXPECT_TRUE(running->disabled->load());
  ASSERT_OK_AND_ASSIGN(const auto now, Find("a"));
  EXPECT_TRUE(now->disabled->load());
}

TEST_F(CallerDirectoryReloadTest, CallsFromBeforeAChangeAreToldOfALaterDisabling) {
  ASSERT_OK_AND_ASSIGN(const auto first, Find("a"));
  ASSERT_THAT(directory_->Replace({Entry("a", false, 5)}), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto second, Find("a"));
  EXPECT_EQ(first->sessions_per_day, 0u);
  EXPECT_EQ(second->sessions_per_day, 5u);
  EXPECT_FALSE(first->disabled->load());
  ASSERT_THAT(directory_->Replace({Entry("a", true, 5)}), IsOk());
  EXPECT_TRUE(first->disabled->load());
  EXPECT_TRUE(second->disabled->load());
}

TEST_F(CallerDirectoryReloadTest, EnablingDoesNotReviveCallsFromBeforeTheDisabling) {
  ASSERT_OK_AND_ASSIGN(const auto running, Find("a"));
  ASSERT_THAT(directory_->Replace({Entry("a", true)}), IsOk());
  ASSERT_THAT(directory_->Replace({Entry("a")}), IsOk());
  EXPECT_TRUE(running->disabled->load());
  EXPECT_FALSE((*Find("a"))->disabled->load());
}

TEST_F(CallerDirectoryReloadTest, PartyThatWasRemovedAndIsBackBeginsAnew) {
  ASSERT_OK_AND_ASSIGN(const auto running, Find("a"));
  ASSERT_THAT(directory_->Replace({}), IsOk());
  ASSERT_THAT(directory_->Replace({Entry("a")}), IsOk());
  EXPECT_TRUE(running->disabled->load());
  EXPECT_FALSE((*Find("a"))->disabled->load());
}

TEST_F(CallerDirectoryReloadTest, BadSetChangesNothing) {
  ASSERT_OK_AND_ASSIGN(const auto running, Find("a"));
  CallerDirectory::Entry thief = Entry("thief");
  thief.certificate_sans = {"DNS:fixed.example"};
  CallerDirectory::Entry nameless = Entry("nameless");
  nameless.certificate_sans = {"portal.example"};
  const std::vector<std::vector<CallerDirectory::Entry>> bad = {
      {Entry("b"), Entry("b")}, {Entry("fixed")}, {thief}, {nameless}};
  for (const std::vector<CallerDirectory::Entry>& set : bad) {
    EXPECT_THAT(directory_->Replace(set), FailsWith(Reason::kConfigurationInvalid));
    EXPECT_EQ(*Find("a"), running);
    EXPECT_FALSE(running->disabled->load());
    EXPECT_THAT(Find("b"), FailsWith(Reason::kRelyingPartyUnknown));
  }
}

TEST_F(CallerDirectoryReloadTest, PlaintextCallerOfTheFolderCannotBeTakenAway) {
  ASSERT_OK_AND_ASSIGN(const auto directory, CallerDirectory::Create({}, "a", {Entry("a")}));
  EXPECT_THAT(directory->Replace({Entry("b")}), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(directory->Replace({Entry("a", true)}), IsOk());
}

TEST_F(CallerDirectoryReloadTest, EveryCallFindsOneWholeSetWhileSetsChange) {
  std::atomic<bool> over = false;
  std::thread changes([&] {
    for (uint32_t i = 0; i < 500; ++i) {
      EXPECT_THAT(directory_->Replace({Entry("a", false, i), Entry("b", false, i)}), IsOk());
    }
    over = true;
  });
  while (!over) {
    ASSERT_OK_AND_ASSIGN(const auto a, Find("a"));
    EXPECT_EQ(a->id, "a");
  }
  changes.join();
  EXPECT_EQ((*Find("a"))->sessions_per_day, 499u);
}

}  // namespace
}  // namespace enkrat::server
