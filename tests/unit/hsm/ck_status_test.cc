#include "hsm/ck_status.h"

#include <gtest/gtest.h>

#include "hsm/cryptoki.h"
#include "tests/support/status_matchers.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

TEST(CkStatus, OkIsOk) { EXPECT_THAT(CkStatus(CKR_OK, "C_Sign"), IsOk()); }

struct MeaningCase {
  ReturnValue rv;
  Reason reason;
  bool quarantine;
  bool reconnect;
};

class CkStatusMeaning : public ::testing::TestWithParam<MeaningCase> {};

TEST_P(CkStatusMeaning, IsThatOfTheTable) {
  const MeaningCase& param = GetParam();
  const ReturnValueMeaning meaning = MeaningOf(param.rv);
  EXPECT_EQ(meaning.reason, param.reason);
  EXPECT_EQ(meaning.quarantine_session, param.quarantine);
  EXPECT_EQ(meaning.reconnect_module, param.reconnect);
  EXPECT_THAT(CkStatus(param.rv, "C_Sign"), FailsWith(param.reason));
}

INSTANTIATE_TEST_SUITE_P(
    Classes, CkStatusMeaning,
    ::testing::Values(MeaningCase{CKR_SESSION_HANDLE_INVALID, Reason::kHsmUnavailable, true, false},
                      MeaningCase{CKR_SESSION_CLOSED, Reason::kHsmUnavailable, true, false},
                      MeaningCase{CKR_OBJECT_HANDLE_INVALID, Reason::kHsmUnavailable, true, false},
                      MeaningCase{CKR_KEY_HANDLE_INVALID, Reason::kHsmUnavailable, true, false},
                      MeaningCase{CKR_DEVICE_ERROR, Reason::kHsmUnavailable, true, true},
                      MeaningCase{CKR_DEVICE_REMOVED, Reason::kHsmUnavailable, true, true},
                      MeaningCase{CKR_TOKEN_NOT_PRESENT, Reason::kHsmUnavailable, true, true},
                      MeaningCase{CKR_TOKEN_NOT_RECOGNIZED, Reason::kHsmUnavailable, true, true},
                      MeaningCase{CKR_GENERAL_ERROR, Reason::kHsmUnavailable, true, true},
                      MeaningCase{CKR_CRYPTOKI_NOT_INITIALIZED, Reason::kHsmUnavailable, true,
                                  true},
                      MeaningCase{CKR_USER_NOT_LOGGED_IN, Reason::kHsmUnavailable, true, true},
                      MeaningCase{CKR_SESSION_COUNT, Reason::kOverloaded, false, false},
                      MeaningCase{CKR_DEVICE_MEMORY, Reason::kOverloaded, false, false},
                      MeaningCase{CKR_HOST_MEMORY, Reason::kOverloaded, false, false},
                      MeaningCase{CKR_FUNCTION_FAILED, Reason::kOverloaded, false, false},
                      MeaningCase{CKR_PIN_INCORRECT, Reason::kPinRejected, false, false},
                      MeaningCase{CKR_PIN_LOCKED, Reason::kPinRejected, false, false},
                      MeaningCase{CKR_PIN_EXPIRED, Reason::kPinRejected, false, false},
                      MeaningCase{CKR_OPERATION_ACTIVE, Reason::kInternal, true, false},
                      MeaningCase{CKR_MECHANISM_INVALID, Reason::kInternal, false, false},
                      MeaningCase{CKR_TEMPLATE_INCONSISTENT, Reason::kInternal, false, false},
                      MeaningCase{CKR_VENDOR_DEFINED + 7, Reason::kInternal, false, false},
                      MeaningCase{0x7777, Reason::kInternal, false, false}));

TEST(CkStatus, MessageNamesCallValueAndHexForTheLog) {
  const absl::Status status = CkStatus(CKR_DEVICE_ERROR, "C_Sign");
  EXPECT_EQ(status.message(), "C_Sign answered CKR_DEVICE_ERROR (0x30)");
}

TEST(CkStatus, ValueCanBeReadBackFromTheError) {
  EXPECT_EQ(ReturnValueOf(CkStatus(CKR_DEVICE_ERROR, "C_Sign")), CKR_DEVICE_ERROR);
  EXPECT_EQ(ReturnValueOf(MakeError(Reason::kInternal, "ours")), std::nullopt);
}

TEST(CkStatus, OverloadTellsTheCallerToStayAway) {
  EXPECT_TRUE(RetryDelayOf(CkStatus(CKR_DEVICE_MEMORY, "C_Sign")).has_value());
  EXPECT_FALSE(RetryDelayOf(CkStatus(CKR_DEVICE_ERROR, "C_Sign")).has_value());
}

TEST(ReturnValueName, NamesGoBothWays) {
  EXPECT_EQ(ReturnValueName(CKR_PIN_LOCKED), "CKR_PIN_LOCKED");
  EXPECT_EQ(ReturnValueFromName("CKR_PIN_LOCKED"), CKR_PIN_LOCKED);
  EXPECT_EQ(ReturnValueFromName("CKR_NO_SUCH"), std::nullopt);
}

TEST(ReturnValueName, VendorCodeIsCalledOneAndUnknownCodeUnknown) {
  EXPECT_EQ(DescribeReturnValue(0x8000002f), "CKR_VENDOR_DEFINED (0x8000002f)");
  EXPECT_EQ(DescribeReturnValue(0x7777), "CKR_UNKNOWN (0x7777)");
}

}  // namespace
}  // namespace enkrat::hsm
