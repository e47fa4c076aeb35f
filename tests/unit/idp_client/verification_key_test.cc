// Single keys: the RFCs' own examples, and the JWKs that must not be used.
#include "idp_client/verification_key.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/support/id_token_factory.h"
#include "tests/support/status_matchers.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IdTokenKey;
using ::enkrat::testing::IsOk;

absl::StatusOr<VerificationKey> Import(const std::string& jwk) {
  return VerificationKey::FromJwk(nlohmann::json::parse(jwk));
}

// A token of an RFC, and the public half of the key that signed it.
struct Example {
  const char* algorithm;
  const char* jwk;
  const char* signing_input;
  const char* signature;
};

constexpr Example kExamples[] = {
    // RFC 7515 A.2
    {"RS256",
     R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-V)"
     R"(aw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9w)"
     R"(Gzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMT)"
     R"(BQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kz)"
     R"(k2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"})",
     "eyJhbGciOiJSUzI1NiJ9."
     "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
     "Q",
     "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
     "O8W2Fp5ju"
     "jGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L0"
     "7Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUi"
     "pUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"},
    // RFC 7515 A.3
    {"ES256",
     R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_F)"
     R"(EzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
     "eyJhbGciOiJFUzI1NiJ9."
     "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
     "Q",
     "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
    // RFC 7515 A.4
    {"ES512",
     R"({"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOn)"
     R"(YG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l)"
     R"(2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"})",
     "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA",
     "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_"
     "7XdtAG8GaS"
     "wFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn"},
    // RFC 8037 A.4
    {"EdDSA", R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
     "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
     "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"},
};

class RfcExampleTest : public ::testing::TestWithParam<Example> {};

TEST_P(RfcExampleTest, Verifies) {
  ASSERT_OK_AND_ASSIGN(const VerificationKey key, Import(GetParam().jwk));
  EXPECT_THAT(key.Verify(*FindSignatureAlgorithm(GetParam().algorithm),
                         AsSpan(GetParam().signing_input), *FromBase64Url(GetParam().signature)),
              IsOk());
}

TEST_P(RfcExampleTest, DoesNotVerifyOtherText) {
  ASSERT_OK_AND_ASSIGN(const VerificationKey key, Import(GetParam().jwk));
  const std::string other = absl::StrCat(GetParam().signing_input, "A");
  EXPECT_THAT(key.Verify(*FindSignatureAlgorithm(GetParam().algorithm), AsSpan(other),
                         *FromBase64Url(GetParam().signature)),
              FailsWith(Reason::kAssertionRejected));
}

INSTANTIATE_TEST_SUITE_P(Rfc, RfcExampleTest, ::testing::ValuesIn(kExamples),
                         [](const auto& row) { return std::string(row.param.algorithm); });

// A member of a good JWK in which one thing is wrong.
struct BadMember {
  const char* what;
  const char* algorithm;
  const char* name;
  const char* json;
};

constexpr BadMember kBadMembers[] = {
    {"NoKty", "ES256", "kty", ""},
    {"SymmetricKty", "ES256", "kty", "\"oct\""},
    {"KtyOfOtherKind", "ES256", "kty", "\"RSA\""},
    {"KtyNotAText", "ES256", "kty", "7"},
    {"NoCurve", "ES256", "crv", ""},
    {"UnknownCurve", "ES256", "crv", "\"secp256k1\""},
    {"OtherCurve", "ES256", "crv", "\"P-384\""},
    {"NoX", "ES256", "x", ""},
    {"ShortX", "ES256", "x", "\"AAAA\""},
    {"XNotBase64Url", "ES256", "x", "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVE=\""},
    {"PointOffTheCurve", "ES256", "x", "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\""},
    {"PrivateEc", "ES256", "d", "\"AAAA\""},
    {"Secret", "ES256", "k", "\"AAAA\""},
    {"ForEncryption", "ES256", "use", "\"enc\""},
    {"UseNotAText", "ES256", "use", "[\"sig\"]"},
    {"OnlyForSigning", "ES256", "key_ops", "[\"sign\"]"},
    {"KeyOpsNotAnArray", "ES256", "key_ops", "\"verify\""},
    {"UnknownAlg", "ES256", "alg", "\"ES256K\""},
    {"SymmetricAlg", "ES256", "alg", "\"HS256\""},
    {"AlgOfOtherCurve", "ES256", "alg", "\"ES384\""},
    {"AlgOfOtherKind", "ES256", "alg", "\"PS256\""},
    {"AlgNotAText", "ES256", "alg", "null"},
    {"EmptyKid", "ES256", "kid", "\"\""},
    {"KidNotAText", "ES256", "kid", "1"},
    {"NoModulus", "PS256", "n", ""},
    {"EvenExponent", "PS256", "e", "\"AQAC\""},
    {"ExponentThree", "PS256", "e", "\"Aw\""},
    {"ExponentOne", "PS256", "e", "\"AQ\""},
    {"HugeExponent", "PS256", "e", "\"AQAAAAAAAAAB\""},
    {"EmptyExponent", "PS256", "e", "\"\""},
    {"PrivateRsa", "PS256", "p", "\"AAAA\""},
    {"OtherOkpCurve", "EdDSA", "crv", "\"X25519\""},
    {"LongEd25519", "EdDSA", "x", "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEUA\""},
};

