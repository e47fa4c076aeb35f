#include "hsm/quirks.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;

TEST(Quirks, SoftHsmIsKnownByItsManufacturer) {
  const Quirks& quirks = DetectQuirks("SoftHSM", "Implementation of PKCS11");
  EXPECT_EQ(quirks.name, "softhsm");
  EXPECT_TRUE(quirks.close_sessions_only_when_idle);
  EXPECT_GT(quirks.recycle_after_keys, 0u);
}

TEST(Quirks, UnknownModuleIsTakenForAStandardOne) {
  EXPECT_EQ(DetectQuirks("Nobody Ltd", "P11 library").name, "standard");
  EXPECT_EQ(DetectQuirks("", "").name, "standard");
}

TEST(Quirks, EveryEntryIsFoundByItsNameAndSaysWhy) {
  for (const Quirks& quirks : AllQuirks()) {
    absl::StatusOr<const Quirks*> found = QuirksByName(quirks.name);
    ASSERT_TRUE(found.ok()) << quirks.name;
    EXPECT_EQ((*found)->name, quirks.name);
    EXPECT_FALSE(quirks.rationale.empty()) << quirks.name;
  }
}

TEST(Quirks, UnknownNameIsRefusedWithTheNamesThereAre) {
  const absl::StatusOr<const Quirks*> found = QuirksByName("softhms");
  EXPECT_THAT(found, FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(std::string(found.status().message()), ::testing::HasSubstr("softhsm"));
}

}  // namespace
}  // namespace enkrat::hsm
