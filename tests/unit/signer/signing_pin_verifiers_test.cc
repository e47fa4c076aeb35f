// Tests of what PINs are compared by: the hash, the key and all that goes into the octets.
#include "signer/signing_pin_verifiers.h"

#include "signer/activation_binding.h"
#include "tests/unit/signer/pin_fixture.h"

namespace enkrat::signer {
namespace {

using enkrat::testing::FailsWith;
using enkrat::testing::IsOk;

class SigningPinVerifiersTest : public PinFixture {
 protected:
  store::SecretVerifier Make(absl::string_view pin = kPin) {
    return verifiers_->Make("credential", SecretKind::kPin, Secret(pin), absl::InfiniteFuture())
        .value();
  }
  Bytes Candidate(absl::string_view id, SecretKind kind, absl::string_view pin,
                  const store::SecretVerifier& stored) {
    return verifiers_->Candidate(id, kind, Secret(pin), stored, absl::InfiniteFuture()).value();
  }
};

TEST_F(SigningPinVerifiersTest, RightSecretGivesTheStoredMac) {
  const store::SecretVerifier stored = Make();
  EXPECT_EQ(Candidate("credential", SecretKind::kPin, kPin, stored), stored.mac);
}

TEST_F(SigningPinVerifiersTest, AnythingElseGivesAnotherMac) {
  const store::SecretVerifier stored = Make();
  EXPECT_NE(Candidate("credential", SecretKind::kPin, "739252", stored), stored.mac);
  EXPECT_NE(Candidate("credential", SecretKind::kPuk, kPin, stored), stored.mac);
  EXPECT_NE(Candidate("credentiam", SecretKind::kPin, kPin, stored), stored.mac);
  store::SecretVerifier other = stored;
  other.salt[0] ^= 1;
  EXPECT_NE(Candidate("credential", SecretKind::kPin, kPin, other), stored.mac);
  other = stored;
  other.passes = 2;
  EXPECT_NE(Candidate("credential", SecretKind::kPin, kPin, other), stored.mac);
}

TEST_F(SigningPinVerifiersTest, EqualPinsHaveDifferentVerifiers) {
  EXPECT_NE(Make().salt, Make().salt);
  EXPECT_NE(Make().mac, Make().mac);
  EXPECT_EQ(Make().salt.size(), 16u);
}

TEST_F(SigningPinVerifiersTest, VerifierOfAnotherCostIsNotCurrent) {
  const store::SecretVerifier stored = Make();
  EXPECT_TRUE(verifiers_->IsCurrent(stored));
  UseCost({.memory_kib = 16, .passes = 1});
  EXPECT_FALSE(verifiers_->IsCurrent(stored));
  // And can still be checked.
  EXPECT_EQ(Candidate("credential", SecretKind::kPin, kPin, stored), stored.mac);
}

TEST_F(SigningPinVerifiersTest, PersonIsAnotherForEveryRelyingPartyIssuerAndSubject) {
  const auto hash = [&](absl::string_view relying_party) {
    return verifiers_->PersonHash(identities_.identity, relying_party, absl::InfiniteFuture())
        .value();
  };
  const Bytes person = hash("rp-one");
  EXPECT_EQ(person, hash("rp-one"));
  EXPECT_NE(person, hash("rp-two"));
  identities_.identity.subject = "person-two";
  EXPECT_NE(person, hash("rp-one"));
  identities_.identity.subject = "person-one";
  identities_.identity.issuer = "https://other.example";
  EXPECT_NE(person, hash("rp-one"));
}

TEST_F(SigningPinVerifiersTest, CostOutOfBoundsIsOurDefect) {
  EXPECT_THAT(HashPin(AsSpan(kPin), Bytes(16), {.memory_kib = 2u << 20, .passes = 1}),
              FailsWith(Reason::kInternal));
  EXPECT_THAT(HashPin(AsSpan(kPin), Bytes(16), {.memory_kib = 8, .passes = 17}),
              FailsWith(Reason::kInternal));
  EXPECT_THAT(HashPin(AsSpan(kPin), Bytes(4), {.memory_kib = 8, .passes = 1}),
              FailsWith(Reason::kInternal));
}

// The reference implementation's command line: echo -n password | argon2 somesalt -id -t 2 -k 65536
// -p 1 -l 32 (its own test vectors, file test.c).
TEST_F(SigningPinVerifiersTest, HashIsArgon2id) {
  const auto hash =
      HashPin(AsSpan("password"), AsSpan("somesalt"), {.memory_kib = 65536, .passes = 2});
  ASSERT_THAT(hash, IsOk());
  EXPECT_EQ(ToHex(hash->Reveal()),
            "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
}

TEST(ActivationBinding, NamesRelyingPartyOperationAndRequest) {
  constexpr char kId[] = "5f0c7c1e-3c1b-4f6e-9a52-0d6a8b1f2c3d";
  const auto binding = ComputeActivationBinding("rp-one", ActivationOperation::kEnrol, kId);
  // printf 'enkrat/activation/v1\0\0\0\0\006rp-one\0\0\0\005ENROL\0\0\0\0445f0c...' | sha256sum
  EXPECT_EQ(ToHex(binding), "e6eb8f0737ee3b287a91243987744bafdeb5ff06769c26e6aa3ec81a2851cd5b");
  EXPECT_NE(binding, ComputeActivationBinding("rp-two", ActivationOperation::kEnrol, kId));
  EXPECT_NE(binding, ComputeActivationBinding("rp-one", ActivationOperation::kRevoke, kId));
  EXPECT_NE(binding, ComputeActivationBinding("rp-one", ActivationOperation::kEnrol,
                                              "5f0c7c1e-3c1b-4f6e-9a52-0d6a8b1f2c3e"));
}

}  // namespace
}  // namespace enkrat::signer
