#include "hsm/object_listing.h"

#include <gtest/gtest.h>

#include "tests/unit/hsm/fake_hsm.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::SizeIs;

class ObjectListingTest : public ::testing::Test {
 protected:
  void SetUp() override { hsm_.OpenPool(); }

  FakeHsm hsm_;
};

TEST_F(ObjectListingTest, EmptyTokenHasNoObjects) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  ASSERT_OK_AND_ASSIGN(const std::vector<ObjectInfo> objects, ListObjects(lease, {}));
  EXPECT_THAT(objects, SizeIs(0));
  EXPECT_EQ(CountOneTimeKeys(lease).value(), 0u);
}

TEST_F(ObjectListingTest, OneTimeKeyIsCountedWhileItLivesAndNotAfterwards) {
  ASSERT_THAT(hsm_.pool->GenerateKey({.label = "ca"}), IsOk());
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  ASSERT_OK_AND_ASSIGN(OneTimeKey key, lease.GenerateOneTimeKey({.label = "session-1"}));
  EXPECT_EQ(CountOneTimeKeys(lease).value(), 1u);
  ASSERT_THAT(std::move(key).Destroy(), IsOk());
  EXPECT_EQ(CountOneTimeKeys(lease).value(), 0u);
}

TEST_F(ObjectListingTest, FiltersByLabelClassAndPlace) {
  ASSERT_THAT(hsm_.pool->GenerateKey({.label = "ca"}), IsOk());
  ASSERT_THAT(hsm_.pool->GenerateMacKey("pins"), IsOk());
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  ASSERT_OK_AND_ASSIGN(const OneTimeKey key, lease.GenerateOneTimeKey({.label = "session-1"}));
  EXPECT_THAT(ListObjects(lease, {}).value(), SizeIs(5));
  EXPECT_THAT(ListObjects(lease, {.token = true}).value(), SizeIs(3));
  EXPECT_THAT(ListObjects(lease, {.label = "ca"}).value(), SizeIs(2));
  EXPECT_THAT(ListObjects(lease, {.object_class = ObjectClass::kCertificate}).value(), SizeIs(0));
  ASSERT_OK_AND_ASSIGN(const std::vector<ObjectInfo> secrets,
                       ListObjects(lease, {.object_class = ObjectClass::kSecretKey}));
  ASSERT_THAT(secrets, SizeIs(1));
  EXPECT_EQ(secrets[0].label, "pins");
  EXPECT_EQ(secrets[0].id.size(), 32u);
  EXPECT_TRUE(secrets[0].token);
}

TEST_F(ObjectListingTest, ManyObjectsAreListedInBatches) {
  for (int i = 0; i < 70; ++i) {
    ASSERT_THAT(hsm_.pool->GenerateMacKey("key-" + std::to_string(i)), IsOk());
  }
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  EXPECT_THAT(ListObjects(lease, {}).value(), SizeIs(70));
}

TEST_F(ObjectListingTest, ObjectThatGoesAwayMeanwhileIsLeftOut) {
  ASSERT_THAT(hsm_.pool->GenerateMacKey("pins"), IsOk());
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  hsm_.token.FailNth("C_GetAttributeValue", 1, "CKR_OBJECT_HANDLE_INVALID");
  EXPECT_THAT(ListObjects(lease, {}).value(), SizeIs(0));
}

TEST_F(ObjectListingTest, FailureIsNotAnEmptyList) {
  ASSERT_THAT(hsm_.pool->GenerateMacKey("pins"), IsOk());
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  hsm_.token.FailNth("C_FindObjects", 1, "CKR_DEVICE_ERROR");
  EXPECT_THAT(CountOneTimeKeys(lease), FailsWith(Reason::kHsmUnavailable));
}

TEST(ObjectClassName, EveryClassHasOne) {
  EXPECT_EQ(ObjectClassName(ObjectClass::kPrivateKey), "private key");
  EXPECT_EQ(ObjectClassName(ObjectClass::kOther), "other object");
}

}  // namespace
}  // namespace enkrat::hsm
