// enkrat session get against a service that remembers one session.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/files.h"
#include "cli/program.h"
#include "enkrat/v1/signing_service.grpc.pb.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/cli/signing_answer.h"

namespace enkrat::cli {
namespace {

using ::testing::HasSubstr;

class FakeMemory final : public v1::SigningService::Service {
 public:
  FakeMemory() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  // Before the first call.
  v1::GetSessionResponse& session() { return session_; }

 private:
  grpc::Status GetSession(grpc::ServerContext*, const v1::GetSessionRequest* request,
                          v1::GetSessionResponse* response) override {
    if (request->request_id() != SigningAnswer().intent.request_id) {
      return grpc::Status(grpc::StatusCode::NOT_FOUND, "None.");
    }
    *response = session_;
    return grpc::Status::OK;
  }

  int port_ = 0;
  v1::GetSessionResponse session_;
  std::unique_ptr<grpc::Server> server_;
};

class SessionCommandTest : public ::testing::Test {
 protected:
  SessionCommandTest() {
    memory_.session().set_state(v1::SESSION_STATE_COMPLETED);
    memory_.session().set_session_id(answer_.response.session_id());
    *memory_.session().mutable_result() = answer_.response;
  }

  v1::SignResponse& result() { return *memory_.session().mutable_result(); }
  void FailWith(v1::SessionState state, const std::string& reason) {
    memory_.session().clear_result();
    memory_.session().set_state(state);
    memory_.session().set_failure_reason(reason);
  }
  int Get(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"session", "get", answer_.intent.request_id, "-o",
                                          folder_.File("")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }
  int Run(std::vector<std::string> arguments) {
    out_.str("");
    err_.str("");
    arguments.insert(arguments.begin(), {"enkrat", "--plaintext", "--server", memory_.address()});
    std::vector<const char*> argv;
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    return RunProgram(static_cast<int>(argv.size()), argv.data(), out_, err_, /*terminal=*/false);
  }
  size_t FilesWritten() const {
    const std::filesystem::recursive_directory_iterator files(folder_.File(""));
    return static_cast<size_t>(std::distance(begin(files), end(files)));
  }

  const SigningAnswer answer_;
  testing::ScratchFolder folder_;
  FakeMemory memory_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(SessionCommandTest, StoredSignaturesAreWrittenAsSignWritesThem) {
  ASSERT_EQ(Get({"--session-out", folder_.File("session.json")}), 0) << err_.str();
  for (const char* name : {"a.pdf.sig", "a.pdf.tst", "b.pdf.sig", "b.pdf.tst", "a.pdf.cert.pem"}) {
    EXPECT_TRUE(FileExists(folder_.File(name))) << name;
  }
  EXPECT_EQ(ToString(ReadFile(folder_.File("b.pdf.sig"), 1024).value()),
            answer_.response.signatures(1).signature());
  EXPECT_THAT(out_.str(), HasSubstr("destroyed: CKR_OBJECT_HANDLE_INVALID"));
  const Bytes json = ReadFile(folder_.File("session.json"), 1 << 20).value();
  EXPECT_EQ(nlohmann::json::parse(ToString(json))["session_id"], answer_.response.session_id());
}

TEST_F(SessionCommandTest, LabelsThatArePathsStayInTheFolder) {
  result().mutable_signatures(0)->set_label("../../escaped");
  result().mutable_signatures(1)->set_label("/tmp/../escaped");
  ASSERT_EQ(Get(), 0) << err_.str();
  EXPECT_TRUE(FileExists(folder_.File("escaped.sig")));
  EXPECT_TRUE(FileExists(folder_.File("escaped-2.sig")));
  EXPECT_EQ(FilesWritten(), 5u);
}

TEST_F(SessionCommandTest, ExistingFilesAreReplacedWithForceOnly) {
  ASSERT_EQ(Get(), 0) << err_.str();
  EXPECT_EQ(Get(), 64);
  EXPECT_EQ(Get({"--force"}), 0);
}

TEST_F(SessionCommandTest, MissingFolderIsTwo) {
  EXPECT_EQ(Run({"session", "get", answer_.intent.request_id, "-o", folder_.File("missing")}), 2);
}

TEST_F(SessionCommandTest, ResultWithoutProofOfDestructionIsNotWritten) {
  result().clear_destruction();
  EXPECT_EQ(Get(), 1);
  EXPECT_THAT(err_.str(), HasSubstr("SIGNATURE_SELF_CHECK_FAILED"));
  EXPECT_EQ(FilesWritten(), 0u);
}

TEST_F(SessionCommandTest, FailedSessionIsOneWithItsReasonAndAdvice) {
  FailWith(v1::SESSION_STATE_FAILED, "HSM_UNAVAILABLE");
  EXPECT_EQ(Get(), 1);
  EXPECT_THAT(out_.str(), HasSubstr("state: FAILED\nfailure_reason: HSM_UNAVAILABLE\n"));
  EXPECT_THAT(out_.str(), HasSubstr("start over with a new assertion and a new --request-id"));
}

TEST_F(SessionCommandTest, StateIsJsonWhenAskedFor) {
  FailWith(v1::SESSION_STATE_ABANDONED, "");
  EXPECT_EQ(Get({"--json"}), 1);
  EXPECT_EQ(nlohmann::json::parse(out_.str())["state"], "ABANDONED");
}

TEST_F(SessionCommandTest, OpenAndExpiredSessionsAreOneWithoutFiles) {
  for (const v1::SessionState state : {v1::SESSION_STATE_OPEN, v1::SESSION_STATE_COMPLETED}) {
    FailWith(state, "");
    EXPECT_EQ(Get(), 1);
    EXPECT_THAT(out_.str(), HasSubstr("advice: the"));
  }
  EXPECT_EQ(FilesWritten(), 0u);
}

TEST_F(SessionCommandTest, UnknownSessionIsOne) {
  EXPECT_EQ(Run({"session", "get", "11111111-89ab-4cde-8f01-23456789abcd"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("error: "));
}

}  // namespace
}  // namespace enkrat::cli
