// The attacks on JWT libraries of the last ten years, one test each (RFC 8725 2; standards 5.3).
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/unit/idp_client/oidc_fixture.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::CompactToken;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IdTokenKey;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::Jwks;
using ::enkrat::testing::SigningInput;
using ::enkrat::testing::SignToken;

class OidcAttackTest : public OidcFixture {
 protected:
  void ExpectRejected(const std::string& token) {
    ASSERT_THAT(Verify(GoodToken()), IsOk());  // it is the attack that fails, not the set-up
    EXPECT_THAT(Verify(token), FailsWith(Reason::kAssertionRejected));
  }
  // A good signature under a header with one member more.
  void ExpectHeaderMemberRejected(const std::string& member) {
    ExpectRejected(SignToken(key_, absl::StrCat("{\"alg\":\"ES256\",\"kid\":\"k1\",", member, "}"),
                             GoodClaims().Json()));
  }
  std::vector<std::string> GoodSegments() { return absl::StrSplit(GoodToken(), '.'); }
};

Bytes Hmac(absl::string_view secret, absl::string_view text) {
  Bytes mac(32);
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), AsSpan(text).data(),
       text.size(), mac.data(), &size);
  return mac;
}

// CVE-2015-9235 and its many sisters.
class UnsignedTokenTest : public OidcAttackTest,
                          public ::testing::WithParamInterface<const char*> {};

TEST_P(UnsignedTokenTest, WithoutSignatureIsRejected) {
  const std::string header = absl::StrCat("{\"alg\":\"", GetParam(), "\",\"kid\":\"k1\"}");
  ExpectRejected(absl::StrCat(SigningInput(header, GoodClaims().Json()), "."));
}

TEST_P(UnsignedTokenTest, WithSomeSignatureIsRejected) {
  const std::string header = absl::StrCat("{\"alg\":\"", GetParam(), "\",\"kid\":\"k1\"}");
  ExpectRejected(SignToken(key_, header, GoodClaims().Json()));
}

INSTANTIATE_TEST_SUITE_P(Alg, UnsignedTokenTest,
                         ::testing::Values("none", "None", "NONE", "nOnE", "none ", " none", "",
                                           "nul", "es256", "ES256 ", "ES256\\u0000", "ES256K",
                                           "HS256", "hs256", "HS384", "HS512", "RSA1_5", "dir",
                                           "A128KW"));

TEST_F(OidcAttackTest, MissingAlgIsRejected) {
  ExpectRejected(SignToken(key_, "{\"kid\":\"k1\"}", GoodClaims().Json()));
}

TEST_F(OidcAttackTest, AlgThatIsNotATextIsRejected) {
  ExpectRejected(SignToken(key_, "{\"alg\":[\"ES256\"],\"kid\":\"k1\"}", GoodClaims().Json()));
}

// The public key, which everybody has, as the secret of a MAC (CVE-2016-10555).
TEST_F(OidcAttackTest, MacUnderThePublicKeyPemIsRejected) {
  const std::string input = SigningInput("{\"alg\":\"HS256\",\"kid\":\"k1\"}", GoodClaims().Json());
  ExpectRejected(absl::StrCat(input, ".", ToBase64Url(Hmac(key_.PublicPem(), input))));
}

TEST_F(OidcAttackTest, MacUnderThePublicKeyPemThatClaimsToBeEcdsaIsRejected) {
  const std::string input = SigningInput(key_.Header(), GoodClaims().Json());
  ExpectRejected(absl::StrCat(input, ".", ToBase64Url(Hmac(key_.PublicPem(), input))));
}

TEST_F(OidcAttackTest, RsaKeyUsedForAnotherAlgorithmThanItsOwnIsRejected) {
  const IdTokenKey rsa({.algorithm = "RS256", .kid = "rsa"});
  settings_.algorithms = {"ES256", "RS256", "PS256"};
  PublishKeys(Jwks({key_.PublicJwk(), rsa.PublicJwk({{"alg", "\"PS256\""}})}));
  ExpectRejected(SignToken(rsa, GoodClaims().Json()));
}

