// Tests that what is personal is in no file in the clear, and that what was altered is not
// believed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/reason.h"
#include "tests/support/fake_clock.h"
#include "tests/support/software_key_wrapper.h"
#include "tests/unit/store/personal_fixture.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::LedgerEpoch;
using ::enkrat::testing::LedgerIntent;
using ::enkrat::testing::LedgerSerial;
using ::enkrat::testing::LedgerSessionId;

using PersonalSecrecy = PersonalFixture;

TEST_F(PersonalSecrecy, FilesHoldNoNameIdentifierLabelOrCertificate) {
  Open();
  for (int n = 1; n <= 20; ++n) Complete(n);
  for (int n = 1; n <= 20; ++n) ExpectNoTraceOf(n);
  EXPECT_TRUE(FilesHold(LedgerSessionId(1))) << "looked into the wrong files";
  ledger_.reset();
  for (int n = 1; n <= 20; ++n) ExpectNoTraceOf(n);
}

TEST_F(PersonalSecrecy, FailedSessionsPersonIsInNoFileEither) {
  Open();
  ASSERT_THAT(ledger_->RecordIntent(LedgerIntent(1)), IsOk());
  SessionFailure failure = testing::LedgerFailure(1);
  failure.certificate = PersonalCompletion(1).certificate;
  failure.person = PersonalCompletion(1).person;
  ASSERT_THAT(ledger_->FailSession(failure), IsOk());
  ExpectNoTraceOf(1);
  EXPECT_EQ(ledger_->FindCertificateBySerial(LedgerSerial(1)).value()->der,
            failure.certificate->der);
}

TEST_F(PersonalSecrecy, EverythingIsReadBackAsItWasAfterReopening) {
  Open();
  Complete(1);
  Open();
  const SessionCompletion completion = PersonalCompletion(1);
  EXPECT_EQ(ledger_->FindSessionById(LedgerSessionId(1)).value()->result, completion.result);
  EXPECT_EQ(ledger_->FindCertificateBySerial(LedgerSerial(1)).value()->der,
            completion.certificate.der);
  const HeldPage page = ledger_->ExportSubject(completion.person->subject_key, 10, "").value();
  ASSERT_EQ(page.sessions.size(), 1u);
  EXPECT_EQ(page.sessions[0].person->identity, completion.person->identity);
  EXPECT_EQ(page.sessions[0].person->particulars, completion.person->particulars);
  EXPECT_EQ(page.sessions[0].certificate->der, completion.certificate.der);
}

