// The way of every gRPC call into the house: who calls, whether there is room, by when it must be
// done; and what is counted and logged when it leaves.
#ifndef ENKRAT_SERVER_CALL_GATE_H_
#define ENKRAT_SERVER_CALL_GATE_H_

#include <atomic>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/thread_pool.h"
#include "server/call_rates.h"
#include "server/caller_identity.h"
#include "server/metrics.h"
#include "server/open_calls.h"
#include "server/response_budget.h"
#include "server/unary_call.h"
#include "signer/in_flight_limit.h"

namespace google::protobuf {
class MessageLite;
}

namespace enkrat::server {

// Thread-safe.
class CallGate {
 public:
  // Nothing is owned; all outlive the gate.
  struct Options {
    const CallerDirectory* callers = nullptr;
    CallRates* rates = nullptr;
    signer::InFlightLimit* limit = nullptr;
    ResponseBudget* responses = nullptr;
    OpenCalls* calls = nullptr;
    ThreadPool* pool = nullptr;
    Metrics* metrics = nullptr;
    Logger* logger = nullptr;
    const Clock* clock = nullptr;
    absl::Duration default_deadline = absl::Seconds(30);
    // Calls of one relying party at once here, whatever its own limit: so many that it does not
    // shut the others out of a small house. 0: its own limit alone.
    size_t most_of_one = 0;
  };
  // What a call says before it is let in.
  struct Arrival {
    absl::string_view method;
    absl::string_view request_id = {};  // logged if it is one
  };
  // Runs on the pool; the flag turns true when the client has gone or the service stops.
  using Work = std::function<absl::Status(Call& call, const std::atomic<bool>& cancelled)>;

  explicit CallGate(Options options) : options_(options) {}

  // kRelyingPartyUnknown, kRelyingPartyDisabled; kRateLimited and kOverloaded with a retry delay.
  absl::StatusOr<Call> Enter(const grpc::CallbackServerContext& context, const Arrival& arrival);
  // Keeps room for an answer before work is done that cannot be undone. kOverloaded.
  absl::Status ReserveResponse(Call& call, size_t octets);

  // Ends a call that was not let in.
  grpc::ServerUnaryReactor* Refuse(grpc::CallbackServerContext& context, const Arrival& arrival,
                                   const absl::Status& why);
  // Ends a call at once; also with OK, where the answer took no work.
  grpc::ServerUnaryReactor* End(Call call, const absl::Status& why);
  // Does `work` on the pool and ends the call with its status; kOverloaded if there is no room for
  // the call or for its answer, which lives as long as the call.
  grpc::ServerUnaryReactor* Run(Call call, google::protobuf::MessageLite* response, Work work);

  // For calls with streams, whose reactors are their own (streamed_call.h). A step that may block
  // runs on the pool; false if there is no room for it.
  [[nodiscard]] bool TrySubmit(std::function<void()> step);
  // Of a call whose request is still coming: kDeadlineTooShort once its deadline is over.
  absl::Status CheckInTime(const Call& call) const;
  // Counts and logs the end of a call that was let in, and of one that was not.
  void CountAndLog(const Call& call, const absl::Status& status);
  void CountAndLogRefusal(const Arrival& arrival, const absl::Status& why);
  OpenCalls& open_calls() { return *options_.calls; }

 private:
  size_t PlacesOf(const signer::RelyingParty& party) const;
  absl::Status MakeRoom(Call& call, google::protobuf::MessageLite& response);
  void Leave(UnaryCall& unary, const absl::Status& status);

  const Options options_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_CALL_GATE_H_