TEST_F(OidcAttackTest, EcKeyOfAnotherCurveThanTheAlgIsRejected) {
  const IdTokenKey p384({.algorithm = "ES384", .kid = "p384"});
  PublishKeys(Jwks({key_.PublicJwk(), p384.PublicJwk({{"alg", ""}})}));
  ExpectRejected(SignToken(p384, "{\"alg\":\"ES256\",\"kid\":\"p384\"}", GoodClaims().Json()));
}

TEST_F(OidcAttackTest, ForeignKeyUnderTheProvidersKidIsRejected) {
  const IdTokenKey forger({.kid = "k1"});
  ExpectRejected(SignToken(forger, GoodClaims().Json()));
}

TEST_F(OidcAttackTest, ForeignKeyUnderItsOwnKidIsRejected) {
  const IdTokenKey forger({.kid = "forger"});
  ExpectRejected(SignToken(forger, GoodClaims().Json()));
}

TEST_F(OidcAttackTest, KidThatLooksLikeAPathIsRejected) {
  ExpectRejected(
      SignToken(key_, "{\"alg\":\"ES256\",\"kid\":\"../../dev/null\"}", GoodClaims().Json()));
}

TEST_F(OidcAttackTest, EmptyKidIsRejected) {
  ExpectRejected(SignToken(key_, "{\"alg\":\"ES256\",\"kid\":\"\"}", GoodClaims().Json()));
}

TEST_F(OidcAttackTest, KidThatIsNotATextIsRejected) {
  ExpectRejected(SignToken(key_, "{\"alg\":\"ES256\",\"kid\":1}", GoodClaims().Json()));
}

TEST_F(OidcAttackTest, KidOf257OctetsIsRejected) {
  ExpectRejected(
      SignToken(key_, absl::StrCat("{\"alg\":\"ES256\",\"kid\":\"", std::string(257, 'k'), "\"}"),
                GoodClaims().Json()));
}

TEST_F(OidcAttackTest, EmbeddedJwkIsRejected) {  // CVE-2018-0114
  const IdTokenKey forger;
  const std::string header =
      absl::StrCat("{\"alg\":\"ES256\",\"kid\":\"k1\",\"jwk\":", forger.PublicJwk(), "}");
  ExpectRejected(SignToken(forger, header, GoodClaims().Json()));
}

TEST_F(OidcAttackTest, JkuIsRejectedAndNotFetched) {
  ExpectHeaderMemberRejected("\"jku\":\"https://evil.example/keys\"");
  EXPECT_EQ(fetcher_.CountOf("https://evil.example/keys"), 0u);
}

TEST_F(OidcAttackTest, X5uIsRejectedAndNotFetched) {
  ExpectHeaderMemberRejected("\"x5u\":\"https://evil.example/chain\"");
  EXPECT_EQ(fetcher_.CountOf("https://evil.example/chain"), 0u);
}

TEST_F(OidcAttackTest, X5cIsRejected) { ExpectHeaderMemberRejected("\"x5c\":[\"MAA=\"]"); }

TEST_F(OidcAttackTest, CritIsRejected) {
  ExpectHeaderMemberRejected("\"crit\":[\"exp\"],\"exp\":1");
}

TEST_F(OidcAttackTest, EmptyCritIsRejected) { ExpectHeaderMemberRejected("\"crit\":[]"); }

TEST_F(OidcAttackTest, UnencodedPayloadIsRejected) {
  ExpectHeaderMemberRejected("\"b64\":false,\"x\":0");
}

TEST_F(OidcAttackTest, CompressionIsRejected) { ExpectHeaderMemberRejected("\"zip\":\"DEF\""); }

TEST_F(OidcAttackTest, EncryptionIsRejected) { ExpectHeaderMemberRejected("\"enc\":\"A256GCM\""); }

TEST_F(OidcAttackTest, NestedTokenIsRejected) { ExpectHeaderMemberRejected("\"cty\":\"JWT\""); }

TEST_F(OidcAttackTest, AccessTokenIsRejected) { ExpectHeaderMemberRejected("\"typ\":\"at+jwt\""); }

