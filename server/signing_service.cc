#include "server/signing_service.h"

#include <mutex>
#include <semaphore>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "enkrat/v1/signing_service.grpc.pb.h"
#include "idp_client/authorized_act_claim.h"
#include "server/request_conversion.h"
#include "signer/authorization.h"
#include "signer/request_rules.h"
#include "signer/signature_activation_data.h"
#include "signer/stored_result.h"

namespace enkrat::server {
namespace {

constexpr int kResultsUnpackedAtOnce = 4;

v1::SessionState StateOf(store::SessionState state) {
  switch (state) {
    case store::SessionState::kOpen:
      return v1::SESSION_STATE_OPEN;
    case store::SessionState::kCompleted:
      return v1::SESSION_STATE_COMPLETED;
    case store::SessionState::kFailed:
      return v1::SESSION_STATE_FAILED;
    case store::SessionState::kAbandoned:
      return v1::SESSION_STATE_ABANDONED;
  }
  return v1::SESSION_STATE_UNSPECIFIED;
}

absl::StatusOr<signer::Admission> Admit(const signer::SigningWorkflow& workflow, const Call& call,
                                        const v1::SignRequest& message) {
  ENKRAT_ASSIGN_OR_RETURN(signer::SigningRequest request, RequestFrom(message));
  request.deadline = call.deadline;
  return workflow.Admit(call.relying_party, std::move(request));
}

// Octets, on the safe side: a CAdES-B-T signature with its chains and its timestamp is about 6 KiB;
// revocation data and an archive timestamp are as much again, twice.
size_t ResponseSize(const signer::SigningRequest& request, size_t status_octets) {
  const size_t each =
      signer::NeedsValidationData(request.format) ? 24 * 1024 + status_octets : 8 * 1024;
  size_t octets = (request.intent.documents.size() + 2) * each;
  for (const Bytes& content : request.contents) octets += content.size();
  return octets;
}

class SigningService final : public v1::SigningService::CallbackService {
 public:
  SigningService(CallGate& gate, signer::SigningWorkflow& workflow, signer::AccessEvidence& access,
                 PdfSigning pdf, std::function<size_t()> status_octets)
      : gate_(gate),
        workflow_(workflow),
        access_(access),
        pdf_(std::move(pdf)),
        status_octets_(std::move(status_octets)) {}

  // Microseconds of hashing: answered where it arrives.
  grpc::ServerUnaryReactor* ComputeBinding(grpc::CallbackServerContext* context,
                                           const v1::ComputeBindingRequest* request,
                                           v1::ComputeBindingResponse* response) override {
    const CallGate::Arrival arrival = {.method = "ComputeBinding",
                                       .request_id = request->intent().request_id()};
    absl::StatusOr<Call> call = gate_.Enter(*context, arrival);
    if (!call.ok()) return gate_.Refuse(*context, arrival, call.status());
    const absl::StatusOr<signer::SigningIntent> intent = IntentFrom(request->intent());
    if (!intent.ok()) return gate_.End(*std::move(call), intent.status());
    if (const absl::Status fits = signer::CheckIntent(*intent); !fits.ok()) {
      return gate_.End(*std::move(call), fits);
    }
    const auto sad = signer::ComputeSignatureActivationData(call->relying_party->id, *intent);
    response->set_signature_activation_data(ToString(sad));
    response->set_nonce(ToBase64Url(sad));
    response->set_authn_request_id(signer::AuthnRequestId(sad));
    const auto act = signer::AuthorizedActOf(call->relying_party->id, *intent);
    response->set_authorization_details(idp_client::AuthorizationDetailsText(act));
    return gate_.End(*std::move(call), absl::OkStatus());
  }

  grpc::ServerUnaryReactor* Sign(grpc::CallbackServerContext* context,
                                 const v1::SignRequest* request,
                                 v1::SignResponse* response) override {
    const CallGate::Arrival arrival = {.method = "Sign",
                                       .request_id = request->intent().request_id()};
    absl::StatusOr<Call> call = gate_.Enter(*context, arrival);
    if (!call.ok()) return gate_.Refuse(*context, arrival, call.status());
    absl::StatusOr<signer::Admission> admitted = Admit(workflow_, *call, *request);
    if (!admitted.ok()) return gate_.End(*std::move(call), admitted.status());
    if (const absl::Status room =
            gate_.ReserveResponse(*call, ResponseSize(admitted->request, status_octets_()));
        !room.ok()) {
      return gate_.End(*std::move(call), room);
    }
    auto admission = std::make_shared<signer::Admission>(*std::move(admitted));
    return gate_.Run(*std::move(call), response,
                     [this, admission, response](
                         Call& running, const std::atomic<bool>& cancelled) -> absl::Status {
                       admission->request.cancelled = [&cancelled] { return cancelled.load(); };
                       ENKRAT_ASSIGN_OR_RETURN(const signer::SigningResult result,
                                               workflow_.Run(*admission));
                       running.session_id = result.session_id;
                       signer::StoredResult::Fill(result, *response);
                       return absl::OkStatus();
                     });
  }

  SignPdfReactor* SignPdf(grpc::CallbackServerContext* context) override {
    return StartSignPdf(*context, pdf_);
  }

  grpc::ServerUnaryReactor* GetSession(grpc::CallbackServerContext* context,
                                       const v1::GetSessionRequest* request,
                                       v1::GetSessionResponse* response) override {
    const CallGate::Arrival arrival = {.method = "GetSession", .request_id = request->request_id()};
    absl::StatusOr<Call> call = gate_.Enter(*context, arrival);
    if (!call.ok()) return gate_.Refuse(*context, arrival, call.status());
    const signer::RelyingParty& caller = *call->relying_party;
    return gate_.Run(
        *std::move(call), response,
        [this, &caller, request, response](Call&, const std::atomic<bool>&) -> absl::Status {
          // A stored result is megabytes, twice while it is unpacked; only then is it counted
          // against the budget for answers. So few are unpacked at once.
          const std::unique_lock<Loads> turn(loads_);
          const absl::StatusOr<signer::SessionReport> found =
              workflow_.Find(caller, request->request_id());
          if (!found.ok() && ReasonOf(found.status()) == Reason::kNotFound) {
            return access_.DenyOrNotFound(caller, request->request_id());
          }
          ENKRAT_RETURN_IF_ERROR(found.status());
          const signer::SessionReport& report = *found;
          response->set_state(StateOf(report.state));
          response->set_session_id(report.session_id);
          response->set_failure_reason(report.failure_reason);
          if (report.result.has_value()) {
            signer::StoredResult::Fill(*report.result, *response->mutable_result());
          }
          return absl::OkStatus();
        });
  }

 private:
  // A counting semaphore as std::unique_lock wants it.
  class Loads {
   public:
    void lock() { free_.acquire(); }
    void unlock() { free_.release(); }

   private:
    std::counting_semaphore<> free_{kResultsUnpackedAtOnce};
  };

  CallGate& gate_;
  signer::SigningWorkflow& workflow_;
  signer::AccessEvidence& access_;
  const PdfSigning pdf_;
  const std::function<size_t()> status_octets_;
  Loads loads_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeSigningService(CallGate& gate, signer::SigningWorkflow& workflow,
                                                  signer::AccessEvidence& access, PdfSigning pdf,
                                                  std::function<size_t()> status_octets) {
  return std::make_unique<SigningService>(gate, workflow, access, std::move(pdf),
                                          std::move(status_octets));
}

}  // namespace enkrat::server
