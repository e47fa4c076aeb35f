// What every ledger promises about looking things up, and about the bounds of what it takes.
#include "store/bounds.h"
#include "tests/contract/ledger_contract.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::LedgerCertificate;
using ::enkrat::testing::LedgerCompletion;
using ::enkrat::testing::LedgerEpoch;
using ::enkrat::testing::LedgerIntent;
using ::enkrat::testing::LedgerSerial;
using ::enkrat::testing::LedgerSessionId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <typename Home>
class LedgerLookupContract : public LedgerContract<Home> {};
TYPED_TEST_SUITE(LedgerLookupContract, LedgerHomes);

TYPED_TEST(LedgerLookupContract, CertificateIsFoundBySerialAndFingerprint) {
  this->Complete(1);
  const CertificateRecord expected = LedgerCertificate(1);
  const auto by_serial = this->ledger().FindCertificateBySerial(expected.serial_number).value();
  const auto by_fingerprint =
      this->ledger().FindCertificateByFingerprint(expected.fingerprint_sha256).value();
  for (const auto& found : {by_serial, by_fingerprint}) {
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->session_id, LedgerSessionId(1));
    EXPECT_EQ(found->relying_party, kRp);
    EXPECT_EQ(found->der, expected.der);
    EXPECT_EQ(found->serial_number, expected.serial_number);
    EXPECT_EQ(found->fingerprint_sha256, expected.fingerprint_sha256);
    EXPECT_EQ(found->not_before, expected.not_before);
    EXPECT_EQ(found->not_after, expected.not_after);
  }
}

TYPED_TEST(LedgerLookupContract, UnknownKeysFindNothing) {
  this->Complete(1);
  EXPECT_FALSE(this->ledger().FindSession(kRp, "no such request").value().has_value());
  EXPECT_FALSE(this->ledger().FindSession(kRp, "").value().has_value());
  EXPECT_FALSE(this->ledger().FindSessionById("").value().has_value());
  EXPECT_FALSE(this->ledger().FindCertificateBySerial("' OR 1=1 --").value().has_value());
  EXPECT_FALSE(this->ledger().FindCertificateByFingerprint(Bytes(32)).value().has_value());
  EXPECT_FALSE(this->ledger().FindCertificateByFingerprint({}).value().has_value());
  EXPECT_THAT(this->ledger().EvidenceOf("no such session").value(), IsEmpty());
}

TYPED_TEST(LedgerLookupContract, AnotherRelyingPartySeesNeitherSessionNorCertificates) {
  this->Complete(1);
  EXPECT_FALSE(
      this->ledger().FindSession(kOtherRp, LedgerIntent(1).request_id).value().has_value());
  EXPECT_THAT(this->ledger().ListCertificates(kOtherRp, 10, "").value().certificates, IsEmpty());
}

TYPED_TEST(LedgerLookupContract, CertificatesAreListedNewestFirstPageByPage) {
  for (int n = 1; n <= 5; ++n) {
    this->Complete(n);
    this->Complete(100 + n, kOtherRp);
  }
  ASSERT_OK_AND_ASSIGN(const auto first, this->ledger().ListCertificates(kRp, 2, ""));
  EXPECT_THAT(this->Serials(first), ElementsAre(LedgerSerial(5), LedgerSerial(4)));
  this->Complete(6);  // does not disturb the pages behind
  ASSERT_OK_AND_ASSIGN(const auto second,
                       this->ledger().ListCertificates(kRp, 2, first.next_page_token));
  EXPECT_THAT(this->Serials(second), ElementsAre(LedgerSerial(3), LedgerSerial(2)));
  ASSERT_OK_AND_ASSIGN(const auto third,
                       this->ledger().ListCertificates(kRp, 2, second.next_page_token));
  EXPECT_THAT(this->Serials(third), ElementsAre(LedgerSerial(1)));
  EXPECT_EQ(third.next_page_token, "");
}

TYPED_TEST(LedgerLookupContract, PageThatIsJustFullIsTheLast) {
  this->Complete(1);
  this->Complete(2);
  EXPECT_EQ(this->ledger().ListCertificates(kRp, 2, "").value().next_page_token, "");
}