TEST_F(OidcAttackTest, LogoutTokenIsRejected) {
  ExpectHeaderMemberRejected("\"typ\":\"logout+jwt\"");
}

TEST_F(OidcAttackTest, TypThatIsNotATextIsRejected) { ExpectHeaderMemberRejected("\"typ\":null"); }

TEST_F(OidcAttackTest, HeaderThatNamesAlgTwiceIsRejected) {
  ExpectHeaderMemberRejected("\"alg\":\"ES256\"");
}

TEST_F(OidcAttackTest, HeaderThatNamesAlgTwiceThroughAnEscapeIsRejected) {
  ExpectHeaderMemberRejected("\"\\u0061lg\":\"ES256\"");
}

TEST_F(OidcAttackTest, ZeroSignatureIsRejected) {  // CVE-2022-21449
  ExpectRejected(CompactToken(key_.Header(), GoodClaims().Json(), Bytes(64, 0)));
}

TEST_F(OidcAttackTest, SignatureWithRZeroIsRejected) {
  Bytes signature(64, 0);
  signature[63] = 1;
  ExpectRejected(CompactToken(key_.Header(), GoodClaims().Json(), signature));
}

TEST_F(OidcAttackTest, SignatureWithSZeroIsRejected) {
  Bytes signature(64, 0);
  signature[31] = 1;
  ExpectRejected(CompactToken(key_.Header(), GoodClaims().Json(), signature));
}

TEST_F(OidcAttackTest, SignatureWithROfTheGroupOrderIsRejected) {
  const std::unique_ptr<EC_GROUP, decltype(&EC_GROUP_free)> group(
      EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1), &EC_GROUP_free);
  Bytes signature(64);
  BN_bn2binpad(EC_GROUP_get0_order(group.get()), signature.data(), 32);
  BN_bn2binpad(EC_GROUP_get0_order(group.get()), signature.data() + 32, 32);
  ExpectRejected(CompactToken(key_.Header(), GoodClaims().Json(), signature));
}

TEST_F(OidcAttackTest, EcdsaSignatureInDerIsRejected) {
  const std::string claims = GoodClaims().Json();
  ExpectRejected(
      CompactToken(key_.Header(), claims, key_.SignDer(SigningInput(key_.Header(), claims))));
}

TEST_F(OidcAttackTest, EcdsaSignatureWithAZeroInFrontIsRejected) {
  const std::string claims = GoodClaims().Json();
  Bytes signature = key_.Sign(SigningInput(key_.Header(), claims));
  signature.insert(signature.begin(), 0);
  ExpectRejected(CompactToken(key_.Header(), claims, signature));
}

TEST_F(OidcAttackTest, EcdsaSignatureAnOctetShortIsRejected) {
  const std::string claims = GoodClaims().Json();
  Bytes signature = key_.Sign(SigningInput(key_.Header(), claims));
  signature.pop_back();
  ExpectRejected(CompactToken(key_.Header(), claims, signature));
}

TEST_F(OidcAttackTest, EcdsaSignatureAsLongAsAnotherCurvesIsRejected) {
  const std::string claims = GoodClaims().Json();
  Bytes signature = key_.Sign(SigningInput(key_.Header(), claims));
  Bytes padded(96, 0);
  std::copy(signature.begin(), signature.begin() + 32, padded.begin() + 16);
  std::copy(signature.begin() + 32, signature.end(), padded.begin() + 64);
  ExpectRejected(CompactToken(key_.Header(), claims, padded));
}

TEST_F(OidcAttackTest, RsaSignatureWithAZeroInFrontIsRejected) {
  const IdTokenKey rsa({.algorithm = "PS256", .kid = "rsa"});
  PublishKeys(Jwks({key_.PublicJwk(), rsa.PublicJwk()}));
  const std::string claims = GoodClaims().Json();
  Bytes signature = rsa.Sign(SigningInput(rsa.Header(), claims));
  signature.insert(signature.begin(), 0);
  ExpectRejected(CompactToken(rsa.Header(), claims, signature));
}

