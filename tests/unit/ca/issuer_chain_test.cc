// Chains under which nothing may be issued.
#include "ca/issuer_chain.h"

#include <gtest/gtest.h>

#include "ca/issuer.h"
#include "common/der.h"
#include "common/reason.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::SoftwareAuthority;

class IssuerChainTest : public ::testing::Test {
 protected:
  absl::Status Check(const std::vector<Bytes>& chain) {
    return CheckIssuerChain(chain, authority_.clock.Now()).status();
  }

  SoftwareAuthority authority_;
};

TEST_F(IssuerChainTest, IssuingCaUnderARootIsAChain) {
  ASSERT_OK_AND_ASSIGN(const IssuerChain chain,
                       CheckIssuerChain(authority_.chain_der(), authority_.clock.Now()));
  EXPECT_EQ(chain.public_key.spki_der(), authority_.issuing_key->public_key().spki_der());
  EXPECT_EQ(chain.key_identifier.size(), 20);
  EXPECT_EQ(chain.not_after, authority_.clock.Now() + absl::Hours(24 * 3649));
}

TEST_F(IssuerChainTest, RootAloneIsAChain) { EXPECT_THAT(Check({authority_.root_der}), IsOk()); }

TEST_F(IssuerChainTest, EmptyAndOverlongChainsAreRefused) {
  EXPECT_THAT(Check({}), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(Check(std::vector<Bytes>(9, authority_.root_der)),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(IssuerChainTest, GarbageIsRefused) {
  EXPECT_THAT(Check({Bytes{0x30, 0x00}, authority_.root_der}),
              FailsWith(Reason::kConfigurationInvalid));
  Bytes longer = authority_.issuing_der;
  longer.push_back(0);
  EXPECT_THAT(Check({longer, authority_.root_der}), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(IssuerChainTest, ChainWithoutItsRootIsRefused) {
  EXPECT_THAT(Check({authority_.issuing_der}), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(IssuerChainTest, ChainInTheWrongOrderIsRefused) {
  EXPECT_THAT(Check({authority_.root_der, authority_.issuing_der}),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(IssuerChainTest, RootOfTheSameNameWithAnotherKeyIsRefused) {
  const SoftwareAuthority other;
  EXPECT_THAT(Check({authority_.issuing_der, other.root_der}),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(IssuerChainTest, ForgedSignatureIsRefused) {
  Bytes forged = authority_.issuing_der;
  forged.back() ^= 1;
  EXPECT_THAT(Check({forged, authority_.root_der}), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(IssuerChainTest, SignerThatIsNoCaIsRefused) {
  const auto key = testing::SoftwareSigningKey::Generate();
  const Bytes unit =
      authority_.Make(authority_.Request(AuthorityRole::kTimestampingUnit, key->public_key()),
                      *authority_.root_key);
  EXPECT_THAT(Check({unit, authority_.root_der}), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(IssuerChainTest, MoreCasThanThePathLengthAllowsAreRefused) {
  // A second root key certified below the issuing CA, whose pathLen is 0.
  ca::AuthorityRequest request =
      authority_.Request(AuthorityRole::kRootCa, authority_.root_key->public_key());
  const Bytes root = authority_.Make(request, *authority_.root_key);
  EXPECT_THAT(Check({authority_.issuing_der, authority_.root_der, root}),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(IssuerChainTest, ChainIsValidFromItsFirstToItsLastSecond) {
  const absl::Time start = authority_.clock.Now() - absl::Hours(24);
  const absl::Time end = start + absl::Hours(24 * 3650);
  const std::vector<Bytes> chain = authority_.chain_der();
  EXPECT_THAT(CheckIssuerChain(chain, start), IsOk());
  EXPECT_THAT(CheckIssuerChain(chain, end), IsOk());
  EXPECT_THAT(CheckIssuerChain(chain, start - absl::Seconds(1)),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(CheckIssuerChain(chain, end + absl::Seconds(1)),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(IssuerChainTest, IssuerIsNotMadeWithABrokenChainOrWithoutAClock) {
  EXPECT_THAT(Issuer::Create({.chain_der = {authority_.issuing_der}, .clock = &authority_.clock}),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(Issuer::Create({.chain_der = authority_.chain_der()}),
              FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::ca
