// What the unit grants: judged by OpenSSL.
#include "tsa/timestamp_unit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/der.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/tsa/openssl_view.h"
#include "tests/unit/tsa/unit_fixture.h"

namespace enkrat::tsa {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TimestampUnit, GrantedResponseIsAcceptedByOpenSsl) {
  UnitFixture fixture;
  const Bytes request = OpenSslRequest();
  const OpenSslView view(fixture.MakeUnit()->Respond(request, fixture.WithKey()));
  EXPECT_EQ(view.status(), TS_STATUS_GRANTED);
  EXPECT_THAT(view.failures(), IsEmpty());
  EXPECT_EQ(view.Verify(request, {fixture.authority.root_der()}), "");
}

}  // namespace
}  // namespace enkrat::tsa