TEST_F(OidcAttackTest, ChangedPayloadUnderAGoodSignatureIsRejected) {
  const std::vector<std::string> good = GoodSegments();
  const std::string other = GoodClaims().Text("sub", "somebody else").Json();
  ExpectRejected(absl::StrCat(good[0], ".", ToBase64Url(AsSpan(other)), ".", good[2]));
}

TEST_F(OidcAttackTest, ChangedHeaderUnderAGoodSignatureIsRejected) {
  const std::vector<std::string> good = GoodSegments();
  const std::string other = "{\"alg\":\"ES256\",\"kid\":\"k1\"}";
  ExpectRejected(absl::StrCat(ToBase64Url(AsSpan(other)), ".", good[1], ".", good[2]));
}

TEST_F(OidcAttackTest, DuplicateClaimIsRejected) {
  const std::string claims = GoodClaims().Json();
  ExpectRejected(
      SignToken(key_, absl::StrCat(claims.substr(0, claims.size() - 1), ",\"sub\":\"person-2\"}")));
}

TEST_F(OidcAttackTest, DuplicateClaimThroughAnEscapeIsRejected) {
  const std::string claims = GoodClaims().Json();
  ExpectRejected(SignToken(
      key_, absl::StrCat(claims.substr(0, claims.size() - 1), ",\"s\\u0075b\":\"person-2\"}")));
}

TEST_F(OidcAttackTest, DuplicateMemberWithinAClaimIsRejected) {
  ExpectRejected(SignToken(key_, GoodClaims().Raw("address", "{\"a\":1,\"a\":2}").Json()));
}

TEST_F(OidcAttackTest, PayloadThatIsNotAnObjectIsRejected) {
  ExpectRejected(SignToken(key_, "[\"iss\"]"));
}

TEST_F(OidcAttackTest, PayloadWithTextAfterItIsRejected) {
  ExpectRejected(SignToken(key_, absl::StrCat(GoodClaims().Json(), "{}")));
}

TEST_F(OidcAttackTest, PayloadThatIsNotUtf8IsRejected) {
  ExpectRejected(SignToken(key_, GoodClaims().Raw("x", "\"\xff\"").Json()));
}

TEST_F(OidcAttackTest, PaddedSegmentIsRejected) {
  const std::vector<std::string> good = GoodSegments();
  ExpectRejected(absl::StrCat(good[0], ".", good[1], ".", good[2], "=="));
}

TEST_F(OidcAttackTest, StrayBitsInTheSignatureAreRejected) {
  // 64 octets end in a character of which only two bits count.
  std::string token = GoodToken();
  constexpr absl::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  token.back() = kAlphabet[kAlphabet.find(token.back()) + 1];
  ExpectRejected(token);
}

TEST_F(OidcAttackTest, WhiteSpaceIsRejected) {
  for (const char* space : {" ", "\n", "\t", "\r\n"}) {
    ExpectRejected(absl::StrCat(GoodToken(), space));
    ExpectRejected(absl::StrCat(space, GoodToken()));
    ExpectRejected(absl::StrReplaceAll(GoodToken(), {{".", absl::StrCat(".", space)}}));
  }
}

TEST_F(OidcAttackTest, StandardAlphabetOfBase64IsRejected) {
  const std::string claims = GoodClaims().Text("x", "\xc3\xbf\xc3\xbf\xc3\xbf\?\?>>").Json();
  std::string token = SignToken(key_, claims);
  ASSERT_GT(absl::StrReplaceAll({{"-", "+"}, {"_", "/"}}, &token), 0);
  ExpectRejected(token);
}

TEST_F(OidcAttackTest, TwoOrFourOrFiveSegmentsAreRejected) {
  const std::vector<std::string> good = GoodSegments();
  ExpectRejected(absl::StrCat(good[0], ".", good[1]));
  ExpectRejected(absl::StrCat(GoodToken(), "."));
  ExpectRejected(absl::StrCat(GoodToken(), ".", good[2]));
  ExpectRejected(absl::StrCat(GoodToken(), ".", good[2], ".", good[2]));
}

