// What hsm/ relies on in a PKCS#11 module, held against the fake of the unit tests and against
// modules that others wrote: SoftHSM and NSS softokn.
#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "common/digest.h"
#include "hsm/object_listing.h"
#include "hsm/self_test.h"
#include "hsm/session.h"
#include "hsm/session_pool.h"
#include "tests/contract/hsm_backends.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeClock;
using ::enkrat::testing::IsOk;

template <typename Backend>
class HsmContract : public ::testing::Test {
 protected:
  void SetUp() override {
    module_ = backend_.LoadModule();
    label_ = backend_.MakeToken(*module_);
    OpenPool();
  }
  void TearDown() override {
    pool_.reset();
    module_.reset();
  }

  SessionPool::Options Options() {
    return {.token_label = label_, .pin = Secret(kUserPin), .sessions = 2, .clock = &clock_};
  }
  void OpenPool() { pool_ = SessionPool::Create(*module_, Options()).value(); }
  absl::StatusOr<SessionLease> Acquire() { return pool_->Acquire(absl::InfiniteFuture()); }

  void ExpectSigns(SigningKey& key) {
    const DigestAlgorithm algorithm = DefaultDigest(key.public_key().algorithm());
    const Bytes digest = ComputeDigest(algorithm, AsSpan("document"));
    ASSERT_OK_AND_ASSIGN(const Bytes signature, key.SignDigest(algorithm, digest));
    EXPECT_THAT(key.public_key().VerifyDigest(algorithm, digest, signature), IsOk());
  }

  FakeClock clock_;
  Backend backend_;
  std::unique_ptr<Module> module_;
  std::string label_;
  std::unique_ptr<SessionPool> pool_;
};

// What holds of a module whose keys the service accepts.
using Backends = ::testing::Types<FakeBackend, SoftHsmBackend>;
TYPED_TEST_SUITE(HsmContract, Backends);

// What holds of any module.
template <typename Backend>
class HsmModuleContract : public HsmContract<Backend> {};
using ModuleBackends = ::testing::Types<FakeBackend, SoftHsmBackend, NssBackend>;
TYPED_TEST_SUITE(HsmModuleContract, ModuleBackends);

TYPED_TEST(HsmContract, TokenPassesTheSelfTest) {
  const SelfTestReport report =
      RunSelfTest(*this->pool_, {.algorithms = {KeyAlgorithm::kEcdsaP256, KeyAlgorithm::kEcdsaP384,
                                                KeyAlgorithm::kRsaPss3072}});
  EXPECT_THAT(report.status(), IsOk());
  EXPECT_EQ(report.checks.size(), 15u);
}

TYPED_TEST(HsmContract, OneTimeKeyKeepsEveryPromise) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, this->Acquire());
  ASSERT_OK_AND_ASSIGN(const OneTimeKey key, lease.GenerateOneTimeKey({.label = "one"}));
  EXPECT_THAT(BrokenPromises(key.attributes(), /*expect_token=*/false), ::testing::IsEmpty());
  EXPECT_EQ(key.attributes().value_read_result, "CKR_ATTRIBUTE_SENSITIVE");
}

TYPED_TEST(HsmContract, DestroyedOneTimeKeyIsDeniedByTheToken) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, this->Acquire());
  ASSERT_OK_AND_ASSIGN(OneTimeKey key, lease.GenerateOneTimeKey({.label = "one"}));
  this->ExpectSigns(key);
  EXPECT_EQ(CountOneTimeKeys(lease).value(), 1u);
  ASSERT_OK_AND_ASSIGN(const DestructionReceipt receipt, std::move(key).Destroy());
  EXPECT_EQ(receipt.method(), DestructionMethod::kDestroyObject);
  EXPECT_EQ(receipt.private_object_answer(), "CKR_OBJECT_HANDLE_INVALID");
  EXPECT_EQ(receipt.public_object_answer(), "CKR_OBJECT_HANDLE_INVALID");
  EXPECT_EQ(CountOneTimeKeys(lease).value(), 0u);
  EXPECT_EQ(ListObjects(lease, {.label = "one"}).value().size(), 0u);
}

TYPED_TEST(HsmContract, DroppedOneTimeKeyIsGone) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, this->Acquire());
  ASSERT_THAT(lease.GenerateOneTimeKey({.label = "one"}), IsOk());
  EXPECT_EQ(CountOneTimeKeys(lease).value(), 0u);
  EXPECT_EQ(this->pool_->statistics().destructions_unconfirmed, 0u);
}