TEST_F(PersonalSecrecy, ReaderWithoutTheKeysSeesEvidenceAndNothingPersonal) {
  Open();
  Complete(1);
  const auto reader = SqliteLedger::Create({.path = path_, .read_only = true}).value();
  const SessionRecord session = *reader->FindSessionById(LedgerSessionId(1)).value();
  EXPECT_FALSE(session.result.has_value());
  EXPECT_EQ(session.result_digest, PersonalCompletion(1).result_digest);
  const CertificateRecord certificate = *reader->FindCertificateBySerial(LedgerSerial(1)).value();
  EXPECT_TRUE(certificate.der.empty());
  EXPECT_FALSE(certificate.erased_at.has_value());
  EXPECT_EQ(reader->EvidenceOf(LedgerSessionId(1)).value().size(), 3u);
  EXPECT_THAT(reader->ExportSubject(PersonalCompletion(1).person->subject_key, 10, ""),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(PersonalSecrecy, LedgerIsNotWrittenWithoutKeyOrClock) {
  SqliteLedger::Options options = Options();
  options.key_wrapper = nullptr;
  EXPECT_THAT(SqliteLedger::Create(options), FailsWith(Reason::kConfigurationInvalid));
  options = Options();
  options.clock = nullptr;
  EXPECT_THAT(SqliteLedger::Create(options), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(PersonalSecrecy, LostWrappingKeyIsFoundOutAtTheStartAndChangesNothing) {
  Open();
  Complete(1);
  ledger_.reset();
  const auto count_keys = [&] {
    return Behind()->QueryInteger("SELECT COUNT(*) FROM data_keys").value();
  };
  const int64_t keys = count_keys();
  const std::vector<std::string> before = Ciphertexts(LedgerSessionId(1));
  testing::SoftwareKeyWrapper other(99);
  SqliteLedger::Options options = Options();
  options.key_wrapper = &other;
  EXPECT_THAT(SqliteLedger::Create(options), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(count_keys(), keys);
  EXPECT_EQ(Ciphertexts(LedgerSessionId(1)), before);
  Open();
  EXPECT_EQ(ledger_->FindCertificateBySerial(LedgerSerial(1)).value()->der,
            PersonalCompletion(1).certificate.der);
}

TEST_F(PersonalSecrecy, HsmThatIsAwayAtTheStartIsUnavailable) {
  testing::SoftwareKeyWrapper wrapper;
  wrapper.SetAway(true);
  SqliteLedger::Options options = Options();
  options.key_wrapper = &wrapper;
  EXPECT_THAT(SqliteLedger::Create(options), FailsWith(Reason::kHsmUnavailable));
  wrapper.SetAway(false);
  EXPECT_THAT(SqliteLedger::Create(options), IsOk());
}

TEST_F(PersonalSecrecy, OneWrapServesManySessionsAndADayLaterThereIsAnother) {
  testing::SoftwareKeyWrapper wrapper;
  testing::FakeClock clock(LedgerEpoch());
  SqliteLedger::Options options = Options();
  options.key_wrapper = &wrapper;
  options.clock = &clock;
  ledger_ = SqliteLedger::Create(options).value();
  for (int n = 1; n <= 10; ++n) Complete(n);
  EXPECT_EQ(wrapper.wraps(), 1);
  clock.Advance(absl::Hours(25));
  for (int n = 11; n <= 20; ++n) Complete(n);
  EXPECT_EQ(wrapper.wraps(), 2);
  EXPECT_EQ(ledger_->FindCertificateBySerial(LedgerSerial(1)).value()->der,
            PersonalCompletion(1).certificate.der);
  EXPECT_EQ(ledger_->FindCertificateBySerial(LedgerSerial(11)).value()->der,
            PersonalCompletion(11).certificate.der);
}

struct Tampering {
  const char* what;
  const char* sql;
};

class PersonalTampering : public PersonalFixture,
                          public ::testing::WithParamInterface<Tampering> {};

// Session 1's certificate, identity, particulars or result is altered, or another's put there.
TEST_P(PersonalTampering, IsATypedErrorAndNeverAnAnswer) {
  Open();
  Complete(1);
  Complete(2);
  ledger_.reset();
  ASSERT_THAT(Behind()->Execute(GetParam().sql), IsOk());
  Open();
  const auto certificate = ledger_->FindCertificateBySerial(LedgerSerial(1));
  const auto session = ledger_->FindSessionById(LedgerSessionId(1));
  const auto held = ledger_->ExportSubject(PersonalCompletion(1).person->subject_key, 10, "");
  EXPECT_TRUE(!certificate.ok() || !session.ok() || !held.ok());
  for (const absl::Status& status : {certificate.status(), session.status(), held.status()}) {
    if (status.ok()) continue;
    EXPECT_THAT(status, FailsWith(Reason::kStoreUnavailable));
  }
  EXPECT_THAT(ledger_->FindCertificateBySerial(LedgerSerial(2)), IsOk());
}

INSTANTIATE_TEST_SUITE_P(
    Each, PersonalTampering,
    ::testing::Values(
        Tampering{"FlippedCertificate",
                  "UPDATE personal_data SET certificate = substr(certificate, 1, 20) ||"
                  " CASE substr(certificate, 21, 1) WHEN x'00' THEN x'01' ELSE x'00' END ||"
                  " substr(certificate, 22) WHERE session = 1"},
        Tampering{"CertificateOfAnother",
                  "UPDATE personal_data SET certificate = (SELECT certificate FROM personal_data"
                  " WHERE session = 2) WHERE session = 1"},
        Tampering{"IdentityOfAnother",
                  "UPDATE personal_data SET identity = (SELECT identity FROM personal_data"
                  " WHERE session = 2) WHERE session = 1"},
        Tampering{"IdentityForCertificate",
                  "UPDATE personal_data SET certificate = identity WHERE session = 1"},
        Tampering{"ParticularsForIdentity",
                  "UPDATE personal_data SET identity = particulars WHERE session = 1"},
        Tampering{"ResultOfAnother",
                  "UPDATE results SET result = (SELECT result FROM results WHERE session = 2)"
                  " WHERE session = 1"},
        Tampering{"EmptyCertificate",
                  "UPDATE personal_data SET certificate = x'' WHERE session = 1"},
        Tampering{"CutResult",
                  "UPDATE results SET result = substr(result, 1, 100) WHERE session = 1"}),
    [](const auto& tampering) { return tampering.param.what; });

}  // namespace
}  // namespace enkrat::store
