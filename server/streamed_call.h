// A call whose request comes in parts: its place in the house, whose turn it is, and the steps that
// its work is done in. What the steps are is its reactor's affair.
#ifndef ENKRAT_SERVER_STREAMED_CALL_H_
#define ENKRAT_SERVER_STREAMED_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <functional>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "server/call_gate.h"
#include "server/grpc_status.h"
#include "server/unary_call.h"

namespace enkrat::server {

// A part of a reactor, which owns itself and outlives the steps. Steps follow each other and never
// overlap: a read, then a step on the pool that takes the part in, then the next read; when the
// client has closed its side, the work.
class StreamedCall {
 public:
  // A call that was let in takes its place; it is left with the object. `gate` outlives it.
  StreamedCall(CallGate& gate, Call call);
  ~StreamedCall();
  StreamedCall(const StreamedCall&) = delete;
  StreamedCall& operator=(const StreamedCall&) = delete;

  Call& call() { return call_; }
  CallGate& gate() { return gate_; }
  // True once the client has gone or the service stops.
  const std::atomic<bool>& cancelled() const { return cancelled_; }
  void Cancel() { cancelled_ = true; }

  // Before a read or a write is begun: a client that does not send is shown out like one that does
  // not take its answer. And after it.
  void AwaitClient() { gate_.open_calls().Answered(id_); }
  void ClientCame() { gate_.open_calls().Working(id_); }

  // What a step answers ends the call, unless it is nullopt: then it has begun a read or a write as
  // its last act, and something else may already be running.
  using Step = std::function<std::optional<absl::Status>()>;
  // Runs the step on the pool. `end` is called with what ends the call; with kOverloaded, at once,
  // if there is no room for the step.
  void Run(Step step, std::function<void(const absl::Status&)> end);

  // Of a call whose parts are still coming: kCancelled, kDeadlineTooShort. Nobody keeps a place by
  // sending a little now and then.
  absl::Status CheckWanted() const;

  // Counts and logs the end. What the reactor finishes with, as its last act.
  grpc::Status End(const absl::Status& status);

 private:
  CallGate& gate_;
  Call call_;
  std::atomic<bool> cancelled_ = false;
  const OpenCalls::Id id_;
};

// kRequestMalformed for a chunk that is empty or over 256 KiB.
inline constexpr size_t kMostChunkOctets = 256 * 1024;
absl::Status CheckChunk(const std::string& chunk);

// A call that was not let in.
template <typename Reactor>
class RefusedStream final : public Reactor {
 public:
  explicit RefusedStream(const absl::Status& why) { this->Finish(ToGrpcStatus(why)); }

 private:
  void OnDone() override { delete this; }
};

// Lets the call in and has its reactor made, or ends it. Answers the reactor, which owns itself.
template <typename Reactor>
Reactor* EnterStream(CallGate& gate, const grpc::CallbackServerContext& context,
                     absl::string_view method, absl::FunctionRef<Reactor*(Call)> make) {
  const CallGate::Arrival arrival = {.method = method};
  absl::StatusOr<Call> call = gate.Enter(context, arrival);
  if (call.ok()) return make(*std::move(call));
  gate.CountAndLogRefusal(arrival, call.status());
  return new RefusedStream<Reactor>(call.status());
}

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_STREAMED_CALL_H_