TYPED_TEST(HsmContract, ClosingItsSessionEndsAOneTimeKey) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, this->Acquire());
  ASSERT_OK_AND_ASSIGN(OneTimeKey key, lease.GenerateOneTimeKey({.label = "one"}));
  ASSERT_THAT(lease.session().Reopen(), IsOk());
  ASSERT_THAT(std::move(key).Destroy(), IsOk());
  ASSERT_OK_AND_ASSIGN(SessionLease other, this->Acquire());
  EXPECT_EQ(CountOneTimeKeys(other).value(), 0u);
}

TYPED_TEST(HsmContract, DigestLongerThanTheCurveIsSigned) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, this->Acquire());
  ASSERT_OK_AND_ASSIGN(OneTimeKey key, lease.GenerateOneTimeKey({}));
  const Bytes digest = ComputeDigest(DigestAlgorithm::kSha512, AsSpan("document"));
  ASSERT_OK_AND_ASSIGN(const Bytes signature, key.SignDigest(DigestAlgorithm::kSha512, digest));
  EXPECT_THAT(key.public_key().VerifyDigest(DigestAlgorithm::kSha512, digest, signature), IsOk());
}

TYPED_TEST(HsmContract, LongLivedKeyOutlivesThePoolTheModuleAndARecycle) {
  ASSERT_OK_AND_ASSIGN(const LongLivedKey made, this->pool_->GenerateKey({.label = "ca"}));
  EXPECT_THAT(this->pool_->GenerateKey({.label = "ca"}), FailsWith(Reason::kConfigurationInvalid));
  this->pool_.reset();
  this->module_.reset();
  this->module_ = this->backend_.LoadModule();
  this->OpenPool();
  ASSERT_OK_AND_ASSIGN(const LongLivedKey found, this->pool_->FindKey("ca"));
  EXPECT_EQ(found.public_key().spki_der(), made.public_key().spki_der());
  this->pool_->RequestRecycle();
  ASSERT_OK_AND_ASSIGN(SessionLease lease, this->Acquire());
  EXPECT_EQ(this->pool_->statistics().recycles, 1u);
  this->ExpectSigns(*lease.KeyFor(found));
}

TYPED_TEST(HsmModuleContract, MissingKeysAreNotFound) {
  EXPECT_THAT(this->pool_->FindKey("ca"), FailsWith(Reason::kNotFound));
  EXPECT_THAT(this->pool_->FindMacKey("ca"), FailsWith(Reason::kNotFound));
}

TYPED_TEST(HsmContract, MacIsTheSameAfterARecycle) {
  ASSERT_OK_AND_ASSIGN(const MacKey key, this->pool_->GenerateMacKey("pins"));
  Bytes mac;
  {
    ASSERT_OK_AND_ASSIGN(SessionLease lease, this->Acquire());
    ASSERT_OK_AND_ASSIGN(mac, lease.Mac(key, AsSpan("message")));
  }
  this->pool_->RequestRecycle();
  ASSERT_OK_AND_ASSIGN(SessionLease lease, this->Acquire());
  EXPECT_EQ(lease.Mac(key, AsSpan("message")).value(), mac);
  EXPECT_NE(lease.Mac(key, AsSpan("Message")).value(), mac);
}

