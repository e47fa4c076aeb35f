// Signatures that an outside TSA stamps: its units' revocation data goes with them, and what
// cannot be had is known before the assertion is spent, as far as it can be.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "common/reason.h"
#include "signer/local_timestamper.h"
#include "signer/signing_workflow.h"
#include "tests/unit/signer/workflow_fixture.h"
#include "tsa/token.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class FakeOwnData final : public ValidationDataSource {
 public:
  absl::StatusOr<std::shared_ptr<const ValidationData>> Current(absl::Time, absl::Time) override {
    return std::make_shared<const ValidationData>(data);
  }
  ValidationData data;
};

// Answers what it was given; fails the nth question if told so.
class FakeOutsideData final : public OutsideValidationData {
 public:
  struct Question {
    size_t tokens = 0;
    absl::Time not_before;
  };

  absl::StatusOr<std::shared_ptr<const ValidationData>> About(
      const std::vector<ByteSpan>& tokens_der, absl::Time not_before, absl::Time) override {
    for (const ByteSpan token : tokens_der) EXPECT_THAT(tsa::ParseToken(token), IsOk());
    asked.push_back({.tokens = tokens_der.size(), .not_before = not_before});
    if (asked.size() == failing) {
      return MakeError(Reason::kValidationDataUnavailable, "unreachable");
    }
    return std::make_shared<const ValidationData>(data);
  }

  ValidationData data;
  size_t failing = 0;
  std::vector<Question> asked;
};

class WorkflowOutsideTest : public WorkflowTest {
 protected:
  WorkflowOutsideTest() : tsa_(*units_, *pool_, clock_) {
    own_.data.certificates_der = issuer_->chain_der();
    outside_.data.certificates_der = {authority_.Issue({}).der};
    UseParts([&](SigningWorkflow::Parts& parts) {
      parts.timestamp_units = nullptr;
      parts.outside_timestamper = &tsa_;
      parts.archive_timestamper = &tsa_;
      parts.validation_data = &own_;
      parts.outside_validation_data = &outside_;
    });
  }

  SigningRequest RequestFor(SignatureFormat format, size_t documents = 1) {
    SigningRequest request = Request(documents);
    request.format = format;
    return request;
  }

  FakeOwnData own_;
  FakeOutsideData outside_;
  LocalTimestamper tsa_;
};

TEST_F(WorkflowOutsideTest, ItsUnitsDataIsInTheBundleBesideOurOwn) {
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(RequestFor(SignatureFormat::kCadesBLT)));
  EXPECT_THAT(result.validation_data->certificates_der,
              Contains(outside_.data.certificates_der[0]));
  EXPECT_THAT(result.validation_data->certificates_der, Contains(issuer_->chain_der()[0]));
}

TEST_F(WorkflowOutsideTest, ItIsAskedForTheTokensOfTheSessionFromAfterThem) {
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(RequestFor(SignatureFormat::kCadesBLT, 3)));
  ASSERT_EQ(outside_.asked.size(), 2u);
  EXPECT_EQ(outside_.asked[0].tokens, 0u) << "before anything is spent";
  EXPECT_EQ(outside_.asked[1].tokens, 3u);
  EXPECT_EQ(outside_.asked[1].not_before, result.signatures[2].timestamp->gen_time);
}

TEST_F(WorkflowOutsideTest, StatusThatCannotBeHadCostsNoAssertion) {
  outside_.failing = 1;
  const auto result = Sign(RequestFor(SignatureFormat::kCadesBLT));
  EXPECT_THAT(result, FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_FALSE(AssertionSpent(result.status()));
  EXPECT_EQ(identities_.calls(), 0);
  EXPECT_EQ(token_.CallCount("C_GenerateKeyPair"), 0);
}

TEST_F(WorkflowOutsideTest, StatusThatIsGoneAfterTheTimestampEndsTheSessionWithNothing) {
  outside_.failing = 2;
  const SigningRequest request = RequestFor(SignatureFormat::kCadesBLT);
  const auto result = Sign(request);
  EXPECT_THAT(result, FailsWith(Reason::kValidationDataUnavailable));
  EXPECT_TRUE(AssertionSpent(result.status()));
  EXPECT_THAT(Sign(request), FailsWith(Reason::kValidationDataUnavailable)) << "the same again";
  EXPECT_THAT(EvidenceText(), Not(::testing::HasSubstr("validation-data-added")));
  ExpectNoOneTimeKey();
}

TEST_F(WorkflowOutsideTest, ArchiveTimestampsAreAskedAboutToo) {
  ASSERT_THAT(Sign(RequestFor(SignatureFormat::kCadesBLTA, 2)), IsOk());
  ASSERT_EQ(outside_.asked.size(), 3u);
  EXPECT_EQ(outside_.asked[2].tokens, 2u);
}

TEST_F(WorkflowOutsideTest, ArchiveTimestampOfARevokedUnitEndsTheSessionWithNothing) {
  outside_.failing = 3;
  EXPECT_THAT(Sign(RequestFor(SignatureFormat::kCadesBLTA)),
              FailsWith(Reason::kValidationDataUnavailable));
}

TEST_F(WorkflowOutsideTest, TimestampedSignatureWithoutValidationDataDoesNotAsk) {
  outside_.failing = 1;
  EXPECT_THAT(Sign(RequestFor(SignatureFormat::kCadesBT)), IsOk());
  EXPECT_THAT(outside_.asked, IsEmpty());
}

TEST_F(WorkflowOutsideTest, DataBesideATimestampedSignatureIsAskedFor) {
  SigningRequest request = RequestFor(SignatureFormat::kCadesBT);
  request.include_validation_data = true;
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(std::move(request)));
  EXPECT_EQ(outside_.asked.size(), 2u);
  EXPECT_THAT(result.validation_data->certificates_der,
              Contains(outside_.data.certificates_der[0]));
}

// There is nothing of the TSA's in it.
TEST_F(WorkflowOutsideTest, DataBesideASignatureWithoutTimestampIsOurOwn) {
  outside_.failing = 1;
  SigningRequest request = RequestFor(SignatureFormat::kCadesBB);
  request.include_validation_data = true;
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(std::move(request)));
  EXPECT_EQ(result.validation_data->certificates_der, issuer_->chain_der());
  EXPECT_THAT(outside_.asked, IsEmpty());
}

}  // namespace
}  // namespace enkrat::signer
