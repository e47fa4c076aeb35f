// A unary gRPC call that has been let in: it holds its place until gRPC is done with it.
#ifndef ENKRAT_SERVER_UNARY_CALL_H_
#define ENKRAT_SERVER_UNARY_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/open_calls.h"
#include "server/response_budget.h"
#include "signer/in_flight_limit.h"
#include "signer/relying_party.h"

namespace enkrat::server {

struct Call {
  std::string method;
  // As it was when the call came in; lives as long as the call.
  std::shared_ptr<const signer::RelyingParty> relying_party = nullptr;
  absl::Time deadline;
  absl::Duration entered;  // SinceBoot
  const grpc::CallbackServerContext* context = nullptr;
  signer::InFlightLimit::Ticket ticket;
  std::optional<ResponseBudget::Reservation> response = std::nullopt;
  // For the log.
  std::string request_id = {};
  std::string session_id = {};
};

// Owns itself. Ticket and reservation are given back in OnDone: neither a reset stream whose work
// still runs nor an answer that waits for its client frees a place.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  // `calls` outlives the call.
  UnaryCall(OpenCalls& calls, Call call);

  Call& call() { return call_; }
  // True when the client has gone or the service is stopping.
  const std::atomic<bool>& cancelled() const { return cancelled_; }

  // Sends the answer; once, as the last thing.
  void End(const absl::Status& status);

 private:
  ~UnaryCall() override;
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }

  OpenCalls& calls_;
  Call call_;
  std::atomic<bool> cancelled_ = false;
  OpenCalls::Id id_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_UNARY_CALL_H_
