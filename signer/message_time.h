// Points in time as protobuf carries them.
#ifndef ENKRAT_SIGNER_MESSAGE_TIME_H_
#define ENKRAT_SIGNER_MESSAGE_TIME_H_

#include <google/protobuf/timestamp.pb.h>

#include "absl/time/time.h"

namespace enkrat::signer {

inline void FillTime(absl::Time time, google::protobuf::Timestamp& message) {
  message.set_seconds(absl::ToUnixSeconds(time));  // rounds down
  message.set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(message.seconds()))));
}

inline absl::Time TimeFrom(const google::protobuf::Timestamp& message) {
  return absl::FromUnixSeconds(message.seconds()) + absl::Nanoseconds(message.nanos());
}

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_MESSAGE_TIME_H_
