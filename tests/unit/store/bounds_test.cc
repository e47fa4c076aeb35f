// Tests of what a record must look like.
#include "store/bounds.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/support/ledger_records.h"
#include "tests/support/status_matchers.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::LedgerCertificate;
using ::enkrat::testing::LedgerCompletion;
using ::enkrat::testing::LedgerEpoch;
using ::enkrat::testing::LedgerFailure;
using ::enkrat::testing::LedgerIntent;

const std::string& TooLong() {
  static const std::string text(kMaxTextBytes + 1, 'x');
  return text;
}

template <typename Record>
struct Case {
  const char* what;
  std::function<void(Record&)> spoil;
  Reason reason;
};

TEST(Bounds, SampleRecordsAreWithinThem) {
  EXPECT_THAT(CheckIntent(LedgerIntent(1)), IsOk());
  EXPECT_THAT(CheckCompletion(LedgerCompletion(1)), IsOk());
  EXPECT_THAT(CheckFailure(LedgerFailure(1)), IsOk());
}

TEST(Bounds, SpoiltIntentIsRefused) {
  const Case<SessionIntent> cases[] = {
      {"no session id", [](auto& i) { i.session_id = ""; }, Reason::kInternal},
      {"no relying party", [](auto& i) { i.relying_party = ""; }, Reason::kInternal},
      {"no request id", [](auto& i) { i.request_id = ""; }, Reason::kInternal},
      {"no issuer", [](auto& i) { i.issuer = ""; }, Reason::kInternal},
      {"no assertion id", [](auto& i) { i.assertion_id = ""; }, Reason::kInternal},
      {"NUL in the issuer", [](auto& i) { i.issuer.push_back('\0'); }, Reason::kInternal},
      {"NUL in the assertion id", [](auto& i) { i.assertion_id.push_back('\0'); },
       Reason::kInternal},
      {"digest of 31 octets", [](auto& i) { i.request_digest.pop_back(); }, Reason::kInternal},
      {"digest of 33 octets", [](auto& i) { i.request_digest.push_back(0); }, Reason::kInternal},
      {"long session id", [](auto& i) { i.session_id = TooLong(); }, Reason::kLimitExceeded},
      {"long relying party", [](auto& i) { i.relying_party = TooLong(); }, Reason::kLimitExceeded},
      {"long assertion id", [](auto& i) { i.assertion_id = TooLong(); }, Reason::kLimitExceeded},
      {"evidence without a step", [](auto& i) { i.evidence[1].step = ""; }, Reason::kInternal},
      {"too much evidence",
       [](auto& i) { i.evidence.resize(kMaxEvidencePerCall + 1, i.evidence[0]); },
       Reason::kLimitExceeded},
      {"quota with a short key",
       [](auto& i) {
         i.quotas = {{Bytes(31), LedgerEpoch(), 1}};
       },
       Reason::kInternal},
      {"the same quota twice",
       [](auto& i) {
         i.quotas.assign(2, {Bytes(32), LedgerEpoch(), 1});
       },
       Reason::kInternal},
      {"five quotas",
       [](auto& i) {
         i.quotas.assign(5, {Bytes(32), LedgerEpoch(), 1});
       },
       Reason::kLimitExceeded},
  };
  for (const auto& [what, spoil, reason] : cases) {
    SessionIntent intent = LedgerIntent(1);
    spoil(intent);
    EXPECT_THAT(CheckIntent(intent), FailsWith(reason)) << what;
  }
}

TEST(Bounds, SpoiltCompletionIsRefused) {
  const Case<SessionCompletion> cases[] = {
      {"no session id", [](auto& c) { c.session_id = ""; }, Reason::kInternal},
      {"certificate of another session", [](auto& c) { c.certificate.session_id = "other"; },
       Reason::kInternal},
      {"no certificate", [](auto& c) { c.certificate.der.clear(); }, Reason::kInternal},
      {"huge certificate", [](auto& c) { c.certificate.der.resize(kMaxCertificateBytes + 1); },
       Reason::kLimitExceeded},
      {"no serial number", [](auto& c) { c.certificate.serial_number = ""; }, Reason::kInternal},
      {"short fingerprint", [](auto& c) { c.certificate.fingerprint_sha256.pop_back(); },
       Reason::kInternal},
      {"no result digest", [](auto& c) { c.result_digest.clear(); }, Reason::kInternal},
      {"huge result", [](auto& c) { c.result.resize(kMaxResultBytes + 1); },
       Reason::kLimitExceeded},
      {"short subject key", [](auto& c) { c.person->subject_key.pop_back(); }, Reason::kInternal},
      {"huge identity", [](auto& c) { c.person->identity.resize(kMaxPersonBytes + 1); },
       Reason::kLimitExceeded},
      {"huge particulars", [](auto& c) { c.person->particulars.resize(kMaxPersonBytes + 1); },
       Reason::kLimitExceeded},
      {"evidence that is no object", [](auto& c) { c.evidence[0].facts_json = "null"; },
       Reason::kInternal},
  };
  for (const auto& [what, spoil, reason] : cases) {
    SessionCompletion completion = LedgerCompletion(1);
    spoil(completion);
    EXPECT_THAT(CheckCompletion(completion), FailsWith(reason)) << what;
  }
}

TEST(Bounds, SpoiltFailureIsRefused) {
  const Case<SessionFailure> cases[] = {
      {"no session id", [](auto& f) { f.session_id = ""; }, Reason::kInternal},
      {"no reason", [](auto& f) { f.reason = ""; }, Reason::kInternal},
      {"certificate of another session", [](auto& f) { f.certificate = LedgerCertificate(2); },
       Reason::kInternal},
  };
  for (const auto& [what, spoil, reason] : cases) {
    SessionFailure failure = LedgerFailure(1);
    spoil(failure);
    EXPECT_THAT(CheckFailure(failure), FailsWith(reason)) << what;
  }
}

TEST(Bounds, MessagesDoNotHoldTheRecord) {
  SessionIntent intent = LedgerIntent(1);
  intent.assertion_id = "secret-jti" + std::string(1, '\0');
  EXPECT_EQ(CheckIntent(intent).message().find("secret"), absl::string_view::npos);
}

TEST(Bounds, PageSizeNamesItsField) {
  EXPECT_THAT(CheckPageSize(1), IsOk());
  EXPECT_THAT(CheckPageSize(kMaxPageSize), IsOk());
  EXPECT_EQ(FieldOf(CheckPageSize(0)), "page_size");
  EXPECT_THAT(CheckPageSize(kMaxPageSize + 1), FailsWith(Reason::kRequestMalformed));
}

}  // namespace
}  // namespace enkrat::store