TYPED_TEST(LedgerLookupContract, PageSizeOutsideItsBoundsIsRefused) {
  EXPECT_THAT(this->ledger().ListCertificates(kRp, 0, ""), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(this->ledger().ListCertificates(kRp, 1001, ""), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(this->ledger().ListCertificates(kRp, 1000, ""), IsOk());
}

TYPED_TEST(LedgerLookupContract, PageTokenThatIsNotOursIsRefused) {
  for (const char* token : {"x", "1", "AAAAAAAAAAA", "' OR 1=1", "AAAAAAAAAAAAAAAAAAAAAA"}) {
    EXPECT_THAT(this->ledger().ListCertificates(kRp, 10, token),
                FailsWith(Reason::kRequestMalformed))
        << token;
  }
  EXPECT_THAT(this->ledger().ListCertificates(kRp, 10, std::string(100'000, 'A')),
              FailsWith(Reason::kRequestMalformed));
}

TYPED_TEST(LedgerLookupContract, PageTokenOfAnotherRelyingPartyIsRefused) {
  for (int n = 1; n <= 3; ++n) this->Complete(n);
  const std::string token = this->ledger().ListCertificates(kRp, 1, "").value().next_page_token;
  EXPECT_THAT(this->ledger().ListCertificates(kOtherRp, 1, token),
              FailsWith(Reason::kNotPermitted));
}

TYPED_TEST(LedgerLookupContract, RequestIdOfAnyRelyingPartyIsKnown) {
  EXPECT_FALSE(this->ledger().RequestIdIsKnown(LedgerIntent(1).request_id).value());
  this->Begin(1, "a");
  this->Begin(2, "m");
  this->Begin(3, "z");
  for (int n = 1; n <= 3; ++n) {
    EXPECT_TRUE(this->ledger().RequestIdIsKnown(LedgerIntent(n).request_id).value()) << n;
  }
  EXPECT_FALSE(this->ledger().RequestIdIsKnown(LedgerIntent(4).request_id).value());
  EXPECT_FALSE(this->ledger().RequestIdIsKnown("").value());
}

TYPED_TEST(LedgerLookupContract, RecordsOutsideTheirBoundsAreRefused) {
  SessionIntent short_digest = LedgerIntent(1);
  short_digest.request_digest.pop_back();
  EXPECT_THAT(this->ledger().RecordIntent(short_digest), FailsWith(Reason::kInternal));
  SessionIntent split_issuer = LedgerIntent(1);
  split_issuer.issuer = std::string("https://idp\0.example", 20);
  EXPECT_THAT(this->ledger().RecordIntent(split_issuer), FailsWith(Reason::kInternal));
  EXPECT_THAT(this->ledger().RecordEvent({"", LedgerEpoch(), "{}"}), FailsWith(Reason::kInternal));
  EXPECT_THAT(this->ledger().RecordEvent({"x", LedgerEpoch(), "[]"}), FailsWith(Reason::kInternal));
  const std::string huge = "{" + std::string(kMaxFactsBytes, ' ') + "}";
  EXPECT_THAT(this->ledger().RecordEvent({"x", LedgerEpoch(), huge}),
              FailsWith(Reason::kLimitExceeded));
  this->Begin(2);
  SessionCompletion completion = LedgerCompletion(2);
  completion.result.resize(kMaxResultBytes + 1);
  EXPECT_THAT(this->ledger().CompleteSession(completion), FailsWith(Reason::kLimitExceeded));
  EXPECT_EQ(this->Session(2).state, SessionState::kOpen);
}

TYPED_TEST(LedgerLookupContract, LargestFactsAndResultAreKept) {
  SessionIntent intent = LedgerIntent(1);
  intent.evidence[0].facts_json = "{" + std::string(kMaxFactsBytes - 2, ' ') + "}";
  ASSERT_EQ(this->ledger().RecordIntent(intent).value(), IntentOutcome::kRecorded);
  SessionCompletion completion = LedgerCompletion(1);
  completion.result.assign(kMaxResultBytes, 0x5a);
  ASSERT_THAT(this->ledger().CompleteSession(completion), IsOk());
  EXPECT_EQ(this->Session(1).result, completion.result);
}

}  // namespace
}  // namespace enkrat::store
