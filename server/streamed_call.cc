#include "server/streamed_call.h"

#include <grpcpp/server_context.h>

#include <utility>

#include "common/reason.h"

namespace enkrat::server {

StreamedCall::StreamedCall(CallGate& gate, Call call)
    : gate_(gate),
      call_(std::move(call)),
      id_(gate.open_calls().Enter(cancelled_,
                                  [context = call_.context] { context->TryCancel(); })) {}

StreamedCall::~StreamedCall() { gate_.open_calls().Leave(id_); }

void StreamedCall::Run(Step step, std::function<void(const absl::Status&)> end) {
  // Without `this`: after a step that goes on, the reactor may be gone.
  const bool accepted = gate_.TrySubmit([step = std::move(step), end] {
    const std::optional<absl::Status> status = step();
    if (status.has_value()) end(*status);
  });
  if (accepted) return;
  end(WithRetryDelay(MakeError(Reason::kOverloaded, "no thread is free"), absl::Milliseconds(200)));
}

absl::Status StreamedCall::CheckWanted() const {
  if (cancelled_) return MakeError(Reason::kCancelled, "the client left");
  return gate_.CheckInTime(call_);
}

grpc::Status StreamedCall::End(const absl::Status& status) {
  gate_.CountAndLog(call_, status);
  AwaitClient();
  return ToGrpcStatus(status);
}

absl::Status CheckChunk(const std::string& chunk) {
  if (!chunk.empty() && chunk.size() <= kMostChunkOctets) return absl::OkStatus();
  return MakeError(Reason::kRequestMalformed, "a chunk that is empty or over 256 KiB");
}

}  // namespace enkrat::server
