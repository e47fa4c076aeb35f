// kill -9 between the try that is taken and the comparison of a PIN: the try stays taken, right PIN
// or not, and what is left of it is what an attacker with a power switch gets.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "signer/signing_pin_tries.h"
#include "signer/signing_pin_verifiers.h"
#include "store/sqlite_ledger.h"
#include "tests/support/fake_clock.h"
#include "tests/support/ledger_records.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::signer {
namespace {

using enkrat::testing::IsOk;
using store::PinState;
using store::SecretUse;

constexpr char kPin[] = "739251";
constexpr char kPuk[] = "K7MQ2XAB";
constexpr char kId[] = "0123456789abcdef0123456789abcdef";

absl::StatusOr<Bytes> Mac(ByteSpan message, absl::Time) {
  Bytes mac(32);
  HMAC(EVP_sha256(), "key", 3, message.data(), message.size(), mac.data(), nullptr);
  return mac;
}

// The ledger's, in a process that dies when the try is on disk.
class DyingCredentials final : public store::PinCredentials {
 public:
  explicit DyingCredentials(store::PinCredentials& real) : real_(real) {}
  absl::StatusOr<std::optional<store::PinCredential>> Find(ByteSpan person) override {
    return real_.Find(person);
  }
  absl::StatusOr<bool> RequestIdTaken(absl::string_view relying_party,
                                      absl::string_view request_id) override {
    return real_.RequestIdTaken(relying_party, request_id);
  }
  absl::StatusOr<store::TakenTry> TakeTry(const store::TryDemand& demand) override {
    auto taken = real_.TakeTry(demand);
    if (taken.ok() && taken->outcome == store::TryOutcome::kTaken) kill(getpid(), SIGKILL);
    return taken;
  }
  absl::StatusOr<bool> Accept(absl::string_view id, int64_t revision,
                              const std::optional<store::SecretVerifier>& rederived) override {
    return real_.Accept(id, revision, rederived);
  }
  absl::StatusOr<PinState> Reject(absl::string_view id,
                                  const store::EvidenceRecord& evidence) override {
    return real_.Reject(id, evidence);
  }
  absl::StatusOr<store::PinActOutcome> Enrol(const store::PinAct& act,
                                             const store::PinCredential& fresh) override {
    return real_.Enrol(act, fresh);
  }
  absl::StatusOr<store::PinActOutcome> Replace(const store::PinAct& act,
                                               const store::PinReplacement& how) override {
    return real_.Replace(act, how);
  }
  absl::StatusOr<store::PinActOutcome> Revoke(const store::PinAct& act, ByteSpan person) override {
    return real_.Revoke(act, person);
  }
  absl::StatusOr<store::PinActOutcome> Note(const store::PinAct& act) override {
    return real_.Note(act);
  }

 private:
  store::PinCredentials& real_;
};

class PinKillTest : public ::testing::Test {
 protected:
  PinKillTest() {
    identity_.issuer = "https://idp.example";
    identity_.subject = "person";
    identity_.assertion_id = "login";
    identity_.assertion_expires_at = clock_.Now() + absl::Hours(1);
    WithLedger([this](store::SqliteLedger& ledger) { Enrol(ledger.pin_credentials()); });
  }

  // No ledger is open, and no thread runs, outside of `use`.
  void WithLedger(const std::function<void(store::SqliteLedger&)>& use) {
    auto ledger =
        store::SqliteLedger::Create(enkrat::testing::LedgerOptions(folder_.File("ledger.db")));
    ASSERT_THAT(ledger, IsOk());
    use(**ledger);
  }

  store::PinAct Act(int n) {
    return {.relying_party = "rp",
            .request_id = absl::StrCat("request-", n),
            .issuer = identity_.issuer,
            .assertion_id = absl::StrCat("act-", n),
            .assertion_expires_at = clock_.Now() + absl::Hours(1),
            .at = clock_.Now(),
            .evidence = {.step = "signing-pin-act", .at = clock_.Now(), .facts_json = "{}"}};
  }

  void Enrol(store::PinCredentials& credentials) {
    store::PinCredential fresh;
    fresh.person = verifiers_.PersonHash(identity_, "rp", Never()).value();
    fresh.credential_id = kId;
    fresh.relying_party = "rp";
    fresh.pin = Verifier(SecretKind::kPin, "84629375");
    fresh.puk = Verifier(SecretKind::kPuk, kPuk);
    ASSERT_EQ(credentials.Enrol(Act(1), fresh).value(), store::PinActOutcome::kDone);
    const store::PinReplacement own = {.credential_id = kId,
                                       .revision = 0,
                                       .pin = Verifier(SecretKind::kPin, kPin),
                                       .puk = std::nullopt,
                                       .by_puk = false};
    ASSERT_EQ(credentials.Replace(Act(2), own).value(), store::PinActOutcome::kDone);
  }

