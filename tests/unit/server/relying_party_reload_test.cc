// The folder is taken up whole or not at all, and its errors are told once.
#include "server/relying_party_reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/fake_clock.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class RelyingPartyReloadTest : public ::testing::Test {
 protected:
  RelyingPartyReloadTest() {
    fs::create_directory(folder_.File("parties"));
    chmod(folder_.File("parties").c_str(), 0755);
    config_.set_relying_parties_folder(folder_.File("parties"));
    config_.mutable_server()->set_max_in_flight(8);
    auto& fixed = *config_.add_relying_parties();
    fixed.set_id("fixed");
    fixed.add_certificate_sans("DNS:fixed.example");
    fixed.add_levels()->set_level(config::v1::LEVEL_ADVANCED);
    callers_ = CallersFrom(config_).value();
    reload_ = std::make_unique<RelyingPartyReload>(
        RelyingPartyReload::Options{
            .config = &config_, .callers = callers_.get(), .rates = &rates_, .logger = &logger_},
        LookAtRelyingPartyFolder(folder_.File("parties")).value());
  }
  void Put(const std::string& id, const std::string& more = "") {
    const std::string path = folder_.File("parties/" + id + ".yaml");
    std::ofstream(path) << "id: " << id << "\ncertificate_sans: [\"DNS:" << id
                        << ".example\"]\nlevels: [{level: advanced}]\n"
                        << more;
    chmod(path.c_str(), 0644);
  }
  absl::StatusOr<CallerDirectory::Party> Find(const std::string& id) {
    return callers_->IdentifyByNames({"DNS:" + id + ".example"});
  }
  size_t Count(const std::string& text) {
    size_t count = 0;
    const std::string log = log_.str();
    for (size_t at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) ++count;
    return count;
  }

  const enkrat::testing::ScratchFolder folder_;
  enkrat::testing::FakeClock clock_;
  std::ostringstream log_;
  Logger logger_{log_, clock_};
  Config config_;
  CallRates rates_{clock_};
  std::unique_ptr<CallerDirectory> callers_;
  std::unique_ptr<RelyingPartyReload> reload_;
};

TEST_F(RelyingPartyReloadTest, NewFileIsTakenUp) {
  Put("a");
  reload_->ReadIfChanged();
  EXPECT_THAT(Find("a"), IsOk());
  EXPECT_FALSE(reload_->failed());
  EXPECT_EQ(Count("relying parties reloaded"), 1u);
}

TEST_F(RelyingPartyReloadTest, UnchangedFolderIsNotReadAgainButForASignal) {
  reload_->ReadIfChanged();
  EXPECT_EQ(Count("reloaded"), 0u);
  reload_->Read();
  EXPECT_EQ(Count("reloaded"), 1u);
}

TEST_F(RelyingPartyReloadTest, BrokenFileKeepsTheOldSetAndIsToldOnce) {
  Put("a");
  reload_->ReadIfChanged();
  Put("a", "disabled: true\n");
  Put("b", "colour: red\n");
  for (int i = 0; i < 5; ++i) reload_->ReadIfChanged();
  EXPECT_TRUE(reload_->failed());
  EXPECT_FALSE((*Find("a"))->disabled->load());
  EXPECT_EQ(Count("not reloaded"), 1u);
  EXPECT_THAT(log_.str(), HasSubstr("b.yaml: line 4: unknown key"));
}

TEST_F(RelyingPartyReloadTest, MendedFileEndsTheFailure) {
  Put("b", "colour: red\n");
  reload_->ReadIfChanged();
  EXPECT_TRUE(reload_->failed());
  Put("b");
  reload_->ReadIfChanged();
  EXPECT_FALSE(reload_->failed());
  EXPECT_THAT(Find("b"), IsOk());
}

TEST_F(RelyingPartyReloadTest, PolicyThatCannotBeIsRefusedAsInTheConfiguration) {
  Put("a", "burst: 1\nlevels: []\n");
  reload_->ReadIfChanged();
  EXPECT_TRUE(reload_->failed());
  fs::remove(folder_.File("parties/a.yaml"));
  Put("fixed");
  reload_->ReadIfChanged();
  EXPECT_TRUE(reload_->failed());
  EXPECT_THAT(log_.str(), HasSubstr("'fixed' is there twice"));
}

TEST_F(RelyingPartyReloadTest, FolderThatIsGoneKeepsTheOldSet) {
  Put("a");
  reload_->ReadIfChanged();
  fs::rename(folder_.File("parties"), folder_.File("elsewhere"));
  for (int i = 0; i < 3; ++i) reload_->ReadIfChanged();
  EXPECT_TRUE(reload_->failed());
  EXPECT_THAT(Find("a"), IsOk());
  EXPECT_EQ(Count("not reloaded"), 1u);
  fs::rename(folder_.File("elsewhere"), folder_.File("parties"));
  reload_->ReadIfChanged();
  EXPECT_FALSE(reload_->failed());
}

TEST_F(RelyingPartyReloadTest, RemovedFileRemovesThePartyAndTellsItsCalls) {
  Put("a");
  reload_->ReadIfChanged();
  const auto running = *Find("a");
  fs::remove(folder_.File("parties/a.yaml"));
  reload_->ReadIfChanged();
  EXPECT_TRUE(running->disabled->load());
  EXPECT_THAT(Find("a"), FailsWith(Reason::kRelyingPartyUnknown));
}

TEST_F(RelyingPartyReloadTest, SpentCallsStaySpentThroughAChange) {
  Put("a", "calls_per_second: 1\nburst: 2\n");
  reload_->ReadIfChanged();
  EXPECT_THAT(rates_.Enter(**Find("a")), IsOk());
  Put("a", "calls_per_second: 1\nburst: 2\nsessions_per_day: 9\n");
  reload_->ReadIfChanged();
  EXPECT_EQ((*Find("a"))->sessions_per_day, 9u);
  EXPECT_THAT(rates_.Enter(**Find("a")), IsOk());
  EXPECT_THAT(rates_.Enter(**Find("a")), FailsWith(Reason::kRateLimited));
}

}  // namespace
}  // namespace enkrat::server
