#include "server/grpc_status.h"

#include <gtest/gtest.h>

#include <string>

#include "common/reason.h"
#include "enkrat/rpc/status_details.pb.h"

namespace enkrat::server {
namespace {

constexpr char kPoison[] = "CKR_PIN_INCORRECT /var/lib/enkrat Ana Novak eyJhbGciOi";

Reason LastReason() { return Reason::kSignatureSelfCheckFailed; }

rpc::Status DetailsOf(const grpc::Status& status) {
  rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  return details;
}

TEST(GrpcStatusTest, NothingOfTheInternalMessageLeaksForAnyReason) {
  for (int i = 0; i <= static_cast<int>(LastReason()); ++i) {
    for (const bool spent : {false, true}) {
      absl::Status status = WithContext(MakeError(static_cast<Reason>(i), kPoison), kPoison);
      if (spent) status = WithAssertionSpent(status);
      const grpc::Status seen = ToGrpcStatus(status);
      const std::string all = seen.error_message() + seen.error_details();
      for (const char* part : {"CKR_", "/var", "Ana", "eyJ"}) {
        EXPECT_EQ(all.find(part), std::string::npos) << ReasonName(static_cast<Reason>(i));
      }
      EXPECT_FALSE(seen.ok());
    }
  }
}

TEST(GrpcStatusTest, EveryErrorNamesItsReasonInErrorInfo) {
  for (int i = 0; i <= static_cast<int>(LastReason()); ++i) {
    const auto reason = static_cast<Reason>(i);
    const grpc::Status seen = ToGrpcStatus(MakeError(reason, ""));
    const rpc::Status details = DetailsOf(seen);
    ASSERT_GE(details.details_size(), 1);
    EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
    rpc::ErrorInfo info;
    ASSERT_TRUE(info.ParseFromString(details.details(0).value()));
    EXPECT_EQ(info.reason(), ReasonName(reason));
    EXPECT_EQ(info.domain(), "enkrat");
    EXPECT_EQ(details.code(), seen.error_code());
  }
}

TEST(GrpcStatusTest, MissingPartIsUnavailableBeforeTheSpendAndAbortedAfter) {
  for (const Reason reason : {Reason::kHsmUnavailable, Reason::kIdpKeysUnavailable,
                              Reason::kStoreUnavailable, Reason::kTimestampUnavailable}) {
    EXPECT_EQ(ToGrpcStatus(MakeError(reason, "")).error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(ToGrpcStatus(WithAssertionSpent(MakeError(reason, ""))).error_code(),
              grpc::StatusCode::ABORTED);
  }
}

TEST(GrpcStatusTest, NothingIsWorthAnotherTryOnceTheAssertionIsSpent) {
  for (int i = 0; i <= static_cast<int>(LastReason()); ++i) {
    const auto reason = static_cast<Reason>(i);
    const grpc::Status before = ToGrpcStatus(MakeError(reason, ""));
    const grpc::Status after = ToGrpcStatus(WithAssertionSpent(MakeError(reason, "")));
    const bool of_ours = before.error_code() == grpc::StatusCode::INTERNAL ||
                         before.error_code() == grpc::StatusCode::FAILED_PRECONDITION;
    EXPECT_EQ(after.error_code(), of_ours ? before.error_code() : grpc::StatusCode::ABORTED)
        << ReasonName(reason);
    rpc::ErrorInfo info;
    ASSERT_TRUE(info.ParseFromString(DetailsOf(after).details(0).value()));
    EXPECT_EQ(info.metadata().at("assertion_spent"), "true");
  }
}

TEST(GrpcStatusTest, FieldAndRetryDelayTravelAsDetails) {
  const rpc::Status bad = DetailsOf(ToGrpcStatus(
      WithField(MakeError(Reason::kDigestUnsupported, ""), "intent.documents[3].digest")));
  ASSERT_EQ(bad.details_size(), 2);
  rpc::BadRequest request;
  ASSERT_TRUE(request.ParseFromString(bad.details(1).value()));
  EXPECT_EQ(request.field_violations(0).field(), "intent.documents[3].digest");

  const rpc::Status busy = DetailsOf(
      ToGrpcStatus(WithRetryDelay(MakeError(Reason::kOverloaded, ""), absl::Milliseconds(1250))));
  ASSERT_EQ(busy.details_size(), 2);
  rpc::RetryInfo retry;
  ASSERT_TRUE(retry.ParseFromString(busy.details(1).value()));
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 250'000'000);
}

TEST(GrpcStatusTest, DeadlineNamesItsStep) {
  const grpc::Status seen =
      ToGrpcStatus(WithField(MakeError(Reason::kDeadlineTooShort, kPoison), "generate the key"));
  EXPECT_EQ(seen.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(seen.error_message(), "The deadline is too short for the step: generate the key.");
}

TEST(GrpcStatusTest, LowLevelOfAssuranceNamesTheLevelAskedFor) {
  const grpc::Status seen =
      ToGrpcStatus(WithField(MakeError(Reason::kLevelOfAssuranceTooLow, kPoison), "high"));
  EXPECT_EQ(seen.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(seen.error_message(), "The level of assurance is too low; asked for: high.");
}

}  // namespace
}  // namespace enkrat::server
