// The commands that look things up: certificates over gRPC, evidence in the ledger's file.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cli/files.h"
#include "cli/pem.h"
#include "cli/program.h"
#include "enkrat/v1/certificate_service.grpc.pb.h"
#include "enkrat/v1/signing_service.grpc.pb.h"
#include "store/sqlite_ledger.h"
#include "tests/support/ledger_records.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/cli/certificates.h"

namespace enkrat::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr char kSession[] = "00112233445566778899aabbccddeeff";
constexpr char kRequest[] = "01234567-89ab-4cde-8f01-23456789abcd";

// Knows one certificate, three on the list, one session.
class FakeLookups final : public v1::CertificateService::Service,
                          public v1::SigningService::Service {
 public:
  FakeLookups() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(static_cast<v1::CertificateService::Service*>(this));
    builder.RegisterService(static_cast<v1::SigningService::Service*>(this));
    server_ = builder.BuildAndStart();
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

 private:
  v1::Certificate Certificate(const std::string& serial) const {
    v1::Certificate certificate;
    certificate.set_der(der_);
    certificate.set_serial_number(serial);
    certificate.set_fingerprint_sha256(std::string(32, '\x01'));
    return certificate;
  }

  grpc::Status GetCertificate(grpc::ServerContext*, const v1::GetCertificateRequest* request,
                              v1::GetCertificateResponse* response) override {
    if (request->serial_number() != "1267" &&
        request->fingerprint_sha256() != std::string(32, '\x01')) {
      return grpc::Status(grpc::StatusCode::NOT_FOUND, "None.");
    }
    *response->mutable_certificate() = Certificate("1267");
    response->set_session_id(kSession);
    response->add_chain(der_);
    return grpc::Status::OK;
  }

  grpc::Status ListCertificates(grpc::ServerContext*, const v1::ListCertificatesRequest* request,
                                v1::ListCertificatesResponse* response) override {
    const int first = request->page_token().empty() ? 0 : std::stoi(request->page_token());
    const int end = std::min(first + static_cast<int>(request->page_size()), 3);
    for (int i = first; i < end; ++i) {
      *response->add_certificates() = Certificate(absl::StrCat("0", i));
    }
    if (end < 3) response->set_next_page_token(absl::StrCat(end));
    return grpc::Status::OK;
  }

  grpc::Status GetSession(grpc::ServerContext*, const v1::GetSessionRequest* request,
                          v1::GetSessionResponse* response) override {
    response->set_session_id(kSession);
    response->set_state(v1::SESSION_STATE_ABANDONED);
    if (request->request_id() != kRequest) return grpc::Status::OK;
    response->set_state(v1::SESSION_STATE_COMPLETED);
    *response->mutable_result()->mutable_certificate() = Certificate("1267");
    response->mutable_result()->add_chain(der_);
    response->mutable_result()->mutable_destruction()->set_confirmation("gone");
    return grpc::Status::OK;
  }

  int port_ = 0;
  const std::string der_ =
      ToString(DerOf(SelfSigned(*testing::SoftwareSigningKey::Generate(), "Ana Novak").get()));
  std::unique_ptr<grpc::Server> server_;
};

class LookupCommandsTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return folder_.File(name); }
  int Run(std::vector<std::string> arguments) {
    out_.str("");
    arguments.insert(arguments.begin(), {"enkrat", "--plaintext", "--server", service_.address()});
    std::vector<const char*> argv;
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    return RunProgram(static_cast<int>(argv.size()), argv.data(), out_, err_, /*terminal=*/false);
  }
  std::string Out() const { return out_.str(); }

  // A ledger with one session that failed after one step.
  void MakeLedger() {
    auto ledger = store::SqliteLedger::Create(testing::LedgerOptions(Path("ledger.db"))).value();
    const absl::Time at = absl::FromUnixSeconds(1'800'000'000);
    store::SessionIntent intent;
    intent.session_id = kSession;
    intent.relying_party = "demo";
    intent.request_id = kRequest;
    intent.request_digest = Bytes(32, 1);
    intent.issuer = "https://idp.example";
    intent.assertion_id = "jti";
    intent.assertion_expires_at = at + absl::Minutes(5);
    intent.started_at = at;
    intent.evidence = {{.step = "intent-recorded", .at = at, .facts_json = R"({"documents":2})"}};
    ASSERT_THAT(ledger->RecordIntent(intent), testing::IsOk());
    store::SessionFailure failure;
    failure.session_id = kSession;
    failure.reason = "HSM_UNAVAILABLE";
    failure.failed_at = at + absl::Seconds(1);
    ASSERT_THAT(ledger->FailSession(failure), testing::IsOk());
  }

  void RecordEvent(const std::string& step, absl::Time at, const std::string& facts) {
    auto ledger = store::SqliteLedger::Create(testing::LedgerOptions(Path("ledger.db"))).value();
    ASSERT_THAT(ledger->RecordEvent({.step = step, .at = at, .facts_json = facts}),
                testing::IsOk());
  }

  const enkrat::testing::ScratchFolder folder_;
  std::ostringstream out_;
  std::ostringstream err_;
  FakeLookups service_;
};

TEST_F(LookupCommandsTest, CertificateIsShownBySerialAndByFingerprint) {
  EXPECT_EQ(Run({"certificates", "get", "--serial", "1267"}), 0);
  EXPECT_THAT(Out(), HasSubstr("subject: CN=Ana Novak"));
  EXPECT_EQ(Run({"--json", "certificates", "get", "--fingerprint", ToHex(Bytes(32, 1))}), 0);
  EXPECT_EQ(nlohmann::json::parse(Out())["session_id"], kSession);
}

TEST_F(LookupCommandsTest, UnknownCertificateIsOne) {
  EXPECT_EQ(Run({"certificates", "get", "--serial", "00"}), 1);
}

TEST_F(LookupCommandsTest, ListGoesThroughAllPages) {
  EXPECT_EQ(Run({"--json", "certificates", "list", "--page-size", "2"}), 0);
  EXPECT_EQ(nlohmann::json::parse(Out()).size(), 3u);
}

TEST_F(LookupCommandsTest, ListEndsAtItsLimit) {
  EXPECT_EQ(Run({"--json", "certificates", "list", "--page-size", "2", "--limit", "1"}), 0);
  EXPECT_EQ(nlohmann::json::parse(Out()).size(), 1u);
}

TEST_F(LookupCommandsTest, ExportWritesCertificateAndChain) {
  EXPECT_EQ(Run({"certificates", "export", "--session", kRequest, "-o", Path("a.pem")}), 0);
  EXPECT_EQ(Run({"certificates", "export", "--serial", "1267", "-o", Path("b.pem")}), 0);
  for (const char* name : {"a.pem", "b.pem"}) {
    ASSERT_OK_AND_ASSIGN(const Bytes pem, ReadFile(Path(name), 1 << 20));
    ASSERT_OK_AND_ASSIGN(const std::vector<Bytes> chain, CertificatesFromPem(pem));
    EXPECT_EQ(chain.size(), 2u);
  }
}

TEST_F(LookupCommandsTest, ExportDoesNotReplaceAFileUnasked) {
  EXPECT_EQ(Run({"certificates", "export", "--serial", "1267", "-o", Path("a.pem")}), 0);
  EXPECT_EQ(Run({"certificates", "export", "--serial", "1267", "-o", Path("a.pem")}), 64);
  EXPECT_EQ(Run({"certificates", "export", "--serial", "1267", "-o", Path("a.pem"), "--force"}), 0);
}

TEST_F(LookupCommandsTest, ExportOfASessionWithoutResultIsOne) {
  EXPECT_EQ(Run({"certificates", "export", "--session", "other", "-o", Path("a.pem")}), 1);
  EXPECT_FALSE(FileExists(Path("a.pem")));
}