class BadJwkTest : public ::testing::TestWithParam<BadMember> {};

TEST_P(BadJwkTest, IsRefused) {
  const IdTokenKey key({.algorithm = GetParam().algorithm});
  ASSERT_THAT(Import(key.PublicJwk()), IsOk());
  EXPECT_THAT(Import(key.PublicJwk({{GetParam().name, GetParam().json}})),
              FailsWith(Reason::kRequestMalformed));
}

INSTANTIATE_TEST_SUITE_P(Members, BadJwkTest, ::testing::ValuesIn(kBadMembers),
                         [](const auto& row) { return std::string(row.param.what); });

TEST(VerificationKeyTest, RsaKeyOf1024BitsIsRefused) {
  EXPECT_THAT(Import(IdTokenKey({.algorithm = "PS256", .rsa_bits = 1024}).PublicJwk()),
              FailsWith(Reason::kRequestMalformed));
}

absl::StatusOr<VerificationKey> ImportRsaModulus(const Bytes& modulus) {
  return Import(absl::StrCat(R"({"kty":"RSA","e":"AQAB","n":")", ToBase64Url(modulus), "\"}"));
}

TEST(VerificationKeyTest, RsaModulusOver4096BitsIsRefused) {
  Bytes modulus(513, 0xff);
  modulus.front() = 1;  // 4097 bits
  EXPECT_THAT(ImportRsaModulus(modulus), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ImportRsaModulus(Bytes(514, 0xff)), FailsWith(Reason::kRequestMalformed));
}

TEST(VerificationKeyTest, RsaModulusOf4096BitsIsTakenAlsoWithTheSignOctetOfDer) {
  Bytes modulus(512, 0xff);
  EXPECT_THAT(ImportRsaModulus(modulus), IsOk());
  modulus.insert(modulus.begin(), 0);
  EXPECT_THAT(ImportRsaModulus(modulus), IsOk());
}

TEST(VerificationKeyTest, EvenRsaModulusIsRefused) {
  EXPECT_THAT(ImportRsaModulus(Bytes(256, 0xfe)), FailsWith(Reason::kRequestMalformed));
}

TEST(VerificationKeyTest, JwkThatIsNotAnObjectIsRefused) {
  EXPECT_THAT(Import("[]"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(Import("null"), FailsWith(Reason::kRequestMalformed));
}

TEST(VerificationKeyTest, MembersThatNobodyKnowsAreIgnored) {
  const IdTokenKey key;
  EXPECT_THAT(Import(key.PublicJwk({{"x5t", "\"abc\""}, {"nbf", "1"}})), IsOk());
}

TEST(VerificationKeyTest, KeyForVerificationIsTaken) {
  const IdTokenKey key;
  EXPECT_THAT(Import(key.PublicJwk({{"key_ops", "[\"verify\"]"}, {"use", ""}})), IsOk());
}

TEST(VerificationKeyTest, KeyWithoutAlgFitsAllAlgorithmsOfItsKind) {
  const IdTokenKey rsa({.algorithm = "PS256"});
  ASSERT_OK_AND_ASSIGN(const VerificationKey key, Import(rsa.PublicJwk({{"alg", ""}})));
  EXPECT_TRUE(key.Fits(*FindSignatureAlgorithm("PS256")));
  EXPECT_TRUE(key.Fits(*FindSignatureAlgorithm("RS512")));
  EXPECT_FALSE(key.Fits(*FindSignatureAlgorithm("ES256")));
}

TEST(VerificationKeyTest, KeyWithAlgFitsThatOneAlone) {
  const IdTokenKey rsa({.algorithm = "PS256"});
  ASSERT_OK_AND_ASSIGN(const VerificationKey key, Import(rsa.PublicJwk()));
  EXPECT_TRUE(key.Fits(*FindSignatureAlgorithm("PS256")));
  EXPECT_FALSE(key.Fits(*FindSignatureAlgorithm("PS384")));
  EXPECT_FALSE(key.Fits(*FindSignatureAlgorithm("RS256")));
}

TEST(VerificationKeyTest, PssSignatureIsNoPkcs1Signature) {
  const IdTokenKey rsa({.algorithm = "PS256"});
  ASSERT_OK_AND_ASSIGN(const VerificationKey key, Import(rsa.PublicJwk({{"alg", ""}})));
  const Bytes signature = rsa.Sign("text");
  EXPECT_THAT(key.Verify(*FindSignatureAlgorithm("PS256"), AsSpan("text"), signature), IsOk());
  EXPECT_THAT(key.Verify(*FindSignatureAlgorithm("RS256"), AsSpan("text"), signature),
              FailsWith(Reason::kAssertionRejected));
}

}  // namespace
}  // namespace enkrat::idp_client
