// enkrat.v1.ActivationService over the life of signing PINs.
#ifndef ENKRAT_SERVER_ACTIVATION_SERVICE_H_
#define ENKRAT_SERVER_ACTIVATION_SERVICE_H_

#include <memory>

#include "server/call_gate.h"
#include "signer/signing_pin_activation.h"

namespace grpc {
class Service;
}

namespace enkrat::server {

// Neither is owned; both outlive the service.
std::unique_ptr<grpc::Service> MakeActivationService(CallGate& gate,
                                                     signer::SigningPinActivation& activation);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_ACTIVATION_SERVICE_H_
