// enkrat.v1.ValidationService over the validation core.
#ifndef ENKRAT_SERVER_VALIDATION_SERVICE_H_
#define ENKRAT_SERVER_VALIDATION_SERVICE_H_

#include <memory>
#include <string>

#include "server/call_gate.h"
#include "server/response_budget.h"
#include "server/validation_core.h"

namespace grpc {
class Service;
}

namespace enkrat::server {

// What its calls share. Nothing is owned; all outlives the service.
struct ValidationParts {
  CallGate* gate = nullptr;  // with a limit and a pool of its own: documents are strangers'
  const ValidationCore* core = nullptr;
  ResponseBudget* spooled = nullptr;  // octets on the disk
  std::string spool_folder;
  uint64_t most_octets = uint64_t{100} << 20;  // of the file, and of the detached content
};

std::unique_ptr<grpc::Service> MakeValidationService(ValidationParts parts);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_VALIDATION_SERVICE_H_
