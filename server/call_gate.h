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
#include "server/caller_identity.h"
#include "server/metrics.h"
#include "signer/in_flight_limit.h"

namespace grpc {
class CallbackServerContext;
class ServerUnaryReactor;
}  // namespace grpc

namespace enkrat::server {

// A call that has been let in.
struct Call {
  std::string method;
  const signer::RelyingParty* relying_party = nullptr;
  absl::Time deadline;
  absl::Duration entered;  // SinceBoot
  signer::InFlightLimit::Ticket ticket;
  std::string request_id;  // for the log; set by the service once it is known to be one
};

// Thread-safe.
class CallGate {
 public:
  struct Options {
    const CallerDirectory* callers = nullptr;
    signer::InFlightLimit* limit = nullptr;
    ThreadPool* pool = nullptr;
    Metrics* metrics = nullptr;
    Logger* logger = nullptr;
    const Clock* clock = nullptr;
    absl::Duration default_deadline = absl::Seconds(30);
  };
  // Runs on the pool; the flag turns true when the client has gone.
  using Work = std::function<absl::Status(const std::atomic<bool>& cancelled)>;

  explicit CallGate(Options options) : options_(options) {}

  // kRelyingPartyUnknown, kOverloaded, kRateLimited.
  absl::StatusOr<Call> Enter(const grpc::CallbackServerContext& context, absl::string_view method);

  // Ends the call at once; also with OK, where the answer took no work.
  grpc::ServerUnaryReactor* End(absl::string_view method, const absl::Status& why);
  grpc::ServerUnaryReactor* End(const Call& call, const absl::Status& why);
  // Does `work` on the pool and ends the call with its status.
  grpc::ServerUnaryReactor* Run(Call call, Work work);

 private:
  struct Leaving {
    std::string method;
    std::string relying_party;
    std::string request_id;
    absl::Duration took;
  };
  void CountAndLog(const Leaving& leaving, const absl::Status& status);

  const Options options_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_CALL_GATE_H_
