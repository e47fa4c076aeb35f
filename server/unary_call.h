// A unary gRPC call whose work runs on the thread pool: gRPC's own few threads never block
// (stack.md, docs/adr).
#ifndef ENKRAT_SERVER_UNARY_CALL_H_
#define ENKRAT_SERVER_UNARY_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "common/thread_pool.h"
#include "signer/in_flight_limit.h"

namespace enkrat::server {

// Owns itself until gRPC is done with the call. Request and response live as long.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  // Runs on the pool. The flag turns true when the client has gone.
  using Work = std::function<absl::Status(const std::atomic<bool>& cancelled)>;

  // Runs `work` and finishes the call with its status. The ticket is given back in OnDone, so a
  // reset stream frees no place while its work still runs. A full pool finishes the call with
  // kOverloaded at once.
  static grpc::ServerUnaryReactor* Start(ThreadPool& pool, signer::InFlightLimit::Ticket ticket,
                                         Work work);

  // A call that is over already.
  static grpc::ServerUnaryReactor* Refuse(const absl::Status& status);

 private:
  UnaryCall() = default;

  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }

  std::optional<signer::InFlightLimit::Ticket> ticket_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_UNARY_CALL_H_
