#include "server/call_gate.h"

#include <google/protobuf/message_lite.h>
#include <grpcpp/server_context.h>

#include <algorithm>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "server/grpc_status.h"
#include "signer/request_rules.h"

namespace enkrat::server {
namespace {

// A deadline further away than any call may take is none.
constexpr absl::Duration kLongestDeadline = absl::Minutes(10);
constexpr size_t kUuidSize = 36;

// What may go into a log: nothing else of a request that was not let in.
std::string RequestIdOf(const CallGate::Arrival& arrival) {
  if (arrival.request_id.size() != kUuidSize) return "";
  std::string text(arrival.request_id);
  return signer::CheckRequestId(text).ok() ? text : "";
}

absl::string_view ReasonText(const absl::Status& status) {
  return status.ok() ? "OK" : ReasonName(ReasonOf(status));
}

}  // namespace

absl::StatusOr<Call> CallGate::Enter(const grpc::CallbackServerContext& context,
                                     const Arrival& arrival) {
  ENKRAT_ASSIGN_OR_RETURN(CallerDirectory::Party caller,
                          options_.callers->Identify(*context.auth_context()));
  if (caller->disabled->load()) {
    return MakeError(Reason::kRelyingPartyDisabled, "the relying party is disabled");
  }
  ENKRAT_RETURN_IF_ERROR(options_.rates->Enter(*caller));
  ENKRAT_ASSIGN_OR_RETURN(signer::InFlightLimit::Ticket ticket,
                          options_.limit->Enter(caller->id, PlacesOf(*caller)));
  const absl::Time now = options_.clock->Now();
  const absl::Time asked = absl::FromChrono(context.deadline());
  const absl::Time deadline =
      asked - now > kLongestDeadline ? now + options_.default_deadline : asked;
  return Call{.method = std::string(arrival.method),
              .relying_party = std::move(caller),
              .deadline = deadline,
              .entered = options_.clock->SinceBoot(),
              .context = &context,
              .ticket = std::move(ticket),
              .request_id = RequestIdOf(arrival)};
}

size_t CallGate::PlacesOf(const signer::RelyingParty& party) const {
  return options_.most_of_one == 0 ? party.max_in_flight
                                   : std::min(party.max_in_flight, options_.most_of_one);
}

absl::Status CallGate::ReserveResponse(Call& call, size_t octets) {
  ENKRAT_ASSIGN_OR_RETURN(ResponseBudget::Reservation room,
                          options_.responses->Reserve(call.relying_party->id, octets));
  call.response.emplace(std::move(room));
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* CallGate::Refuse(grpc::CallbackServerContext& context,
                                           const Arrival& arrival, const absl::Status& why) {
  CountAndLogRefusal(arrival, why);
  grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
  reactor->Finish(ToGrpcStatus(why));
  return reactor;
}

grpc::ServerUnaryReactor* CallGate::End(Call call, const absl::Status& why) {
  auto* unary = new UnaryCall(*options_.calls, std::move(call));
  Leave(*unary, why);
  return unary;
}

grpc::ServerUnaryReactor* CallGate::Run(Call call, google::protobuf::MessageLite* response,
                                        Work work) {
  auto* unary = new UnaryCall(*options_.calls, std::move(call));
  const bool accepted = options_.pool->TrySubmit([this, unary, response, work = std::move(work)] {
    absl::Status status = work(unary->call(), unary->cancelled());
    if (status.ok()) status = MakeRoom(unary->call(), *response);
    Leave(*unary, status);
  });
  if (!accepted) {
    Leave(*unary, WithRetryDelay(MakeError(Reason::kOverloaded, "no thread is free"),
                                 absl::Milliseconds(200)));
  }
  return unary;
}

absl::Status CallGate::CheckInTime(const Call& call) const {
  return options_.clock->Now() < call.deadline
             ? absl::OkStatus()
             : MakeError(Reason::kDeadlineTooShort, "the request was not sent in time");
}

bool CallGate::TrySubmit(std::function<void()> step) {
  return options_.pool->TrySubmit(std::move(step));
}

absl::Status CallGate::MakeRoom(Call& call, google::protobuf::MessageLite& response) {
  if (call.response.has_value()) {
    call.response->Resize(response.ByteSizeLong());
    return absl::OkStatus();
  }
  absl::Status room = ReserveResponse(call, response.ByteSizeLong());
  if (!room.ok()) response.Clear();
  return room;
}

void CallGate::Leave(UnaryCall& unary, const absl::Status& status) {
  if (!status.ok()) unary.call().response.reset();
  CountAndLog(unary.call(), status);
  unary.End(status);
}

void CallGate::CountAndLog(const Call& call, const absl::Status& status) {
  const absl::string_view reason = ReasonText(status);
  const absl::Duration took = options_.clock->SinceBoot() - call.entered;
  options_.metrics->CountCall(call.method, reason, took);
  const double milliseconds = absl::ToDoubleMilliseconds(took);
  if (status.ok()) {
    options_.logger->Info("call", {{"method", call.method},
                                   {"relying_party", call.relying_party->id},
                                   {"request_id", call.request_id},
                                   {"session_id", call.session_id},
                                   {"reason", reason},
                                   {"took_ms", milliseconds}});
    return;
  }
  options_.logger->Warning("call", {{"method", call.method},
                                    {"relying_party", call.relying_party->id},
                                    {"request_id", call.request_id},
                                    {"session_id", call.session_id},
                                    {"reason", reason},
                                    {"why", status.message()},
                                    {"took_ms", milliseconds}});
}

void CallGate::CountAndLogRefusal(const Arrival& arrival, const absl::Status& why) {
  options_.metrics->CountCall(arrival.method, ReasonText(why), absl::ZeroDuration());
  options_.logger->Warning("call", {{"method", arrival.method},
                                    {"relying_party", ""},
                                    {"request_id", RequestIdOf(arrival)},
                                    {"reason", ReasonText(why)},
                                    {"why", why.message()},
                                    {"took_ms", 0.0}});
}

}  // namespace enkrat::server
