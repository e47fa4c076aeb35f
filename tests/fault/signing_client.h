// A relying party that sees everything an answer carries, and can leave in the middle of a call.
#ifndef ENKRAT_TESTS_FAULT_SIGNING_CLIENT_H_
#define ENKRAT_TESTS_FAULT_SIGNING_CLIENT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "enkrat/v1/signing_service.pb.h"

namespace enkrat::testing {

struct SignAnswer {
  // gRPC's code, which has the same numbers.
  absl::StatusCode code = absl::StatusCode::kUnknown;
  // With the service's Reason, field and retry delay; without a Reason the answer is gRPC's own
  // (no connection, the deadline at the client).
  absl::Status status = absl::UnknownError("no answer");
  bool from_service = false;  // it is the service that answered, not gRPC
  v1::SignResponse response = {};
  absl::Duration took = absl::ZeroDuration();
};

// Thread-safe. Plaintext; a connection of its own.
class SigningClient {
 public:
  // A call under way.
  class Call {
   public:
    virtual ~Call() = default;
    // Resets the stream.
    virtual void Cancel() = 0;
  };
  using Done = std::function<void(const SignAnswer&)>;

  explicit SigningClient(const std::string& target);  // host:port
  // Waits for the calls of Start.
  ~SigningClient();

  SignAnswer Sign(const v1::SignRequest& request, absl::Duration timeout = absl::Seconds(30));
  absl::Status GetSession(const std::string& request_id, v1::GetSessionResponse* response);
  // `done` runs on a thread of gRPC.
  std::shared_ptr<Call> Start(const v1::SignRequest& request, absl::Duration timeout, Done done);

 private:
  class Channel;  // keeps gRPC out of this header
  std::unique_ptr<Channel> channel_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_FAULT_SIGNING_CLIENT_H_
