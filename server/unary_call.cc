#include "server/unary_call.h"

#include <grpcpp/server_context.h>

#include <utility>

#include "server/grpc_status.h"

namespace enkrat::server {

UnaryCall::UnaryCall(OpenCalls& calls, Call call)
    : calls_(calls),
      call_(std::move(call)),
      id_(calls.Enter(cancelled_, [context = call_.context] { context->TryCancel(); })) {}

UnaryCall::~UnaryCall() { calls_.Leave(id_); }

void UnaryCall::End(const absl::Status& status) {
  calls_.Answered(id_);  // before Finish, after which the call may be gone
  Finish(ToGrpcStatus(status));
}

}  // namespace enkrat::server
