#include "cli/timestamp_query.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/cli/fake_timestamp_unit.h"

namespace enkrat::cli {
namespace {

using testing::FailsWith;

constexpr auto kSha256 = DigestAlgorithm::kSha256;

class TimestampQueryTest : public ::testing::Test {
 protected:
  Bytes Answer(const Bytes& query_der) { return unit_.Answer(query_der); }

  const FakeTimestampUnit unit_;
  const Bytes digest_ = ComputeDigest(kSha256, AsSpan("document"));
  const TimestampQuery query_ = TimestampQuery::Create(kSha256, digest_).value();
};

TEST_F(TimestampQueryTest, GoodAnswerIsAcceptedAndRead) {
  ASSERT_OK_AND_ASSIGN(const TimestampFacts facts, query_.CheckResponse(Answer(query_.der())));
  EXPECT_EQ(facts.serial_number, "1234");
  EXPECT_EQ(facts.policy, "1.2.3.4");
  EXPECT_LT(absl::AbsDuration(facts.gen_time - absl::Now()), absl::Seconds(60));
  EXPECT_FALSE(facts.token_der.empty());
}

TEST_F(TimestampQueryTest, QueryAsksForTheCertificateWithANonceOfItsOwn) {
  const TimestampQuery other = TimestampQuery::Create(kSha256, digest_).value();
  EXPECT_NE(query_.der(), other.der());
}

TEST_F(TimestampQueryTest, AnswerToAnotherNonceIsRejected) {
  const TimestampQuery other = TimestampQuery::Create(kSha256, digest_).value();
  EXPECT_THAT(query_.CheckResponse(Answer(other.der())), FailsWith(Reason::kRequestMalformed));
}

TEST_F(TimestampQueryTest, AnswerOverAnotherDigestIsRejected) {
  const Bytes digest = ComputeDigest(kSha256, AsSpan("other"));
  const TimestampQuery other = TimestampQuery::Create(kSha256, digest).value();
  EXPECT_THAT(query_.CheckResponse(Answer(other.der())), FailsWith(Reason::kRequestMalformed));
}

TEST_F(TimestampQueryTest, AnswerWithAnotherSignatureIsRejected) {
  Bytes answer = Answer(query_.der());
  answer.back() ^= 1;  // in the signature value, which comes last
  EXPECT_THAT(query_.CheckResponse(answer), FailsWith(Reason::kRequestMalformed));
}

TEST_F(TimestampQueryTest, RefusalIsReportedWithTheUnitsWords) {
  const Bytes digest(64, 1);  // SHA-512 is not among the unit's digests
  const TimestampQuery query = TimestampQuery::Create(DigestAlgorithm::kSha512, digest).value();
  const auto facts = query.CheckResponse(Answer(query.der()));
  EXPECT_THAT(facts, FailsWith(Reason::kRequestMalformed));
  EXPECT_NE(std::string(facts.status().message()).find("refused: "), std::string::npos);
}

TEST_F(TimestampQueryTest, UnitWithoutTimeIsUnavailableAndNotAWrongQuery) {
  // RFC 3161 2.4.2: { { rejection, PKIFailureInfo with bit 14, timeNotAvailable } }.
  const Bytes answer = {0x30, 0x0a, 0x30, 0x08, 0x02, 0x01, 0x02, 0x03, 0x03, 0x01, 0x00, 0x02};
  EXPECT_THAT(query_.CheckResponse(answer), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(TimestampQueryTest, OctetsThatAreNoResponseAreRejected) {
  EXPECT_THAT(query_.CheckResponse({}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(query_.CheckResponse(Bytes(40, 0x30)), FailsWith(Reason::kRequestMalformed));
  Bytes trailing = Answer(query_.der());
  trailing.push_back(0);
  EXPECT_THAT(query_.CheckResponse(trailing), FailsWith(Reason::kRequestMalformed));
}

TEST_F(TimestampQueryTest, DigestOfAnotherLengthIsRefused) {
  EXPECT_THAT(TimestampQuery::Create(kSha256, Bytes(20, 1)), FailsWith(Reason::kDigestUnsupported));
}

}  // namespace
}  // namespace enkrat::cli