TYPED_TEST(HsmContract, WrappingKeyDecryptsWhatItEncryptedAndNothingElse) {
  ASSERT_OK_AND_ASSIGN(const WrappingKey key, this->pool_->GenerateWrappingKey("data"));
  const auto open = [&](const Bytes& sealed, absl::string_view associated) {
    return this->Acquire().value().Decrypt(key, sealed, AsSpan(associated));
  };
  const Bytes text(32, 9);
  ASSERT_OK_AND_ASSIGN(const Bytes sealed,
                       this->Acquire().value().Encrypt(key, text, AsSpan("key 1")));
  EXPECT_EQ(open(sealed, "key 1").value(), text);
  EXPECT_THAT(open(sealed, "key 2"), FailsWith(Reason::kConfigurationInvalid));
  for (const size_t at : {size_t{0}, size_t{12}, sealed.size() - 1}) {
    Bytes flipped = sealed;
    flipped[at] ^= 1;
    EXPECT_THAT(open(flipped, "key 1"), FailsWith(Reason::kConfigurationInvalid)) << at;
  }
  EXPECT_THAT(open(Bytes(20), "key 1"), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(open(sealed, "key 1").value(), text);
  EXPECT_EQ(this->pool_->statistics().reconnects, 0u);
}

TYPED_TEST(HsmModuleContract, WrongPinIsRejectedAndTheRightOneStillServes) {
  this->pool_.reset();
  SessionPool::Options options = this->Options();
  options.pin = Secret(absl::string_view("wrong-1234"));
  EXPECT_THAT(SessionPool::Create(*this->module_, std::move(options)),
              FailsWith(Reason::kPinRejected));
  EXPECT_THAT(SessionPool::Create(*this->module_, this->Options()), IsOk());
}

TYPED_TEST(HsmModuleContract, UnknownTokenIsNotFound) {
  SessionPool::Options options = this->Options();
  options.token_label = "no such token";
  EXPECT_THAT(SessionPool::Create(*this->module_, std::move(options)),
              FailsWith(Reason::kNotFound));
}

TYPED_TEST(HsmModuleContract, HealthyTokenSaysSo) {
  EXPECT_THAT(this->pool_->CheckHealth(absl::InfiniteFuture()), IsOk());
}

TYPED_TEST(HsmContract, LostLoginIsNoticedAndMended) {
  {
    ASSERT_OK_AND_ASSIGN(SessionLease lease, this->Acquire());
    const CK_FUNCTION_LIST& functions = lease.session().functions();
    ASSERT_EQ(functions.C_Logout(lease.session().handle()), CKR_OK);
    EXPECT_THAT(lease.session().CheckLoggedIn(), FailsWith(Reason::kHsmUnavailable));
  }
  ASSERT_OK_AND_ASSIGN(SessionLease lease, this->Acquire());
  EXPECT_THAT(lease.GenerateOneTimeKey({}), IsOk());
  EXPECT_EQ(this->pool_->statistics().reconnects, 1u);
}

TYPED_TEST(HsmContract, ManyWorkersWithPlannedRecyclesLeaveNoKey) {
  this->pool_.reset();
  SessionPool::Options options = this->Options();
  options.recycle_after_keys = 20;
  this->pool_ = SessionPool::Create(*this->module_, std::move(options)).value();
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([this] {
      for (int j = 0; j < 15; ++j) {
        ASSERT_OK_AND_ASSIGN(SessionLease lease, this->Acquire());
        ASSERT_OK_AND_ASSIGN(OneTimeKey key, lease.GenerateOneTimeKey({}));
        this->ExpectSigns(key);
        ASSERT_THAT(std::move(key).Destroy(), IsOk());
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(this->pool_->statistics().keys_destroyed, 60u);
  EXPECT_GE(this->pool_->statistics().recycles, 2u);
  ASSERT_OK_AND_ASSIGN(SessionLease lease, this->Acquire());
  EXPECT_EQ(CountOneTimeKeys(lease).value(), 0u);
}

TYPED_TEST(HsmModuleContract, RecycleBringsEverySessionBack) {
  this->pool_->RequestRecycle();
  EXPECT_THAT(this->pool_->CheckHealth(absl::InfiniteFuture()), IsOk());
  EXPECT_EQ(this->pool_->statistics().recycles, 1u);
}

// NSS softokn 3.87 answers CKA_LOCAL = false for keys that it generated itself, and so gives no
// word that they were not imported: the service refuses it, and it stands here for every module
// that does the same.
class NssContract : public HsmContract<NssBackend> {};

TEST_F(NssContract, ModuleThatDoesNotCallItsKeysLocalIsRefused) {
  const absl::Status status = RunSelfTest(*pool_, {}).status();
  EXPECT_THAT(status, FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("CKA_LOCAL is false"));
}

TEST_F(NssContract, RefusedKeysAreDestroyedAndDenied) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, Acquire());
  EXPECT_THAT(lease.GenerateOneTimeKey({.label = "one"}), FailsWith(Reason::kInternal));
  EXPECT_EQ(ListObjects(lease, {.label = "one"}).value().size(), 0u);
  EXPECT_EQ(pool_->statistics().keys_destroyed, 1u);
  EXPECT_EQ(pool_->statistics().destructions_unconfirmed, 0u);
}

TEST_F(NssContract, RefusedLongLivedKeyIsNotLeftBehind) {
  EXPECT_THAT(pool_->GenerateKey({.label = "ca"}), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(pool_->GenerateMacKey("ca"), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(pool_->FindKey("ca"), FailsWith(Reason::kNotFound));
}

}  // namespace
}  // namespace enkrat::hsm
