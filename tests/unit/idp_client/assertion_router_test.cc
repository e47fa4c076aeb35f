// Each assertion goes to the verifier of its type and to no other.
#include "idp_client/assertion_router.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace enkrat::idp_client {
namespace {

using ::enkrat::testing::FailsWith;

class NamedVerifier final : public IdentityVerifier {
 public:
  explicit NamedVerifier(std::string name) : name_(std::move(name)) {}
  absl::StatusOr<VerifiedIdentity> Verify(const AssertionCheck&) override {
    VerifiedIdentity identity;
    identity.issuer = name_;
    return identity;
  }

 private:
  const std::string name_;
};

AssertionCheck CheckOf(AssertionType type) {
  AssertionCheck check;
  check.type = type;
  return check;
}

class AssertionRouterTest : public ::testing::Test {
 protected:
  NamedVerifier oidc_{"oidc"};
  NamedVerifier saml_{"saml"};
};

TEST_F(AssertionRouterTest, EachTypeGoesToItsVerifier) {
  AssertionRouter router({.oidc = &oidc_, .saml = &saml_});
  EXPECT_EQ(router.Verify(CheckOf(AssertionType::kOidcIdToken))->issuer, "oidc");
  EXPECT_EQ(router.Verify(CheckOf(AssertionType::kSamlResponse))->issuer, "saml");
}

TEST_F(AssertionRouterTest, SamlResponseWithoutASamlProviderIsRejected) {
  AssertionRouter router({.oidc = &oidc_, .saml = nullptr});
  EXPECT_THAT(router.Verify(CheckOf(AssertionType::kSamlResponse)),
              FailsWith(Reason::kAssertionRejected));
}

TEST_F(AssertionRouterTest, IdTokenWithoutAnOpenIdProviderIsRejected) {
  AssertionRouter router({.oidc = nullptr, .saml = &saml_});
  EXPECT_THAT(router.Verify(CheckOf(AssertionType::kOidcIdToken)),
              FailsWith(Reason::kAssertionRejected));
}

}  // namespace
}  // namespace enkrat::idp_client
