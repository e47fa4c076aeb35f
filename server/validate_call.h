// One Validate call: file and content come in pieces and go to the disk, and are judged there.
#ifndef ENKRAT_SERVER_VALIDATE_CALL_H_
#define ENKRAT_SERVER_VALIDATE_CALL_H_

#include <grpcpp/support/server_callback.h>

#include "server/validation_service.h"

namespace enkrat::v1 {
class ValidateRequest;
class ValidateResponse;
}  // namespace enkrat::v1

namespace enkrat::server {

using ValidateReactor = grpc::ServerReadReactor<v1::ValidateRequest>;

// Lets the call in, or ends it. Answers its reactor, which owns itself; `parts` outlives it.
ValidateReactor* StartValidate(grpc::CallbackServerContext& context, const ValidationParts& parts,
                               v1::ValidateResponse* response);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_VALIDATE_CALL_H_
