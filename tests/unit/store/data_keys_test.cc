// Tests of data keys: changed in time, bound to their place, and what happens without the HSM.
#include "store/data_keys.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "common/reason.h"
#include "tests/support/fake_clock.h"
#include "tests/support/software_key_wrapper.h"
#include "tests/support/status_matchers.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

constexpr SealedPlace kPlace = {
    .table = "personal_data", .session_id = "s1", .purpose = "certificate"};

class DataKeysTest : public ::testing::Test {
 protected:
  DataKeysTest() { keys_ = MakeKeys(); }

  std::unique_ptr<DataKeys> MakeKeys() {
    return std::make_unique<DataKeys>(
        DataKeys::Options{.wrapper = &wrapper_,
                          .clock = &clock_,
                          .logger = &logger_,
                          .load = [this](int64_t id) -> absl::StatusOr<Bytes> {
                            const auto found = table_.find(id);
                            if (found == table_.end())
                              return MakeError(Reason::kStoreUnavailable, "lost");
                            return found->second;
                          },
                          .save = [this](Bytes wrapped) -> absl::StatusOr<int64_t> {
                            if (disk_full_) return MakeError(Reason::kStoreUnavailable, "full");
                            const int64_t id = static_cast<int64_t>(table_.size()) + 1;
                            table_[id] = std::move(wrapped);
                            return id;
                          }});
  }
  int64_t CurrentId() { return keys_->Current().value()->id(); }
  SealedOctets Sealed(absl::string_view text) {
    const auto key = keys_->Current().value();
    return {key->id(), key->Seal(kPlace, AsSpan(text)).value()};
  }

  testing::FakeClock clock_;
  std::ostringstream log_;
  Logger logger_{log_, clock_};
  testing::SoftwareKeyWrapper wrapper_;
  std::map<int64_t, Bytes> table_;
  bool disk_full_ = false;
  std::unique_ptr<DataKeys> keys_;
};

TEST_F(DataKeysTest, OpensWhatItSealed) {
  const SealedOctets sealed = Sealed("text");
  EXPECT_EQ(keys_->Open(kPlace, sealed).value(), ToBytes("text"));
}

TEST_F(DataKeysTest, OneWrapServesAllTextsOfADay) {
  for (int i = 0; i < 100; ++i) Sealed("text");
  clock_.Advance(absl::Hours(24) - absl::Microseconds(1));
  Sealed("text");
  EXPECT_EQ(wrapper_.wraps(), 1);
  EXPECT_EQ(table_.size(), 1u);
}

TEST_F(DataKeysTest, KeyIsChangedAfterADay) {
  EXPECT_EQ(CurrentId(), 1);
  clock_.Advance(absl::Hours(24));
  EXPECT_EQ(CurrentId(), 2);
  EXPECT_EQ(CurrentId(), 2);
}

TEST_F(DataKeysTest, SteppedClockChangesNoKey) {
  EXPECT_EQ(CurrentId(), 1);
  clock_.Step(absl::Hours(24 * 365));
  EXPECT_EQ(CurrentId(), 1);
}

TEST_F(DataKeysTest, OldKeyGoesOnWhileTheHsmIsAwayAndThatIsLogged) {
  EXPECT_EQ(CurrentId(), 1);
  clock_.Advance(absl::Hours(24));
  wrapper_.SetAway(true);
  EXPECT_EQ(CurrentId(), 1);
  EXPECT_NE(log_.str().find("HSM_UNAVAILABLE"), std::string::npos);
  const int wraps = wrapper_.wraps();
  EXPECT_EQ(CurrentId(), 1);
  EXPECT_EQ(wrapper_.wraps(), wraps) << "asked again at once";
  wrapper_.SetAway(false);
  clock_.Advance(absl::Minutes(1));
  EXPECT_EQ(CurrentId(), 2);
}

TEST_F(DataKeysTest, KeyThatCannotBeKeptIsNotUsed) {
  EXPECT_EQ(CurrentId(), 1);
  clock_.Advance(absl::Hours(24));
  disk_full_ = true;
  EXPECT_EQ(CurrentId(), 1);
}

TEST_F(DataKeysTest, NothingIsSealedWithoutAFirstKey) {
  wrapper_.SetAway(true);
  EXPECT_THAT(keys_->Current(), FailsWith(Reason::kHsmUnavailable));
  wrapper_.SetAway(false);
  EXPECT_THAT(keys_->Current(), IsOk());
}

TEST_F(DataKeysTest, OldKeyIsUnwrappedOnceAndRemembered) {
  const SealedOctets sealed = Sealed("text");
  keys_ = MakeKeys();
  const int before = wrapper_.unwraps();
  EXPECT_EQ(keys_->Open(kPlace, sealed).value(), ToBytes("text"));
  EXPECT_EQ(keys_->Open(kPlace, sealed).value(), ToBytes("text"));
  EXPECT_EQ(wrapper_.unwraps(), before + 1);
}

TEST_F(DataKeysTest, CiphertextOfAnotherPlaceIsRefused) {
  const SealedOctets sealed = Sealed("text");
  for (const SealedPlace& other :
       {SealedPlace{.table = "results", .session_id = "s1", .purpose = "certificate"},
        SealedPlace{.table = "personal_data", .session_id = "s2", .purpose = "certificate"},
        SealedPlace{.table = "personal_data", .session_id = "s1", .purpose = "identity"}}) {
    EXPECT_THAT(keys_->Open(other, sealed), FailsWith(Reason::kStoreUnavailable));
  }
}

TEST_F(DataKeysTest, CiphertextUnderAnotherKeysIdIsRefused) {
  SealedOctets sealed = Sealed("text");
  clock_.Advance(absl::Hours(24));
  sealed.data_key = CurrentId();
  EXPECT_THAT(keys_->Open(kPlace, sealed), FailsWith(Reason::kStoreUnavailable));
}

TEST_F(DataKeysTest, SameWrappedKeyUnderAnotherIdIsRefused) {
  SealedOctets sealed = Sealed("text");
  table_[7] = table_[1];
  sealed.data_key = 7;
  EXPECT_THAT(keys_->Open(kPlace, sealed), FailsWith(Reason::kStoreUnavailable));
}

TEST_F(DataKeysTest, LostOrAlteredDataKeyIsATypedError) {
  const SealedOctets sealed = Sealed("text");
  keys_ = MakeKeys();
  table_[1][20] ^= 1;
  EXPECT_THAT(keys_->Open(kPlace, sealed), FailsWith(Reason::kConfigurationInvalid));
  table_.clear();
  EXPECT_THAT(keys_->Open(kPlace, sealed), FailsWith(Reason::kStoreUnavailable));
}

TEST_F(DataKeysTest, MessagesNameSessionAndPurposeAndNoContent) {
  SealedOctets sealed = Sealed("Ana Novak");
  sealed.octets[15] ^= 1;
  const absl::Status status = keys_->Open(kPlace, sealed).status();
  EXPECT_NE(status.message().find("certificate of session s1"), absl::string_view::npos);
  EXPECT_EQ(status.message().find("Ana"), absl::string_view::npos);
}

}  // namespace
}  // namespace enkrat::store
