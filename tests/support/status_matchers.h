// Matchers for absl::Status: EXPECT_THAT(status, IsOk()), EXPECT_THAT(result,
// FailsWith(Reason::kNotFound)).
#ifndef ENKRAT_TESTS_SUPPORT_STATUS_MATCHERS_H_
#define ENKRAT_TESTS_SUPPORT_STATUS_MATCHERS_H_

#include <gmock/gmock.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/reason.h"

namespace enkrat::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, "is OK") {
  const absl::Status status = StatusOf(arg);
  *result_listener << status.ToString();
  return status.ok();
}

MATCHER_P(FailsWith, reason, std::string("fails with ") + std::string(ReasonName(reason))) {
  const absl::Status status = StatusOf(arg);
  *result_listener << status.ToString();
  return !status.ok() && ReasonOf(status) == reason;
}

}  // namespace enkrat::testing

// ASSERT_OK_AND_ASSIGN(auto value, FallibleCall());
#define ENKRAT_TEST_JOIN_INNER(x, y) x##y
#define ENKRAT_TEST_JOIN(x, y) ENKRAT_TEST_JOIN_INNER(x, y)
#define ASSERT_OK_AND_ASSIGN(target, expression) \
  ASSERT_OK_AND_ASSIGN_INNER(ENKRAT_TEST_JOIN(enkrat_test_or_, __LINE__), target, expression)
#define ASSERT_OK_AND_ASSIGN_INNER(holder, target, expression) \
  auto holder = (expression);                                  \
  ASSERT_THAT(holder, ::enkrat::testing::IsOk());              \
  target = *std::move(holder)

#endif  // ENKRAT_TESTS_SUPPORT_STATUS_MATCHERS_H_
