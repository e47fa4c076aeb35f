#include "server/activation_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/secret.h"
#include "common/status_macros.h"
#include "enkrat/v1/activation_service.grpc.pb.h"
#include "server/request_conversion.h"
#include "signer/activation_binding.h"
#include "signer/message_time.h"
#include "signer/request_rules.h"

namespace enkrat::server {
namespace {

using signer::ActivationOperation;
using signer::ActivationRequest;
using signer::SigningPinStatus;

absl::StatusOr<ActivationOperation> OperationFrom(v1::ActivationOperation value) {
  switch (value) {
    case v1::ACTIVATION_OPERATION_ENROL:
      return ActivationOperation::kEnrol;
    case v1::ACTIVATION_OPERATION_ACTIVATE:
      return ActivationOperation::kActivate;
    case v1::ACTIVATION_OPERATION_CHANGE:
      return ActivationOperation::kChange;
    case v1::ACTIVATION_OPERATION_UNBLOCK:
      return ActivationOperation::kUnblock;
    case v1::ACTIVATION_OPERATION_GET_STATUS:
      return ActivationOperation::kGetStatus;
    case v1::ACTIVATION_OPERATION_REVOKE:
      return ActivationOperation::kRevoke;
    default:
      break;
  }
  return WithField(
      MakeError(Reason::kRequestMalformed, "operation: unspecified, or a value not known here"),
      "operation");
}

absl::StatusOr<ActivationRequest> RequestFrom(const Call& call,
                                              const v1::PersonAuthentication& person) {
  ActivationRequest request;
  request.relying_party = &*call.relying_party;
  request.request_id = person.request_id();
  absl::StatusOr<idp_client::AssertionType> type = AssertionTypeFrom(person.assertion_type());
  if (!type.ok()) return WithField(type.status(), "person.assertion_type");
  request.assertion_type = *type;
  request.assertion = ToBytes(person.assertion());
  request.deadline = call.deadline;
  return request;
}

// Bounded here: nothing longer is ever looked at.
absl::StatusOr<Secret> SecretFrom(const std::string& octets, absl::string_view field) {
  if (octets.empty() || octets.size() > signer::kMaxPinSize) {
    return WithField(
        MakeError(Reason::kRequestMalformed, absl::StrCat(field, ": is empty or too long")), field);
  }
  return Secret(AsSpan(octets));
}

v1::SigningPinState StateOf(const std::optional<store::PinState>& state) {
  if (!state.has_value()) return v1::SIGNING_PIN_STATE_NONE;
  switch (*state) {
    case store::PinState::kTransport:
      return v1::SIGNING_PIN_STATE_TRANSPORT;
    case store::PinState::kActive:
      return v1::SIGNING_PIN_STATE_ACTIVE;
    case store::PinState::kLocked:
      return v1::SIGNING_PIN_STATE_LOCKED;
    case store::PinState::kDestroyed:
      return v1::SIGNING_PIN_STATE_DESTROYED;
    case store::PinState::kRevoked:
      return v1::SIGNING_PIN_STATE_REVOKED;
  }
  return v1::SIGNING_PIN_STATE_UNSPECIFIED;
}

void Fill(const SigningPinStatus& status, v1::SigningPinStatus& message) {
  message.set_state(StateOf(status.state));
  message.set_pin_tries_left(static_cast<uint32_t>(status.pin_tries_left));
  message.set_puk_tries_left(static_cast<uint32_t>(status.puk_tries_left));
  if (!status.state.has_value()) return;
  signer::FillTime(status.enrolled_at, *message.mutable_enrolled_at());
  signer::FillTime(status.changed_at, *message.mutable_changed_at());
}

class ActivationService final : public v1::ActivationService::CallbackService {
 public:
  ActivationService(CallGate& gate, signer::SigningPinActivation& activation)
      : gate_(gate), activation_(activation) {}

  // Microseconds of hashing: answered where it arrives.
  grpc::ServerUnaryReactor* ComputeActivationBinding(
      grpc::CallbackServerContext* context, const v1::ComputeActivationBindingRequest* request,
      v1::ComputeActivationBindingResponse* response) override {
    const CallGate::Arrival arrival = {.method = "ComputeActivationBinding",
                                       .request_id = request->request_id()};
    absl::StatusOr<Call> call = gate_.Enter(*context, arrival);
    if (!call.ok()) return gate_.Refuse(*context, arrival, call.status());
    const absl::StatusOr<ActivationOperation> operation = OperationFrom(request->operation());
    if (!operation.ok()) return gate_.End(*std::move(call), operation.status());
    if (const absl::Status id = signer::CheckRequestId(request->request_id()); !id.ok()) {
      return gate_.End(*std::move(call), WithField(id, "request_id"));
    }
    const auto binding = signer::ComputeActivationBinding(call->relying_party->id, *operation,
                                                          request->request_id());
    response->set_binding(ToString(binding));
    response->set_nonce(ToBase64Url(binding));
    response->set_authn_request_id(absl::StrCat("_", ToHex(binding)));
    return gate_.End(*std::move(call), absl::OkStatus());
  }

