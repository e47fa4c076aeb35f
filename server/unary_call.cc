#include "server/unary_call.h"

#include <utility>

#include "common/reason.h"
#include "server/grpc_status.h"

namespace enkrat::server {

grpc::ServerUnaryReactor* UnaryCall::Start(ThreadPool& pool, signer::InFlightLimit::Ticket ticket,
                                           Work work) {
  auto* call = new UnaryCall;
  call->ticket_.emplace(std::move(ticket));
  const bool accepted = pool.TrySubmit(
      [call, work = std::move(work)] { call->Finish(ToGrpcStatus(work(call->cancelled_))); });
  if (!accepted) {
    call->Finish(ToGrpcStatus(WithRetryDelay(MakeError(Reason::kOverloaded, "no thread is free"),
                                             absl::Milliseconds(200))));
  }
  return call;
}

grpc::ServerUnaryReactor* UnaryCall::Refuse(const absl::Status& status) {
  auto* call = new UnaryCall;
  call->Finish(ToGrpcStatus(status));
  return call;
}

}  // namespace enkrat::server
