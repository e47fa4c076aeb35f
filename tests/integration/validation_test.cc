// ValidationService and `enkrat verify`, of the real service: what is good, and what is not let in.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "enkrat/v1/validation_service.grpc.pb.h"
#include "tests/integration/running_service.h"
#include "tests/support/paths.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;

using Parts = std::vector<v1::ValidateRequest>;

v1::ValidateRequest Header() {
  v1::ValidateRequest part;
  part.mutable_header();
  return part;
}

v1::ValidateRequest Chunk(const std::string& octets) {
  v1::ValidateRequest part;
  part.set_chunk(octets);
  return part;
}

v1::ValidateRequest Detached(const std::string& octets) {
  v1::ValidateRequest part;
  part.set_detached_chunk(octets);
  return part;
}

class ValidationTest : public RunningService {
 protected:
  static void SetUpTestSuite() {
    // More places than calls: on a busy machine one is still being cleared away when the next
    // comes.
    StartService(
        {.settings = {{"validation.max_document_mb", "1"}, {"validation.max_in_flight", "32"}}});
    document_ = MakeDocument("contract.txt");
    ASSERT_THAT(Sign({document_}), Succeeds());
  }

  struct Outcome {
    grpc::Status status;
    v1::ValidateResponse response;
  };
  static Outcome Send(const Parts& parts) {
    const auto stub = v1::ValidationService::NewStub(
        grpc::CreateChannel(service().grpc_target(), grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    Outcome outcome;
    const auto writer = stub->Validate(&context, &outcome.response);
    for (const v1::ValidateRequest& part : parts) {
      if (!writer->Write(part)) break;
    }
    writer->WritesDone();
    outcome.status = writer->Finish();
    return outcome;
  }
  static std::string Refusal(const Parts& parts) {
    const grpc::Status status = Send(parts).status;
    EXPECT_FALSE(status.ok());
    return std::to_string(status.error_code()) + " " + status.error_details();
  }
  static std::string Signature() { return ReadText(document_ + ".p7s"); }
  static std::string Root() { return service().ServiceFile("root.pem"); }

  static inline std::string document_;
};

TEST_F(ValidationTest, OwnSignatureIsGoodWithoutAnyConfiguration) {
  const Outcome outcome = Send({Header(), Chunk(Signature()), Detached(ReadText(document_))});
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  EXPECT_EQ(outcome.response.indication(), v1::INDICATION_TOTAL_PASSED)
      << outcome.response.report_text();
  ASSERT_EQ(outcome.response.signatures_size(), 1);
  const v1::SignatureSummary& signature = outcome.response.signatures(0);
  EXPECT_EQ(signature.format(), "CAdES");
  EXPECT_FALSE(signature.signer_name().empty());
  EXPECT_TRUE(signature.has_proven_at());
  const nlohmann::json json = nlohmann::json::parse(outcome.response.report_json());
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["indication"], "TOTAL_PASSED");
  EXPECT_THAT(outcome.response.report_text(), HasSubstr("TOTAL_PASSED"));
}

TEST_F(ValidationTest, SmallPiecesAreTheSameFile) {
  Parts parts = {Header()};
  for (const char octet : Signature()) parts.push_back(Chunk(std::string(1, octet)));
  parts.push_back(Detached(ReadText(document_)));
  EXPECT_EQ(Send(parts).response.indication(), v1::INDICATION_TOTAL_PASSED);
}

TEST_F(ValidationTest, OtherContentFails) {
  const Outcome outcome = Send({Header(), Chunk(Signature()), Detached("Another.")});
  ASSERT_TRUE(outcome.status.ok());
  EXPECT_EQ(outcome.response.indication(), v1::INDICATION_TOTAL_FAILED);
  EXPECT_EQ(outcome.response.sub_indication(), "HASH_FAILURE");
}

TEST_F(ValidationTest, MissingContentIsIndeterminate) {
  const Outcome outcome = Send({Header(), Chunk(Signature())});
  EXPECT_EQ(outcome.response.indication(), v1::INDICATION_INDETERMINATE);
  EXPECT_EQ(outcome.response.sub_indication(), "SIGNED_DATA_NOT_FOUND");
}

TEST_F(ValidationTest, GarbageIsMalformed) {
  EXPECT_THAT(Refusal({Header(), Chunk("What is this?")}), HasSubstr("REQUEST_MALFORMED"));
}

TEST_F(ValidationTest, CutOffSignatureIsMalformed) {
  EXPECT_THAT(Refusal({Header(), Chunk(Signature().substr(0, 1000))}),
              HasSubstr("REQUEST_MALFORMED"));
}

TEST_F(ValidationTest, FileOverTheLimitIsRefused) {
  Parts parts = {Header()};
  for (int i = 0; i < 5; ++i) parts.push_back(Chunk(std::string(256 * 1024, 'x')));
  EXPECT_THAT(Refusal(parts), HasSubstr("LIMIT_EXCEEDED"));
}

TEST_F(ValidationTest, ContentOverTheLimitIsRefused) {
  Parts parts = {Header(), Chunk(Signature())};
  for (int i = 0; i < 5; ++i) parts.push_back(Detached(std::string(256 * 1024, 'x')));
  EXPECT_THAT(Refusal(parts), HasSubstr("LIMIT_EXCEEDED"));
}

struct WrongOrder {
  const char* name;
  std::function<Parts()> parts;
};

class WrongOrderTest : public ValidationTest, public ::testing::WithParamInterface<WrongOrder> {
 protected:
  static void SetUpTestSuite() { ValidationTest::SetUpTestSuite(); }
};

TEST_P(WrongOrderTest, IsMalformed) {
  EXPECT_THAT(Refusal(GetParam().parts()), HasSubstr("REQUEST_MALFORMED"));
}

INSTANTIATE_TEST_SUITE_P(
    Orders, WrongOrderTest,
    ::testing::Values(WrongOrder{"Nothing", [] { return Parts{}; }},
                      WrongOrder{"HeaderAlone", [] { return Parts{Header()}; }},
                      WrongOrder{"NoHeader", [] { return Parts{Chunk("x")}; }},
                      WrongOrder{"TwoHeaders",
                                 [] {
                                   return Parts{Header(), Header()};
                                 }},
                      WrongOrder{"ContentFirst",
                                 [] {
                                   return Parts{Header(), Detached("x")};
                                 }},
                      WrongOrder{"FileAfterContent",
                                 [] {
                                   return Parts{Header(), Chunk("x"), Detached("y"), Chunk("z")};
                                 }},
                      WrongOrder{"EmptyChunk",
                                 [] {
                                   return Parts{Header(), Chunk("")};
                                 }},
                      WrongOrder{"LongChunk",
                                 [] {
                                   return Parts{Header(), Chunk(std::string(256 * 1024 + 1, 'x'))};
                                 }},
                      WrongOrder{"EmptyPart",
                                 [] {
                                   return Parts{Header(), v1::ValidateRequest()};
                                 }},
                      WrongOrder{"OddDigest",
                                 [] {
                                   v1::ValidateRequest header = Header();
                                   header.mutable_header()->add_detached_digests("short");
                                   return Parts{header, Chunk("x")};
                                 }},
                      WrongOrder{"TimeOutOfRange",
                                 [] {
                                   v1::ValidateRequest header = Header();
                                   header.mutable_header()->mutable_at()->set_seconds(int64_t{1}
                                                                                      << 60);
                                   return Parts{header, Chunk("x")};
                                 }}),
    [](const auto& key) { return key.param.name; });

// Their places are free again: as soon as the service has noticed, which may be after the client.
TEST_F(ValidationTest, CallsThatAreCancelledGiveTheirPlacesBack) {
  const auto stub = v1::ValidationService::NewStub(
      grpc::CreateChannel(service().grpc_target(), grpc::InsecureChannelCredentials()));
  for (int i = 0; i < 20; ++i) {
    grpc::ClientContext context;
    v1::ValidateResponse response;
    const auto writer = stub->Validate(&context, &response);
    writer->Write(Header());
    writer->Write(Chunk(Signature()));
    context.TryCancel();
    EXPECT_FALSE(writer->Finish().ok());
  }
  const Parts parts = {Header(), Chunk(Signature()), Detached(ReadText(document_))};
  Outcome outcome = Send(parts);
  const absl::Time patience = absl::Now() + absl::Seconds(20);
  while (outcome.status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
         absl::Now() < patience) {
    outcome = Send(parts);
  }
  EXPECT_EQ(outcome.response.indication(), v1::INDICATION_TOTAL_PASSED)
      << outcome.status.error_message();
}

TEST_F(ValidationTest, CommandAsksTheService) {
  const ProgramOutcome good = service().Enkrat({"verify", document_, "--remote"});
  EXPECT_THAT(good, Succeeds());
  EXPECT_THAT(good.out, HasSubstr("TOTAL_PASSED"));
}

TEST_F(ValidationTest, CommandTellsEachVerdictByItsExitCode) {
  const std::string other = MakeDocument("other.txt");
  const std::string signature = document_ + ".p7s";
  EXPECT_THAT(service().Enkrat({"verify", document_, "--roots", Root()}), Succeeds());
  EXPECT_THAT(service().Enkrat({"verify", other, "--signature", signature, "--roots", Root()}),
              ExitsWith(1));
  EXPECT_THAT(service().Enkrat({"verify", signature, "--roots", Root()}), ExitsWith(3));
  EXPECT_THAT(service().Enkrat({"verify", signature, "--content", document_, "--roots", Root()}),
              Succeeds());
  EXPECT_THAT(service().Enkrat({"verify", document_}), ExitsWith(64));
  EXPECT_THAT(service().Enkrat({"verify", other, "--signature", signature, "--remote"}),
              ExitsWith(1));
}

TEST_F(ValidationTest, TimestampBesideADocumentIsNoSignatureOfIt) {
  const std::string document = MakeDocument("nobody_signed.txt");
  ASSERT_THAT(service().Enkrat({"timestamp", document, "-o", document + ".p7s"}), Succeeds());
  EXPECT_THAT(service().Enkrat({"verify", document, "--roots", Root()}), ExitsWith(1));
  EXPECT_THAT(service().Enkrat({"verify", document, "--remote"}), ExitsWith(1));
  EXPECT_THAT(
      service().Enkrat({"verify", document, "--signature", document + ".p7s", "--roots", Root()}),
      Succeeds());
}

// With all that they bring along: nothing is left to be looked up.
TEST_F(ValidationTest, LongTermSignaturesOfOursNeedNothingElse) {
  for (const std::string format : {"cades-b-lt", "cades-b-lta"}) {
    const std::string document = MakeDocument(format + ".txt");
    ASSERT_THAT(Sign({document, "--format", format}), Succeeds());
    const ProgramOutcome outcome =
        service().Enkrat({"--json", "verify", document, "--roots", Root(), "--every-status"});
    EXPECT_THAT(outcome, Succeeds());
    const nlohmann::json json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["signatures"][0]["level"], format == "cades-b-lt" ? "B-LT" : "B-LTA");
  }
}

