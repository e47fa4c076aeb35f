// A relying party that the operator disables while the HSM works for it: its call ends before the
// next step that cannot be undone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <future>
#include <thread>

#include "common/reason.h"
#include "tests/fault/faulty_service.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class RelyingPartyFault : public ::testing::Test {
 protected:
  void SetUp() override {
    const ServiceEnvironment& environment = service_.environment();
    fs::create_directory(environment.File("parties"));
    chmod(environment.File("parties").c_str(), 0755);
    WriteText(environment.File("parties/demo.yaml"),
              "id: demo\naudiences: [enkrat-test]\n"
              "levels: [{level: advanced, binding: optional}]\n");
    chmod(environment.File("parties/demo.yaml").c_str(), 0644);
    ASSERT_THAT(service_.Start(), IsOk());
  }

  ProgramOutcome Rp(const std::string& verb) {
    return RunProgram({.argv = {BinaryPath("bin/enkrat"), "rp", verb, "demo", "--config",
                                service_.environment().File("enkratd.yaml")}});
  }

  FaultyService service_{
      {.settings = {{"relying_parties", ""}, {"relying_parties_folder", "parties"}},
       .fault_module = true}};
};

TEST_F(RelyingPartyFault, CallOfAPartyThatIsDisabledMeanwhileYieldsNoSignature) {
  SigningClient client = service_.Connect();
  ASSERT_THAT(client.Sign(service_.requests().Make()).status, IsOk());
  const double generated = *service_.Metric("enkrat_hsm_keys_generated");
  const double signatures = *service_.Metric("enkrat_hsm_signatures");

  service_.Plan("C_GenerateKeyPair 1 HOLD");
  const v1::SignRequest request = service_.requests().Make();
  std::promise<SignAnswer> promise;
  const auto call = client.Start(request, absl::Seconds(60), [&promise](const SignAnswer& answer) {
    promise.set_value(answer);
  });
  while (!fs::exists(service_.environment().File("plan.held"))) std::this_thread::yield();
  ASSERT_EQ(Rp("disable").exit_code, 0);
  ASSERT_TRUE(service_.environment().daemon().WaitForLine("relying parties reloaded").has_value());
  service_.Plan("");

  const SignAnswer answer = promise.get_future().get();
  EXPECT_THAT(answer.status, FailsWith(Reason::kRelyingPartyDisabled));
  EXPECT_EQ(answer.response.ByteSizeLong(), 0u);
  EXPECT_EQ(*service_.Metric("enkrat_hsm_keys_generated"), generated + 1);
  EXPECT_EQ(*service_.Metric("enkrat_hsm_keys_destroyed"), generated + 1);
  EXPECT_EQ(*service_.Metric("enkrat_hsm_signatures"), signatures)
      << "neither CA nor person signed";
  EXPECT_THAT(client.Sign(service_.requests().Make()).status,
              FailsWith(Reason::kRelyingPartyDisabled));

  const ProgramOutcome evidence = RunProgram(
      {.argv = {BinaryPath("bin/enkrat"), "evidence", "show", request.intent().request_id(),
                "--relying-party", "demo", "--store", service_.environment().File("ledger.db")}});
  EXPECT_THAT(evidence.out, HasSubstr("FAILED (RELYING_PARTY_DISABLED)"));
  EXPECT_THAT(evidence.out, HasSubstr("key-destroyed"));
  EXPECT_THAT(evidence.out, Not(HasSubstr("certificate-issued")));
  EXPECT_THAT(evidence.out, Not(HasSubstr("documents-signed")));
}

}  // namespace
}  // namespace enkrat::testing