TEST_F(LookupCommandsTest, ServiceTellsWhereASessionStands) {
  EXPECT_EQ(Run({"evidence", "show", kRequest}), 0);
  EXPECT_THAT(Out(), HasSubstr("state: COMPLETED"));
  EXPECT_THAT(Out(), HasSubstr("destruction_confirmation: gone"));
}

TEST_F(LookupCommandsTest, LedgerShowsTheStepsOfASession) {
  MakeLedger();
  EXPECT_EQ(Run({"evidence", "show", kSession, "--store", Path("ledger.db")}), 0) << err_.str();
  EXPECT_THAT(Out(), HasSubstr("FAILED (HSM_UNAVAILABLE)"));
  EXPECT_THAT(Out(), HasSubstr("intent-recorded"));
}

TEST_F(LookupCommandsTest, LedgerFindsASessionByRelyingPartyAndRequest) {
  MakeLedger();
  EXPECT_EQ(Run({"--json", "evidence", "show", kRequest, "--store", Path("ledger.db"),
                 "--relying-party", "demo"}),
            0)
      << err_.str();
  const auto json = nlohmann::json::parse(Out());
  EXPECT_EQ(json["session_id"], kSession);
  EXPECT_EQ(json["evidence"][0]["facts"]["documents"], 2);
}

TEST_F(LookupCommandsTest, LedgerWithoutTheSessionIsOne) {
  MakeLedger();
  EXPECT_EQ(
      Run({"evidence", "show", kRequest, "--store", Path("ledger.db"), "--relying-party", "other"}),
      1);
}

TEST_F(LookupCommandsTest, RejectedAssertionsAreListedWithoutOtherEvents) {
  MakeLedger();
  RecordEvent("assertion-rejected", absl::Now() - absl::Minutes(5), R"({"reason":"R1"})");
  RecordEvent("assertion-rejected", absl::Now() - absl::Hours(3), R"({"reason":"OLD"})");
  RecordEvent("assertion-rejected", absl::Now() - absl::Minutes(1), R"({"reason":"R2"})");
  RecordEvent("started", absl::Now(), "{}");
  EXPECT_EQ(Run({"--json", "evidence", "rejected", "--store", Path("ledger.db"), "--since", "1h"}),
            0)
      << err_.str();
  const auto json = nlohmann::json::parse(Out());
  ASSERT_EQ(json["rejected"].size(), 2u) << json;
  EXPECT_EQ(json["rejected"][0]["facts"]["reason"], "R1");
  EXPECT_EQ(json["rejected"][1]["facts"]["reason"], "R2");
  EXPECT_EQ(json["cut_off"], false);
}

TEST_F(LookupCommandsTest, NoRejectedAssertionIsAnAnswerToo) {
  MakeLedger();
  EXPECT_EQ(Run({"evidence", "rejected", "--store", Path("ledger.db")}), 0) << err_.str();
  EXPECT_EQ(Out(), "0 rejected\n");
}

TEST_F(LookupCommandsTest, RejectedWithoutLedgerIsTwoAndMakesNone) {
  EXPECT_EQ(Run({"evidence", "rejected", "--store", Path("ledger.db")}), 2);
  EXPECT_FALSE(FileExists(Path("ledger.db")));
}

TEST_F(LookupCommandsTest, RejectedSinceNoLengthOfTimeIsWrongUse) {
  MakeLedger();
  for (const char* since : {"yesterday", "0s", "-1h", ""}) {
    EXPECT_EQ(Run({"evidence", "rejected", "--store", Path("ledger.db"), "--since", since}), 64)
        << since;
  }
}

TEST_F(LookupCommandsTest, RequestIdInTheLedgerNeedsItsRelyingParty) {
  MakeLedger();
  EXPECT_EQ(Run({"evidence", "show", kRequest, "--store", Path("ledger.db")}), 64);
}

}  // namespace
}  // namespace enkrat::cli
