// The signing workflow over parts that tests own: a fake token, a ledger in memory, a clock, and
// an identity provider that says what it is told to.
#ifndef ENKRAT_TESTS_UNIT_SIGNER_WORKFLOW_FIXTURE_H_
#define ENKRAT_TESTS_UNIT_SIGNER_WORKFLOW_FIXTURE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "ca/issuer.h"
#include "common/log.h"
#include "common/mutex.h"
#include "hsm/module.h"
#include "hsm/session_pool.h"
#include "signer/signing_workflow.h"
#include "signer/timestamp_units.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_cryptoki.h"
#include "tests/support/in_memory_ledger.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"
#include "tsa/clock_guard.h"

namespace enkrat::signer {

// Accepts every assertion as Ana Novak's, until told otherwise.
class FakeIdentities final : public idp_client::IdentityVerifier {
 public:
  absl::StatusOr<idp_client::VerifiedIdentity> Verify(
      const idp_client::AssertionCheck& check) override;

  void FailWith(absl::Status status) { failure_ = std::move(status); }
  int calls() const { return calls_; }
  // Of the calls so far; not while others run.
  const idp_client::AssertionCheck& last_check() const { return last_check_; }

  idp_client::VerifiedIdentity identity;

 private:
  absl::Status failure_;
  std::atomic<int> calls_ = 0;
  Mutex mutex_;
  idp_client::AssertionCheck last_check_;
};

class WorkflowTest : public ::testing::Test {
 protected:
  WorkflowTest();

  // A request for one document, or more. Each has a request_id and an assertion of its own.
  SigningRequest Request(size_t documents = 1);
  // Admit and Run as `bank`.
  absl::StatusOr<SigningResult> Sign(SigningRequest request);
  void UseParts(const std::function<void(SigningWorkflow::Parts&)>& change);

  // Invariant 2, as the token itself sees it.
  void ExpectNoOneTimeKey() const { EXPECT_EQ(token_.SessionObjects(), 0u); }
  // The names of a session's steps, in order.
  std::vector<std::string> Steps(const std::string& session_id);
  std::string EvidenceText();

  testing::FakeClock clock_;
  std::ostringstream log_text_;
  Logger logger_{log_text_, clock_};
  testing::FakeCryptoki token_;
  std::unique_ptr<hsm::Module> module_;
  std::unique_ptr<hsm::SessionPool> pool_;
  testing::TestAuthority authority_;
  std::unique_ptr<ca::Issuer> issuer_;
  std::unique_ptr<tsa::ClockGuard> clock_guard_;
  std::optional<hsm::LongLivedKey> ca_key_;
  std::optional<hsm::LongLivedKey> unit_key_;
  std::unique_ptr<TimestampUnits> units_;
  std::optional<hsm::MacKey> person_key_;
  FakeIdentities identities_;
  testing::InMemoryLedger ledger_;
  RelyingParty bank_;
  SigningWorkflow::Parts parts_;
  std::unique_ptr<SigningWorkflow> workflow_;

 private:
  void MakeToken();
  void MakeCertificates();

  std::atomic<int> requests_ = 0;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_TESTS_UNIT_SIGNER_WORKFLOW_FIXTURE_H_
