#include "cli/sign_outputs.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>

#include "cli/files.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/cli/signing_answer.h"

namespace enkrat::cli {
namespace {

namespace fs = std::filesystem;
using signer::SignatureFormat;
using testing::FailsWith;
using testing::IsOk;

TEST(CheckAnswerTest, AnswerToTheRequestIsAccepted) {
  const SigningAnswer answer;
  EXPECT_THAT(CheckAnswer(answer.intent, SignatureFormat::kRaw, answer.response), IsOk());
}

struct Fault {
  const char* what;
  std::function<void(v1::SignResponse&)> spoil;
};

class SpoiltAnswerTest : public ::testing::TestWithParam<Fault> {};

TEST_P(SpoiltAnswerTest, IsRefused) {
  SigningAnswer answer;
  GetParam().spoil(answer.response);
  EXPECT_THAT(CheckAnswer(answer.intent, SignatureFormat::kRaw, answer.response),
              FailsWith(Reason::kSignatureSelfCheckFailed))
      << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Faults, SpoiltAnswerTest,
    ::testing::Values(
        Fault{"another request", [](auto& r) { r.set_request_id("x"); }},
        Fault{"one signature too few", [](auto& r) { r.mutable_signatures()->RemoveLast(); }},
        Fault{"one signature too many", [](auto& r) { *r.add_signatures() = r.signatures(0); }},
        Fault{"signatures in another order",
              [](auto& r) { r.mutable_signatures()->SwapElements(0, 1); }},
        Fault{"signature values in another order",
              [](auto& r) {
                r.mutable_signatures(0)->mutable_signature()->swap(
                    *r.mutable_signatures(1)->mutable_signature());
              }},
        Fault{"an empty signature", [](auto& r) { r.mutable_signatures(0)->clear_signature(); }},
        Fault{"no timestamp", [](auto& r) { r.mutable_signatures(1)->clear_timestamp(); }},
        Fault{"no chain", [](auto& r) { r.clear_chain(); }},
        Fault{"no certificate", [](auto& r) { r.clear_certificate(); }},
        Fault{"no proof of destruction", [](auto& r) { r.clear_destruction(); }},
        Fault{"a key that signed more than was asked",
              [](auto& r) { r.mutable_destruction()->set_signature_count(3); }},
        Fault{"a key destroyed before it was made",
              [](auto& r) { r.mutable_destruction()->mutable_destroyed_at()->set_seconds(1); }}));

TEST(CheckAnswerTest, CadesThatIsNoCmsIsRefused) {
  const SigningAnswer answer;
  EXPECT_THAT(CheckAnswer(answer.intent, SignatureFormat::kCadesBT, answer.response),
              FailsWith(Reason::kSignatureSelfCheckFailed));
}

TEST(CheckAnswerTest, TimestampThatWasNotAskedForIsRefused) {
  const SigningAnswer answer;
  EXPECT_THAT(CheckAnswer(answer.intent, SignatureFormat::kCadesBB, answer.response),
              FailsWith(Reason::kSignatureSelfCheckFailed));
}

TEST(CheckAnswerTest, RawInPlaceOfCadesIsRefused) {
  SigningAnswer answer;
  for (auto& signature : *answer.response.mutable_signatures()) signature.clear_timestamp();
  EXPECT_THAT(CheckAnswer(answer.intent, SignatureFormat::kCadesBB, answer.response),
              FailsWith(Reason::kSignatureSelfCheckFailed));
}

TEST(CheckResultTest, StoredResultIsAcceptedWithoutItsIntent) {
  const SigningAnswer answer;
  EXPECT_EQ(FormatOf(answer.response), SignatureFormat::kRaw);
  EXPECT_THAT(CheckResult(answer.intent.request_id, answer.response), IsOk());
}

TEST(CheckResultTest, ResultOfAnotherRequestIsRefused) {
  EXPECT_THAT(CheckResult("x", SigningAnswer().response),
              FailsWith(Reason::kSignatureSelfCheckFailed));
}

TEST(CheckResultTest, ResultWithoutSignaturesIsRefused) {
  SigningAnswer answer;
  answer.response.clear_signatures();
  answer.response.mutable_destruction()->set_signature_count(0);
  EXPECT_THAT(CheckResult(answer.intent.request_id, answer.response),
              FailsWith(Reason::kSignatureSelfCheckFailed));
}

TEST(WriteOutputsTest, EveryPlannedFileIsWritten) {
  const enkrat::testing::ScratchFolder folder;
  const SigningAnswer answer;
  const auto path = [&](const char* name) { return folder.File(name); };
  const OutputPlan plan{
      .documents = {{.cms = "", .signature = path("a.sig"), .timestamp = path("a.tst")},
                    {.cms = "", .signature = path("b.sig"), .timestamp = path("b.tst")}},
      .session_file = path("session.json"),
      .chain_file = path("chain.pem"),
      .certificate_file = path("cert.pem")};
  EXPECT_THAT(WriteOutputs(plan, "{}", answer.response, /*force=*/false), IsOk());
  EXPECT_EQ(ToString(ReadFile(path("b.sig"), 1024).value()),
            answer.response.signatures(1).signature());
  EXPECT_EQ(ToString(ReadFile(path("a.tst"), 1024).value()), "token");
  EXPECT_EQ(ToString(ReadFile(path("session.json"), 1024).value()), "{}\n");
  for (const char* name : {"chain.pem", "cert.pem"}) {
    EXPECT_TRUE(FileExists(path(name))) << name;
  }
  EXPECT_FALSE(WriteOutputs(plan, "{}", answer.response, /*force=*/false).ok());
  EXPECT_THAT(WriteOutputs(plan, "{}", answer.response, /*force=*/true), IsOk());
}

}  // namespace
}  // namespace enkrat::cli