TEST_F(ValidationTest, SignedPdfsOfOursAreGoodHereAndThere) {
  for (const std::string format : {"pades-b-t", "pades-b-lt", "pades-b-lta"}) {
    const std::string pdf = service().File(format + ".pdf");
    const std::string out = service().File(format + "-signed.pdf");
    ASSERT_THAT(Execute({"python3", SourcePath("tools/demo/make_document.py"), pdf}), Succeeds());
    ASSERT_THAT(Sign({pdf, "--format", format}), Succeeds());
    const ProgramOutcome outcome = service().Enkrat({"--json", "verify", out, "--roots", Root()});
    EXPECT_THAT(outcome, Succeeds());
    const nlohmann::json json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["signatures"][0]["format"], "PAdES");
    EXPECT_EQ("pades-" + absl::AsciiStrToLower(json["signatures"][0]["level"].get<std::string>()),
              format);
    EXPECT_THAT(service().Enkrat({"verify", out, "--remote"}), Succeeds());
  }
}

TEST_F(ValidationTest, CommandPrintsTheReportAsJson) {
  const ProgramOutcome outcome =
      service().Enkrat({"--json", "verify", document_, "--roots", Root()});
  const nlohmann::json json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["signatures"][0]["format"], "CAdES");
}

}  // namespace
}  // namespace enkrat::testing
