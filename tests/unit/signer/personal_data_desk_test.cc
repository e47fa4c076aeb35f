// Tests of the operator's desk: the person found by provider and subject, over all relying parties.
#include "signer/personal_data_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "hsm/module.h"
#include "signer/certificate_subject.h"
#include "store/sqlite_ledger.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_cryptoki.h"
#include "tests/support/ledger_records.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::IsEmpty;

class PersonalDataDeskTest : public ::testing::Test {
 protected:
  PersonalDataDeskTest() {
    module_ = hsm::Module::FromFunctionList(token_.functions(), {}).value();
    pool_ = hsm::SessionPool::Create(*module_, {.token_label = "fake token",
                                                .pin = Secret(absl::string_view("1234")),
                                                .clock = &clock_})
                .value();
    key_ = pool_->GenerateMacKey("persons").value();
    ledger_ =
        store::SqliteLedger::Create(testing::LedgerOptions(folder_.File("ledger.db"))).value();
    desk_ = std::make_unique<PersonalDataDesk>(PersonalDataDesk::Options{
        .pool = pool_.get(), .person_key = &*key_, .ledger = ledger_.get(), .clock = &clock_});
  }

  Bytes Hash(const std::string& issuer, const std::string& subject, const std::string& rp) {
    idp_client::VerifiedIdentity identity;
    identity.issuer = issuer;
    identity.subject = subject;
    return pool_->Acquire(absl::InfiniteFuture())
        .value()
        .Mac(*key_, PersonOctets(identity, rp))
        .value();
  }
  // Session n of a person at a relying party.
  void Complete(int n, const std::string& subject, const std::string& rp) {
    ASSERT_THAT(ledger_->RecordIntent(testing::LedgerIntent(n, rp)), IsOk());
    store::SessionCompletion completion = testing::LedgerCompletion(n, rp);
    completion.person->subject_key = Hash("https://idp.example", subject, rp);
    ASSERT_THAT(ledger_->CompleteSession(completion), IsOk());
  }
  // All pages of what is held.
  std::multiset<std::string> Held(PersonQuery person) {
    std::multiset<std::string> ids;
    do {
      const store::HeldPage page = desk_->Export(person, 1).value();
      for (const auto& held : page.sessions) ids.insert(held.session.session_id);
      person.page_token = page.next_page_token;
    } while (!person.page_token.empty());
    return ids;
  }
  static std::multiset<std::string> Ids(std::initializer_list<int> numbers) {
    std::multiset<std::string> ids;
    for (const int n : numbers) ids.insert(testing::LedgerSessionId(n));
    return ids;
  }

  testing::FakeClock clock_{testing::LedgerEpoch()};
  testing::FakeCryptoki token_;
  testing::ScratchFolder folder_;
  std::unique_ptr<hsm::Module> module_;
  std::unique_ptr<hsm::SessionPool> pool_;
  std::optional<hsm::MacKey> key_;
  std::unique_ptr<store::SqliteLedger> ledger_;
  std::unique_ptr<PersonalDataDesk> desk_;
  const PersonQuery ana_ = {.issuer = "https://idp.example", .subject = "ana"};
};

TEST_F(PersonalDataDeskTest, PersonIsFoundAtEveryRelyingPartyPageByPage) {
  Complete(1, "ana", "rp-a");
  Complete(2, "bor", "rp-a");
  Complete(3, "ana", "rp-c");
  Complete(4, "ana", "rp-a");
  Complete(5, "bor", "rp-b");
  EXPECT_EQ(Held(ana_), Ids({1, 3, 4}));
}

TEST_F(PersonalDataDeskTest, OneRelyingPartyIsAskedForAlone) {
  Complete(1, "ana", "rp-a");
  Complete(2, "ana", "rp-b");
  PersonQuery person = ana_;
  person.relying_party = "rp-b";
  EXPECT_EQ(Held(person), Ids({2}));
  person.relying_party = "rp-none";
  EXPECT_THAT(Held(person), IsEmpty());
}

TEST_F(PersonalDataDeskTest, SubjectOfAnotherProviderIsAnotherPerson) {
  Complete(1, "ana", "rp-a");
  EXPECT_THAT(Held({.issuer = "https://other.example", .subject = "ana"}), IsEmpty());
  EXPECT_THAT(Held({.issuer = "https://idp.example", .subject = "Ana"}), IsEmpty());
}

TEST_F(PersonalDataDeskTest, ErasureGoesThroughAllRelyingPartiesAndTouchesNobodyElse) {
  Complete(1, "ana", "rp-a");
  Complete(2, "ana", "rp-b");
  Complete(3, "bor", "rp-b");
  PersonQuery person = ana_;
  size_t erased = 0;
  do {
    const store::ErasurePage page = desk_->Erase(person, "T-1", true).value();
    erased += page.sessions.size();
    person.page_token = page.next_page_token;
  } while (!person.page_token.empty());
  EXPECT_EQ(erased, 2u);
  EXPECT_THAT(Held(ana_), IsEmpty());
  EXPECT_EQ(Held({.issuer = "https://idp.example", .subject = "bor"}), Ids({3}));
}

TEST_F(PersonalDataDeskTest, QueryWithoutIssuerSubjectOrATokenOfOursIsRefused) {
  EXPECT_THAT(desk_->Export({.issuer = "", .subject = "ana"}, 1),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(desk_->Export({.issuer = "i", .subject = ""}, 1),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(desk_->Export({.issuer = "i", .subject = std::string(1025, 's')}, 1),
              FailsWith(Reason::kRequestMalformed));
  for (const char* token : {"x", ":", "zz:1", "7270"}) {
    PersonQuery person = ana_;
    person.page_token = token;
    EXPECT_THAT(desk_->Export(person, 1), FailsWith(Reason::kRequestMalformed)) << token;
  }
}

TEST_F(PersonalDataDeskTest, RetentionGoesByTheClock) {
  Complete(1, "ana", "rp-a");
  EXPECT_THAT(desk_->ListDue(std::nullopt, 10, "").value().sessions, IsEmpty());
  EXPECT_THAT(desk_->EraseDue("YEARLY", 10).value().sessions, IsEmpty());
  clock_.Advance(store::kDefaultRetention + absl::Hours(1));
  EXPECT_EQ(desk_->ListDue(std::nullopt, 10, "").value().sessions.size(), 1u);
  EXPECT_EQ(desk_->EraseDue("YEARLY", 10).value().sessions.size(), 1u);
}

TEST_F(PersonalDataDeskTest, WithoutTheHsmNobodyIsFoundAndThatIsAnError) {
  Complete(1, "ana", "rp-a");
  token_.SetGone(true);
  EXPECT_THAT(desk_->Export(ana_, 1), FailsWith(Reason::kHsmUnavailable));
  EXPECT_THAT(desk_->Erase(ana_, "T-1", false), FailsWith(Reason::kHsmUnavailable));
}

}  // namespace
}  // namespace enkrat::signer
