#include "server/call_gate.h"

#include <grpcpp/server_context.h>

#include <algorithm>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "server/unary_call.h"

namespace enkrat::server {
namespace {

// A deadline further away than any call may take is none.
constexpr absl::Duration kLongestDeadline = absl::Minutes(10);

}  // namespace

absl::StatusOr<Call> CallGate::Enter(const grpc::CallbackServerContext& context,
                                     absl::string_view method) {
  ENKRAT_ASSIGN_OR_RETURN(const signer::RelyingParty* caller,
                          options_.callers->Identify(*context.auth_context()));
  ENKRAT_ASSIGN_OR_RETURN(signer::InFlightLimit::Ticket ticket,
                          options_.limit->Enter(caller->id, caller->max_in_flight));
  const absl::Time now = options_.clock->Now();
  const absl::Time asked = absl::FromChrono(context.deadline());
  const absl::Time deadline =
      asked - now > kLongestDeadline ? now + options_.default_deadline : asked;
  return Call{.method = std::string(method),
              .relying_party = caller,
              .deadline = deadline,
              .entered = options_.clock->SinceBoot(),
              .ticket = std::move(ticket),
              .request_id = ""};
}

grpc::ServerUnaryReactor* CallGate::End(absl::string_view method, const absl::Status& why) {
  CountAndLog({.method = std::string(method),
               .relying_party = "",
               .request_id = "",
               .took = absl::ZeroDuration()},
              why);
  return UnaryCall::Refuse(why);
}

grpc::ServerUnaryReactor* CallGate::End(const Call& call, const absl::Status& why) {
  CountAndLog({.method = call.method,
               .relying_party = call.relying_party->id,
               .request_id = call.request_id,
               .took = options_.clock->SinceBoot() - call.entered},
              why);
  return UnaryCall::Refuse(why);
}

grpc::ServerUnaryReactor* CallGate::Run(Call call, Work work) {
  Leaving leaving = {.method = std::move(call.method),
                     .relying_party = call.relying_party->id,
                     .request_id = std::move(call.request_id),
                     .took = absl::ZeroDuration()};
  return UnaryCall::Start(*options_.pool, std::move(call.ticket),
                          [this, entered = call.entered, leaving = std::move(leaving),
                           work = std::move(work)](const std::atomic<bool>& cancelled) mutable {
                            const absl::Status status = work(cancelled);
                            leaving.took = options_.clock->SinceBoot() - entered;
                            CountAndLog(leaving, status);
                            return status;
                          });
}

void CallGate::CountAndLog(const Leaving& leaving, const absl::Status& status) {
  const absl::string_view reason = status.ok() ? "OK" : ReasonName(ReasonOf(status));
  options_.metrics->CountCall(leaving.method, reason, leaving.took);
  const double milliseconds = absl::ToDoubleMilliseconds(leaving.took);
  if (status.ok()) {
    options_.logger->Info("call", {{"method", leaving.method},
                                   {"relying_party", leaving.relying_party},
                                   {"request_id", leaving.request_id},
                                   {"reason", reason},
                                   {"took_ms", milliseconds}});
    return;
  }
  options_.logger->Warning("call", {{"method", leaving.method},
                                    {"relying_party", leaving.relying_party},
                                    {"request_id", leaving.request_id},
                                    {"reason", reason},
                                    {"why", status.message()},
                                    {"took_ms", milliseconds}});
}

}  // namespace enkrat::server