  grpc::ServerUnaryReactor* Enrol(grpc::CallbackServerContext* context,
                                  const v1::EnrolRequest* request,
                                  v1::EnrolResponse* response) override {
    return Run("Enrol", context, request->person(), response,
               [this, response](const ActivationRequest& act) -> absl::Status {
                 ENKRAT_ASSIGN_OR_RETURN(const signer::SigningPinEnrolment enrolment,
                                         activation_.Enrol(act));
                 response->set_transport_pin(ToString(enrolment.transport_pin.Reveal()));
                 response->set_puk(ToString(enrolment.puk.Reveal()));
                 Fill(enrolment.status, *response->mutable_status());
                 return absl::OkStatus();
               });
  }

  grpc::ServerUnaryReactor* Activate(grpc::CallbackServerContext* context,
                                     const v1::ActivateRequest* request,
                                     v1::ActivateResponse* response) override {
    return Run("Activate", context, request->person(), response,
               [this, request, response](const ActivationRequest& act) -> absl::Status {
                 ENKRAT_ASSIGN_OR_RETURN(const Secret transport_pin,
                                         SecretFrom(request->transport_pin(), "transport_pin"));
                 ENKRAT_ASSIGN_OR_RETURN(const Secret new_pin,
                                         SecretFrom(request->new_pin(), "new_pin"));
                 ENKRAT_ASSIGN_OR_RETURN(const SigningPinStatus status,
                                         activation_.Activate(act, transport_pin, new_pin));
                 Fill(status, *response->mutable_status());
                 return absl::OkStatus();
               });
  }

  grpc::ServerUnaryReactor* Change(grpc::CallbackServerContext* context,
                                   const v1::ChangeRequest* request,
                                   v1::ChangeResponse* response) override {
    return Run(
        "Change", context, request->person(), response,
        [this, request, response](const ActivationRequest& act) -> absl::Status {
          ENKRAT_ASSIGN_OR_RETURN(const Secret old_pin, SecretFrom(request->old_pin(), "old_pin"));
          ENKRAT_ASSIGN_OR_RETURN(const Secret new_pin, SecretFrom(request->new_pin(), "new_pin"));
          ENKRAT_ASSIGN_OR_RETURN(const SigningPinStatus status,
                                  activation_.Change(act, old_pin, new_pin));
          Fill(status, *response->mutable_status());
          return absl::OkStatus();
        });
  }

  grpc::ServerUnaryReactor* Unblock(grpc::CallbackServerContext* context,
                                    const v1::UnblockRequest* request,
                                    v1::UnblockResponse* response) override {
    return Run("Unblock", context, request->person(), response,
               [this, request, response](const ActivationRequest& act) -> absl::Status {
                 ENKRAT_ASSIGN_OR_RETURN(const Secret puk, SecretFrom(request->puk(), "puk"));
                 ENKRAT_ASSIGN_OR_RETURN(const Secret new_pin,
                                         SecretFrom(request->new_pin(), "new_pin"));
                 ENKRAT_ASSIGN_OR_RETURN(const SigningPinStatus status,
                                         activation_.Unblock(act, puk, new_pin));
                 Fill(status, *response->mutable_status());
                 return absl::OkStatus();
               });
  }

  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const v1::GetStatusRequest* request,
                                      v1::GetStatusResponse* response) override {
    return Run("GetStatus", context, request->person(), response,
               [this, response](const ActivationRequest& act) -> absl::Status {
                 ENKRAT_ASSIGN_OR_RETURN(const SigningPinStatus status, activation_.GetStatus(act));
                 Fill(status, *response->mutable_status());
                 return absl::OkStatus();
               });
  }

  grpc::ServerUnaryReactor* Revoke(grpc::CallbackServerContext* context,
                                   const v1::RevokeRequest* request,
                                   v1::RevokeResponse* response) override {
    return Run("Revoke", context, request->person(), response,
               [this, response](const ActivationRequest& act) -> absl::Status {
                 ENKRAT_ASSIGN_OR_RETURN(const SigningPinStatus status, activation_.Revoke(act));
                 Fill(status, *response->mutable_status());
                 return absl::OkStatus();
               });
  }

 private:
  // The way of every call that acts on somebody's PIN. The request lives until the call ends.
  template <typename Act>
  grpc::ServerUnaryReactor* Run(absl::string_view method, grpc::CallbackServerContext* context,
                                const v1::PersonAuthentication& person,
                                google::protobuf::MessageLite* response, Act act) {
    const CallGate::Arrival arrival = {.method = method, .request_id = person.request_id()};
    absl::StatusOr<Call> call = gate_.Enter(*context, arrival);
    if (!call.ok()) return gate_.Refuse(*context, arrival, call.status());
    return gate_.Run(*std::move(call), response,
                     [&person, act = std::move(act)](
                         Call& running, const std::atomic<bool>& cancelled) -> absl::Status {
                       ENKRAT_ASSIGN_OR_RETURN(const ActivationRequest request,
                                               RequestFrom(running, person));
                       if (cancelled) return MakeError(Reason::kCancelled, "the client has gone");
                       return act(request);
                     });
  }

  CallGate& gate_;
  signer::SigningPinActivation& activation_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeActivationService(CallGate& gate,
                                                     signer::SigningPinActivation& activation) {
  return std::make_unique<ActivationService>(gate, activation);
}

}  // namespace enkrat::server
