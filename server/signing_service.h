// enkrat.v1.SigningService over the signing workflow.
#ifndef ENKRAT_SERVER_SIGNING_SERVICE_H_
#define ENKRAT_SERVER_SIGNING_SERVICE_H_

#include <functional>
#include <memory>

#include "server/call_gate.h"
#include "server/sign_pdf_call.h"
#include "signer/access_evidence.h"
#include "signer/signing_workflow.h"

namespace grpc {
class Service;
}

namespace enkrat::server {

// None is owned; all outlive the service. `status_octets`: of an outside TSA's validation data, as
// it goes into each signature at the moment.
std::unique_ptr<grpc::Service> MakeSigningService(CallGate& gate, signer::SigningWorkflow& workflow,
                                                  signer::AccessEvidence& access, PdfSigning pdf,
                                                  std::function<size_t()> status_octets);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_SIGNING_SERVICE_H_
