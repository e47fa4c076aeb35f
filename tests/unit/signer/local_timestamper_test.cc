#include "signer/local_timestamper.h"

#include "tests/unit/signer/workflow_fixture.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

class LocalTimestamperTest : public WorkflowTest {
 protected:
  LocalTimestamper timestamper_{*units_, *pool_, clock_};
  const Bytes query_ = tsa::EncodeTimestampRequest({.digest = Bytes(32, 1)}, Bytes(8, 1));
  const absl::Time deadline_ = clock_.Now() + absl::Seconds(5);
};

TEST_F(LocalTimestamperTest, StampsAndGivesTheSessionBack) {
  ASSERT_OK_AND_ASSIGN(const tsa::IssuedTimestamp issued,
                       timestamper_.Timestamp({.digest = Bytes(32, 1)}, deadline_));
  EXPECT_FALSE(issued.token_der.empty());
  EXPECT_EQ(pool_->statistics().sessions_leased, 0u);
}

TEST_F(LocalTimestamperTest, DigestOfAnotherLengthTakesNoSession) {
  EXPECT_THAT(timestamper_.Timestamp({.digest = Bytes(31, 1)}, deadline_),
              FailsWith(Reason::kDigestUnsupported));
  EXPECT_EQ(token_.CallCount("C_Sign"), 0);
}

TEST_F(LocalTimestamperTest, TokenThatIsAwayIsAnErrorForCallersAndARejectionOnTheWire) {
  token_.SetGone(true);
  EXPECT_FALSE(timestamper_.Timestamp({.digest = Bytes(32, 1)}, deadline_).ok());
  const LocalTimestamper::Reply reply = timestamper_.Respond(query_, deadline_);
  EXPECT_FALSE(reply.response_der.empty());
  EXPECT_THAT(reply.status, FailsWith(Reason::kHsmUnavailable));
}

TEST_F(LocalTimestamperTest, GoodQueryIsGrantedAndGarbageIsMalformed) {
  EXPECT_THAT(timestamper_.Respond(query_, deadline_).status, IsOk());
  const LocalTimestamper::Reply reply = timestamper_.Respond(AsSpan("garbage"), deadline_);
  EXPECT_FALSE(reply.response_der.empty());
  EXPECT_THAT(reply.status, FailsWith(Reason::kRequestMalformed));
}

}  // namespace
}  // namespace enkrat::signer