TEST_F(OidcAttackTest, EmptySegmentsAreRejected) {
  const std::vector<std::string> good = GoodSegments();
  ExpectRejected("..");
  ExpectRejected(absl::StrCat(".", good[1], ".", good[2]));
  ExpectRejected(absl::StrCat(good[0], "..", good[2]));
}

TEST_F(OidcAttackTest, JsonSerialisationIsRejected) {  // RFC 7515 7.2
  const std::vector<std::string> good = GoodSegments();
  ExpectRejected(absl::StrCat("{\"payload\":\"", good[1], "\",\"protected\":\"", good[0],
                              "\",\"signature\":\"", good[2], "\"}"));
}

TEST_F(OidcAttackTest, TokenOfMoreThan16KiBIsRejected) {
  ExpectRejected(SignToken(key_, GoodClaims().Text("x", std::string(16 * 1024, 'x')).Json()));
}

TEST_F(OidcAttackTest, HeaderOfMoreThan2KiBIsRejected) {
  ExpectHeaderMemberRejected(absl::StrCat("\"x\":\"", std::string(2048, 'x'), "\""));
}

TEST_F(OidcAttackTest, DeepPayloadIsRejected) {
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  ExpectRejected(SignToken(key_, GoodClaims().Raw("x", deep).Json()));
}

TEST_F(OidcAttackTest, DeepHeaderIsRejected) {
  const std::string deep = std::string(500, '[') + std::string(500, ']');
  ExpectHeaderMemberRejected(absl::StrCat("\"x\":", deep));
}

TEST_F(OidcAttackTest, PayloadOfManyValuesIsRejected) {
  std::string many = "[0";
  for (int i = 0; i < 600; ++i) many += ",0";
  ExpectRejected(SignToken(key_, GoodClaims().Raw("x", many + "]").Json()));
}

TEST_F(OidcAttackTest, EveryTruncationIsRejected) {
  const std::string token = GoodToken();
  ASSERT_THAT(Verify(token), IsOk());
  for (size_t size = 0; size < token.size(); ++size) {
    ASSERT_THAT(Verify(token.substr(0, size)), FailsWith(Reason::kAssertionRejected)) << size;
  }
}

TEST_F(OidcAttackTest, EveryFlippedBitIsRejected) {
  const std::string token = GoodToken();
  ASSERT_THAT(Verify(token), IsOk());
  for (size_t i = 0; i < token.size(); ++i) {
    std::string flipped = token;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    const auto result = Verify(flipped);
    ASSERT_FALSE(result.ok()) << i;
    ASSERT_EQ(ReasonOf(result.status()), Reason::kAssertionRejected) << i;
  }
}

// What must go on working.
TEST_F(OidcAttackTest, TokenWithoutTypIsAccepted) {
  EXPECT_THAT(Verify(SignToken(key_, "{\"alg\":\"ES256\",\"kid\":\"k1\"}", GoodClaims().Json())),
              IsOk());
}

TEST_F(OidcAttackTest, TokenWithoutKidIsAcceptedIfOneKeyFits) {
  EXPECT_THAT(Verify(SignToken(key_, "{\"alg\":\"ES256\"}", GoodClaims().Json())), IsOk());
}

TEST_F(OidcAttackTest, TokenWithoutKidIsRejectedIfTwoKeysFit) {
  const IdTokenKey other({.kid = "k2"});
  PublishKeys(Jwks({key_.PublicJwk(), other.PublicJwk()}));
  ExpectRejected(SignToken(key_, "{\"alg\":\"ES256\"}", GoodClaims().Json()));
}

TEST_F(OidcAttackTest, TwoKeysOfOneKidAreNoKey) {
  const IdTokenKey other({.kid = "k2"});
  PublishKeys(Jwks({key_.PublicJwk(), other.PublicJwk(), other.PublicJwk()}));
  ExpectRejected(SignToken(other, GoodClaims().Json()));
}

}  // namespace
}  // namespace enkrat::idp_client