  store::SecretVerifier Verifier(SecretKind kind, absl::string_view secret) {
    return verifiers_.Make(kId, kind, Secret(secret), Never()).value();
  }

  absl::StatusOr<store::PinCredential> Try(store::PinCredentials& credentials, SecretUse use,
                                           absl::string_view secret) {
    SigningPinTries tries(
        {.credentials = &credentials, .verifiers = &verifiers_, .clock = &clock_});
    const Secret typed(secret);
    absl::StatusOr<RightSecret> right = tries.Try(
        {.relying_party = "rp", .act = "SIGN", .identity = identity_, .use = use, .secret = typed});
    if (!right.ok()) return right.status();
    return std::move(right->credential);
  }

  // A process tries the secret and is killed before it can compare.
  void TryAndDie(SecretUse use, absl::string_view secret) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto ledger =
          store::SqliteLedger::Create(enkrat::testing::LedgerOptions(folder_.File("ledger.db")));
      if (!ledger.ok()) _exit(1);
      DyingCredentials dying((*ledger)->pin_credentials());
      Try(dying, use, secret).IgnoreError();
      _exit(2);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "exit code " << WEXITSTATUS(status);
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
  }

  store::PinCredential Found() {
    store::PinCredential found;
    WithLedger([&](store::SqliteLedger& ledger) {
      const Bytes person = verifiers_.PersonHash(identity_, "rp", Never()).value();
      found = ledger.pin_credentials().Find(person).value().value();
    });
    return found;
  }

  static absl::Time Never() { return absl::InfiniteFuture(); }

  enkrat::testing::ScratchFolder folder_;
  enkrat::testing::FakeClock clock_;
  idp_client::VerifiedIdentity identity_;
  const SigningPinVerifiers verifiers_{&Mac, {.memory_kib = 8, .passes = 1}};
};

TEST_F(PinKillTest, TryStaysTakenAndTheThirdLocks) {
  for (int left = 2; left >= 0; --left) {
    TryAndDie(SecretUse::kActivePin, kPin);
    EXPECT_EQ(Found().pin_tries_left, left);
  }
  EXPECT_EQ(Found().state, PinState::kLocked);
  WithLedger([this](store::SqliteLedger& ledger) {
    EXPECT_THAT(Try(ledger.pin_credentials(), SecretUse::kActivePin, kPin),
                enkrat::testing::FailsWith(Reason::kSigningPinLocked));
  });
}

TEST_F(PinKillTest, PukTryStaysTakenAndTheThirdDestroys) {
  for (int left = 2; left >= 0; --left) {
    TryAndDie(SecretUse::kPuk, kPuk);
    EXPECT_EQ(Found().puk_tries_left, left);
  }
  EXPECT_EQ(Found().state, PinState::kDestroyed);
  WithLedger([this](store::SqliteLedger& ledger) {
    EXPECT_THAT(Try(ledger.pin_credentials(), SecretUse::kPuk, kPuk),
                enkrat::testing::FailsWith(Reason::kSigningPinRejected));
  });
}

TEST_F(PinKillTest, RightPinAfterTwoKillsGivesAllTriesBack) {
  TryAndDie(SecretUse::kActivePin, "951437");
  TryAndDie(SecretUse::kActivePin, "951437");
  WithLedger([this](store::SqliteLedger& ledger) {
    const auto right = Try(ledger.pin_credentials(), SecretUse::kActivePin, kPin);
    ASSERT_THAT(right, IsOk());
    EXPECT_TRUE(ledger.pin_credentials()
                    .Accept(right->credential_id, right->revision, std::nullopt)
                    .value());
  });
  EXPECT_EQ(Found().pin_tries_left, 3);
}

// One writer a ledger: a second process could not count beside the first.
TEST_F(PinKillTest, SecondProcessCannotOpenTheCounters) {
  WithLedger([this](store::SqliteLedger&) {
    EXPECT_THAT(
        store::SqliteLedger::Create(enkrat::testing::LedgerOptions(folder_.File("ledger.db"))),
        enkrat::testing::FailsWith(Reason::kStoreUnavailable));
  });
}

}  // namespace
}  // namespace enkrat::signer
