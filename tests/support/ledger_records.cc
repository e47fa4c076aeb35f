// Records for the tests of ledgers.
#include "tests/support/ledger_records.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/digest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/software_key_wrapper.h"

namespace enkrat::testing {
namespace {

Bytes DigestOfText(const std::string& text) {
  return ComputeDigest(DigestAlgorithm::kSha256, AsSpan(text));
}

}  // namespace

absl::Time LedgerEpoch() { return absl::FromUnixSeconds(1'800'000'000); }

store::SqliteLedger::Options LedgerOptions(const std::string& path) {
  static SoftwareKeyWrapper* const wrapper = new SoftwareKeyWrapper;
  static FakeClock* const clock = new FakeClock(LedgerEpoch());
  return {.path = path, .key_wrapper = wrapper, .clock = clock};
}

std::string LedgerSessionId(int n) { return absl::StrFormat("%032x", n); }

std::string LedgerSerial(int n) { return absl::StrFormat("7a%030x", n); }

store::SessionIntent LedgerIntent(int n, const std::string& relying_party) {
  return {.session_id = LedgerSessionId(n),
          .relying_party = relying_party,
          .request_id = absl::StrFormat("00000000-0000-4000-8000-%012x", n),
          .request_digest = DigestOfText(absl::StrCat("request ", n)),
          .issuer = "https://idp.example",
          .assertion_id = absl::StrCat("jti-", n),
          .assertion_expires_at = LedgerEpoch() + absl::Minutes(5),
          .started_at = LedgerEpoch(),
          .evidence = {{"assertion-verified", LedgerEpoch(), R"({"loa":"substantial"})"},
                       {"intent-recorded", LedgerEpoch() + absl::Milliseconds(1), "{}"}}};
}

store::CertificateRecord LedgerCertificate(int n, const std::string& relying_party) {
  const std::string der = absl::StrCat("certificate ", n);
  return {.session_id = LedgerSessionId(n),
          .relying_party = relying_party,
          .der = ToBytes(der),
          .serial_number = LedgerSerial(n),
          .fingerprint_sha256 = DigestOfText(der),
          .not_before = LedgerEpoch() - absl::Minutes(1),
          .not_after = LedgerEpoch() + absl::Minutes(15)};
}

store::SessionCompletion LedgerCompletion(int n, const std::string& relying_party) {
  const std::string result = absl::StrCat("result ", n);
  return {.session_id = LedgerSessionId(n),
          .certificate = LedgerCertificate(n, relying_party),
          .evidence = {{"key-destroyed", LedgerEpoch() + absl::Milliseconds(2), "{}"}},
          .result = ToBytes(result),
          .result_digest = DigestOfText(result),
          .completed_at = LedgerEpoch() + absl::Milliseconds(3),
          .result_expires_at = LedgerEpoch() + absl::Hours(24),
          .person = LedgerPerson(n)};
}

store::PersonRecord LedgerPerson(int n) {
  return {.subject_key = DigestOfText(absl::StrCat("person ", n)),
          .identity = ToBytes(absl::StrCat("identity ", n)),
          .particulars = ToBytes(absl::StrCat("particulars ", n))};
}

store::SessionFailure LedgerFailure(int n) {
  return {.session_id = LedgerSessionId(n),
          .reason = "HSM_UNAVAILABLE",
          .evidence = {{"session-failed", LedgerEpoch() + absl::Milliseconds(2), "{}"}},
          .certificate = std::nullopt,
          .failed_at = LedgerEpoch() + absl::Milliseconds(3)};
}

}  // namespace enkrat::testing
