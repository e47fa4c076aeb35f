// Timestamps over HTTP: the command, and the load that bench puts on a unit.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "cli/files.h"
#include "cli/program.h"
#include "cli/timestamp_load.h"
#include "common/thread_pool.h"
#include "server/http_server.h"
#include "tests/support/scratch_folder.h"
#include "tests/unit/cli/fake_timestamp_unit.h"

namespace enkrat::cli {
namespace {

namespace fs = std::filesystem;

class TimestampCommandTest : public ::testing::Test {
 protected:
  TimestampCommandTest() {
    std::ofstream(Path("a.pdf")) << "alpha";
    http_ = server::HttpServer::Start({}, pool_, [this](const server::HttpRequest& request) {
              EXPECT_EQ(request.content_type, "application/timestamp-query");
              server::HttpResponse response;
              response.status = status_;
              response.content_type = content_type_;
              response.body = garbage_ ? Bytes{1, 2, 3} : unit_.Answer(request.body);
              return response;
            }).value();
  }

  std::string Path(const std::string& name) const { return folder_.File(name); }
  std::string Url() const { return absl::StrCat("http://127.0.0.1:", http_->port(), "/tsa"); }
  int Timestamp() {
    const std::string file = Path("a.pdf");
    const std::string url = Url();
    const char* const argv[] = {"enkrat", "timestamp", file.c_str(), "--http", url.c_str()};
    return RunProgram(5, argv, out_, out_, /*terminal=*/false);
  }
  // As long as it takes for a call to be counted: on a busy machine none may end in 100 ms.
  LoadReport Load() {
    for (absl::Duration length = absl::Milliseconds(100);; length *= 2) {
      LoadReport report =
          RunTimestampLoad(
              {.url = Url(), .concurrency = 2, .warm_up = absl::ZeroDuration(), .length = length})
              .value();
      const bool counted = report.succeeded > 0 || !report.errors.empty();
      if (counted || length > absl::Seconds(10)) return report;
    }
  }

  const enkrat::testing::ScratchFolder folder_;
  std::ostringstream out_;
  const FakeTimestampUnit unit_;
  int status_ = 200;
  std::string content_type_ = "application/timestamp-reply";
  bool garbage_ = false;
  ThreadPool pool_{{.threads = 1}};
  std::unique_ptr<server::HttpServer> http_;
};

TEST_F(TimestampCommandTest, TokenIsWrittenBesideTheFile) {
  EXPECT_EQ(Timestamp(), 0) << out_.str();
  EXPECT_TRUE(FileExists(Path("a.pdf.tst")));
  EXPECT_NE(out_.str().find("1.2.3.4"), std::string::npos);
}

TEST_F(TimestampCommandTest, ExistingTokenIsKept) {
  EXPECT_EQ(Timestamp(), 0);
  EXPECT_EQ(Timestamp(), 64);
}

TEST_F(TimestampCommandTest, AnswerThatIsNoTimestampWritesNothing) {
  garbage_ = true;
  EXPECT_EQ(Timestamp(), 1);
  EXPECT_FALSE(FileExists(Path("a.pdf.tst")));
}

TEST_F(TimestampCommandTest, AnswerOfAnotherTypeOrStatusWritesNothing) {
  content_type_ = "text/html";
  EXPECT_EQ(Timestamp(), 1);
  content_type_ = "application/timestamp-reply";
  status_ = 500;
  EXPECT_EQ(Timestamp(), 1);
  EXPECT_FALSE(FileExists(Path("a.pdf.tst")));
}

TEST_F(TimestampCommandTest, UnitThatIsAwayIsTwo) {
  // A port that was free a moment ago and that nobody listens on.
  const std::string url = Url();
  http_.reset();
  const std::string file = Path("a.pdf");
  const char* const argv[] = {"enkrat", "timestamp", file.c_str(), "--http", url.c_str()};
  EXPECT_EQ(RunProgram(5, argv, out_, out_, /*terminal=*/false), 2);
}

TEST_F(TimestampCommandTest, LoadCountsAndChecksAnswers) {
  const LoadReport report = Load();
  EXPECT_GT(report.succeeded, 0u);
  EXPECT_GT(report.verified, 0u);
  EXPECT_EQ(report.verification_failures, 0u);
}

TEST_F(TimestampCommandTest, LoadFindsAnswersThatAreNoTimestamps) {
  garbage_ = true;
  const LoadReport report = Load();
  EXPECT_EQ(report.verification_failures, report.verified);
  EXPECT_GT(report.verified, 0u);
}

TEST_F(TimestampCommandTest, LoadCountsABusyUnitAsOverloaded) {
  status_ = 503;
  const LoadReport report = Load();
  EXPECT_EQ(report.succeeded, 0u);
  EXPECT_GT(report.errors.at("OVERLOADED"), 0u);
}

}  // namespace
}  // namespace enkrat::cli
