#include "tests/unit/signer/workflow_fixture.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace enkrat::signer {

using ::enkrat::testing::IsOk;

absl::StatusOr<idp_client::VerifiedIdentity> FakeIdentities::Verify(
    const idp_client::AssertionCheck& check) {
  ++calls_;
  {
    MutexLock lock(mutex_);
    last_check_ = check;
  }
  if (!failure_.ok()) return failure_;
  idp_client::VerifiedIdentity verified = identity;
  // Each assertion is an act of its own, as a `jti` makes it.
  verified.assertion_id = ToString(check.assertion);
  return verified;
}

WorkflowTest::WorkflowTest()
    : module_(hsm::Module::FromFunctionList(token_.functions(), {}).value()) {
  MakeToken();
  MakeCertificates();
  identities_.identity = {.issuer = "https://idp.example",
                          .assertion_id = "",
                          .assertion_expires_at = clock_.Now() + absl::Minutes(5),
                          .authenticated_at = clock_.Now() - absl::Seconds(20),
                          .level_of_assurance = idp_client::LevelOfAssurance::kHigh,
                          .subject = "subject-of-ana",
                          .given_name = "Ana",
                          .surname = "Novak",
                          .country = "SI",
                          .identifier_type = "",
                          .identifier = "",
                          .bound = true};
  bank_.id = "bank";
  bank_.policies[{.level = SignatureLevel::kAdvanced}] = {
      .profile = "natural-person",
      .minimal_level_of_assurance = idp_client::LevelOfAssurance::kSubstantial};
  parts_.hsm = pool_.get();
  parts_.issuing_ca_key = &*ca_key_;
  parts_.person_key = &*person_key_;
  parts_.quota_key = std::make_shared<const Secret>(Bytes(32, 7));
  parts_.identities = &identities_;
  parts_.issuer = issuer_.get();
  ca::ProfileSpec spec;
  spec.name = "natural-person";
  spec.policy_oids = {"0.4.0.2042.1.2"};
  spec.ca_issuers_url = "http://ca.example/issuing-ca.cer";
  parts_.profiles.emplace(spec.name, ca::Profile::Create(spec).value());
  parts_.timestamp_units = units_.get();
  parts_.ledger = &ledger_;
  parts_.clock = &clock_;
  parts_.logger = &logger_;
  workflow_ = std::make_unique<SigningWorkflow>(parts_);
  token_.ForgetCalls();
}

void WorkflowTest::MakeToken() {
  hsm::SessionPool::Options options;
  options.token_label = "fake token";
  options.pin = Secret(absl::string_view("1234"));
  options.sessions = 2;
  options.clock = &clock_;
  options.logger = &logger_;
  pool_ = hsm::SessionPool::Create(*module_, std::move(options)).value();
  ca_key_ = pool_->GenerateKey({.label = "issuing-ca"}).value();
  unit_key_ = pool_->GenerateKey({.label = "timestamping-unit"}).value();
  person_key_ = pool_->GenerateMacKey("evidence-mac").value();
}

void WorkflowTest::MakeCertificates() {
  testing::CertificateOptions ca;
  ca.common_name = "Enkrat test issuing CA";
  ca.extended_key_usage = {};
  ca.key_usage = "keyCertSign,cRLSign";
  ca.ca_path_length = 0;
  ca.subject_key = &ca_key_->public_key();
  issuer_ =
      ca::Issuer::Create(
          {.chain_der = {authority_.IssueByRoot(ca).der, authority_.root_der()}, .clock = &clock_})
          .value();
  clock_guard_ = tsa::ClockGuard::Create({.clock = &clock_}).value();
  testing::CertificateOptions unit;
  unit.subject_key = &unit_key_->public_key();
  tsa::TimestampUnit::Options options;
  options.chain_der = {authority_.IssueByRoot(unit).der, authority_.root_der()};
  options.clock = &clock_;
  options.clock_guard = clock_guard_.get();
  units_ = std::make_unique<TimestampUnits>(
      std::vector<TimestampUnits::Handle>{std::make_shared<const OwnUnit>(OwnUnit{
          .unit = tsa::TimestampUnit::Create(std::move(options)).value(), .key = *unit_key_})});
}

void WorkflowTest::UseParts(const std::function<void(SigningWorkflow::Parts&)>& change) {
  change(parts_);
  workflow_ = std::make_unique<SigningWorkflow>(parts_);
}

SigningRequest WorkflowTest::Request(size_t documents) {
  const int number = ++requests_;
  SigningRequest request;
  request.intent.request_id = absl::StrFormat("00000000-0000-4000-8000-%012d", number);
  for (size_t i = 0; i < documents; ++i) {
    request.intent.documents.push_back(
        {.label = absl::StrCat("contract ", i, ".pdf"),
         .digest_algorithm = DigestAlgorithm::kSha256,
         .digest = ComputeDigest(DigestAlgorithm::kSha256, AsSpan(absl::StrCat("document ", i)))});
  }
  request.assertion = ToBytes(absl::StrCat("assertion ", number));
  request.deadline = clock_.Now() + absl::Seconds(30);
  return request;
}

absl::StatusOr<SigningResult> WorkflowTest::Sign(SigningRequest request) {
  absl::StatusOr<Admission> admission =
      workflow_->Admit(std::make_shared<const RelyingParty>(bank_), std::move(request));
  if (!admission.ok()) return admission.status();
  return workflow_->Run(*admission);
}

std::vector<std::string> WorkflowTest::Steps(const std::string& session_id) {
  std::vector<std::string> steps;
  const std::vector<store::EvidenceRecord> records = ledger_.EvidenceOf(session_id).value();
  for (const store::EvidenceRecord& record : records) {
    steps.push_back(record.step);
  }
  return steps;
}

std::string WorkflowTest::EvidenceText() {
  std::string text;
  for (const store::SessionRecord& session : ledger_.Sessions()) {
    const std::vector<store::EvidenceRecord> records =
        ledger_.EvidenceOf(session.session_id).value();
    for (const store::EvidenceRecord& record : records) {
      absl::StrAppend(&text, record.step, " ", record.facts_json, "\n");
    }
  }
  for (const store::EvidenceRecord& record : ledger_.Events()) {
    absl::StrAppend(&text, record.step, " ", record.facts_json, "\n");
  }
  return text;
}

}  // namespace enkrat::signer
