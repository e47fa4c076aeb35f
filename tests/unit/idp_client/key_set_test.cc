// Sets of keys: which documents count, and which key a header points at.
#include "idp_client/key_set.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/id_token_factory.h"
#include "tests/support/status_matchers.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IdTokenKey;
using ::enkrat::testing::Jwks;

const SignatureAlgorithm& Es256() { return *FindSignatureAlgorithm("ES256"); }

TEST(KeySetTest, KeyIsFoundByItsId) {
  const IdTokenKey a({.kid = "a"});
  const IdTokenKey b({.kid = "b"});
  ASSERT_OK_AND_ASSIGN(const KeySet keys, KeySet::FromJson(Jwks({a.PublicJwk(), b.PublicJwk()})));
  ASSERT_NE(keys.Find(Es256(), "b"), nullptr);
  EXPECT_EQ(keys.Find(Es256(), "b")->kid(), "b");
  EXPECT_EQ(keys.Find(Es256(), "c"), nullptr);
  EXPECT_EQ(keys.Find(Es256(), "B"), nullptr);
}

TEST(KeySetTest, WithoutIdTheOneKeyThatFitsIsFound) {
  const IdTokenKey p256({.kid = "a"});
  const IdTokenKey p384({.algorithm = "ES384", .kid = "b"});
  ASSERT_OK_AND_ASSIGN(const KeySet keys,
                       KeySet::FromJson(Jwks({p256.PublicJwk(), p384.PublicJwk()})));
  ASSERT_NE(keys.Find(Es256(), ""), nullptr);
  EXPECT_EQ(keys.Find(Es256(), "")->kid(), "a");
}

TEST(KeySetTest, WithoutIdTwoKeysThatFitAreNone) {
  const IdTokenKey a({.kid = "a"});
  const IdTokenKey b({.kid = "b"});
  ASSERT_OK_AND_ASSIGN(const KeySet keys, KeySet::FromJson(Jwks({a.PublicJwk(), b.PublicJwk()})));
  EXPECT_EQ(keys.Find(Es256(), ""), nullptr);
}

TEST(KeySetTest, KeyWithoutIdIsNotFoundByAnId) {
  const IdTokenKey key;
  ASSERT_OK_AND_ASSIGN(const KeySet keys, KeySet::FromJson(Jwks({key.PublicJwk({{"kid", ""}})})));
  EXPECT_EQ(keys.Find(Es256(), "k1"), nullptr);
  EXPECT_NE(keys.Find(Es256(), ""), nullptr);
}

TEST(KeySetTest, KeysOfNoUseAreLeftOut) {
  const IdTokenKey good;
  const std::string jwks =
      Jwks({R"({"kty":"oct","kid":"mac","k":"AAAA"})", R"({"kty":"EC"})", "17",
            good.PublicJwk({{"d", "\"AAAA\""}, {"kid", "\"private\""}}), good.PublicJwk()});
  ASSERT_OK_AND_ASSIGN(const KeySet keys, KeySet::FromJson(jwks));
  EXPECT_EQ(keys.size(), 1u);
}

TEST(KeySetTest, SetWithoutKeysOfUseIsASet) {
  ASSERT_OK_AND_ASSIGN(const KeySet keys, KeySet::FromJson("{\"keys\":[]}"));
  EXPECT_EQ(keys.size(), 0u);
  EXPECT_EQ(keys.Find(Es256(), ""), nullptr);
}

TEST(KeySetTest, SixteenKeysAreASet) {
  EXPECT_EQ(KeySet::FromJson(Jwks(std::vector<std::string>(16, IdTokenKey().PublicJwk())))->size(),
            16u);
}

TEST(KeySetTest, SeventeenKeysAreRefused) {
  EXPECT_THAT(KeySet::FromJson(Jwks(std::vector<std::string>(17, "{}"))),
              FailsWith(Reason::kLimitExceeded));
}

TEST(KeySetTest, SetOfMoreThan256KiBIsRefused) {
  const std::string padding(256 * 1024, ' ');
  EXPECT_THAT(KeySet::FromJson(absl::StrCat("{\"keys\":[]", padding, "}")),
              FailsWith(Reason::kLimitExceeded));
}

TEST(KeySetTest, OtherDocumentsAreRefused) {
  for (const char* text : {"", "{}", "[]", "null", "{\"keys\":{}}", "{\"keys\":null}", "<html>",
                           "{\"keys\":[]} ,", "{\"keys\":[],\"keys\":[]}"}) {
    EXPECT_THAT(KeySet::FromJson(text), FailsWith(Reason::kRequestMalformed)) << text;
  }
}

}  // namespace
}  // namespace enkrat::idp_client
