#include "cli/service_error.h"

#include <gtest/gtest.h>

#include "common/reason.h"
#include "enkrat/rpc/status_details.pb.h"
#include "tests/support/status_matchers.h"

namespace enkrat::cli {
namespace {

constexpr int kInvalidArgument = 3;
constexpr int kAborted = 10;
constexpr int kInternal = 13;

void Add(rpc::Status& status, const std::string& type, const google::protobuf::Message& detail) {
  google::protobuf::Any* any = status.add_details();
  any->set_type_url("type.googleapis.com/google.rpc." + type);
  any->set_value(detail.SerializeAsString());
}

std::string Details(const std::string& reason, const std::string& domain = "enkrat",
                    const std::string& spent = "") {
  rpc::Status status;
  rpc::ErrorInfo info;
  if (!spent.empty()) (*info.mutable_metadata())["assertion_spent"] = spent;
  info.set_reason(reason);
  info.set_domain(domain);
  Add(status, "ErrorInfo", info);
  rpc::BadRequest bad;
  bad.add_field_violations()->set_field("intent.documents[2].digest");
  Add(status, "BadRequest", bad);
  rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_nanos(250'000'000);
  Add(status, "RetryInfo", retry);
  return status.SerializeAsString();
}

TEST(ServiceErrorTest, ReasonFieldAndDelayAreReadBack) {
  const absl::Status status =
      FromServiceError(kInvalidArgument, "No.", Details("DIGEST_UNSUPPORTED"));
  EXPECT_THAT(status, testing::FailsWith(Reason::kDigestUnsupported));
  EXPECT_EQ(status.message(), "No.");
  EXPECT_EQ(FieldOf(status), "intent.documents[2].digest");
  EXPECT_EQ(RetryDelayOf(status), absl::Milliseconds(250));
  EXPECT_FALSE(AssertionSpent(status));
}

TEST(ServiceErrorTest, AbortedMeansThatTheAssertionIsSpent) {
  EXPECT_TRUE(AssertionSpent(FromServiceError(kAborted, "x", Details("HSM_UNAVAILABLE"))));
}

TEST(ServiceErrorTest, MetadataSaysThatTheAssertionIsSpent) {
  EXPECT_TRUE(AssertionSpent(
      FromServiceError(kInternal, "x", Details("LINT_FAILED", "enkrat", /*spent=*/"true"))));
}

TEST(ServiceErrorTest, MetadataOfAnotherDomainOrValueDoesNotSayIt) {
  EXPECT_FALSE(AssertionSpent(
      FromServiceError(kInternal, "x", Details("LINT_FAILED", "proxy.example", "true"))));
  EXPECT_FALSE(
      AssertionSpent(FromServiceError(kInternal, "x", Details("LINT_FAILED", "enkrat", "false"))));
}

TEST(ServiceErrorTest, DetailsOfAnotherDomainGiveNoReason) {
  const absl::Status status =
      FromServiceError(kInvalidArgument, "No.", Details("DIGEST_UNSUPPORTED", "proxy.example"));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), Reason::kInternal);
}

TEST(ServiceErrorTest, UnknownReasonKeepsCodeAndMessage) {
  const absl::Status status = FromServiceError(kInvalidArgument, "No.", Details("OF_TOMORROW"));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "No.");
}

TEST(ServiceErrorTest, DetailsThatAreNoMessageAreLeftOut) {
  for (const std::string& details :
       {std::string(), std::string("\xff\xff\xff"), std::string(3, '\0')}) {
    const absl::Status status = FromServiceError(kInvalidArgument, "No.", details);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(FieldOf(status), "");
  }
}

}  // namespace
}  // namespace enkrat::cli
