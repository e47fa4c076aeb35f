// esi4-qtstStatement-1 in tokens and certificates (EN 319 422 9.1).
#include "tsa/qualified_statement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/der_writer.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/tsa/unit_fixture.h"
#include "tsa/timestamp_request.h"
#include "tsa/tst_info.h"

namespace enkrat::tsa {
namespace {

using ::enkrat::testing::FailsWith;
using ::testing::HasSubstr;

TstInfo Info(bool qualified) {
  return {.policy = {0x04, 0x00, 0x8f, 0x67, 0x01, 0x01},
          .imprint_der = EncodeImprint(ImprintOf()),
          .serial_number = {0x41},
          .gen_time = absl::FromUnixSeconds(1'800'000'000),
          .accuracy = absl::Seconds(1),
          .ordering = false,
          .nonce = {0x07},
          .qualified = qualified};
}

TEST(QualifiedStatementTest, StatementIsTheStandardsOctets) {
  EXPECT_EQ(ToHex(QualifiedTimestampStatements()),
            "300b3009060704008197"
            "5e0101");
  EXPECT_TRUE(HasQualifiedTimestampStatement(QualifiedTimestampStatements()));
}

TEST(QualifiedStatementTest, OtherStatementsAndOtherOctetsAreNone) {
  const Bytes other = DerOf(der_tag::kSequence, {DerOf(der_tag::kSequence, {DerOid(Bytes{0x2a})})});
  EXPECT_FALSE(HasQualifiedTimestampStatement(other));
  EXPECT_FALSE(HasQualifiedTimestampStatement({}));
  EXPECT_FALSE(HasQualifiedTimestampStatement(Bytes{0x30, 0x00}));
  Bytes longer = QualifiedTimestampStatements();
  longer.push_back(0);
  EXPECT_FALSE(HasQualifiedTimestampStatement(longer));
  for (size_t size = 0; size < QualifiedTimestampStatements().size(); ++size) {
    EXPECT_FALSE(
        HasQualifiedTimestampStatement(ByteSpan(QualifiedTimestampStatements()).subspan(0, size)));
  }
}

TEST(QualifiedStatementTest, TokenSaysItInAnExtensionThatIsNotCritical) {
  const Bytes der = EncodeTstInfo(Info(true));
  EXPECT_THAT(ToHex(der), HasSubstr("a11b301906082b06010505070103040d300b30090607040081975e0101"));
  EXPECT_TRUE(ParseTstInfo(der)->qualified);
  EXPECT_FALSE(ParseTstInfo(EncodeTstInfo(Info(false)))->qualified);
}

TEST(QualifiedStatementTest, UnitWithoutTheClaimInItsCertificateIsRefused) {
  UnitFixture fixture;
  TimestampUnit::Options options = fixture.UnitOptions();
  options.qualified = true;
  EXPECT_THAT(TimestampUnit::Create(std::move(options)), FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::tsa
