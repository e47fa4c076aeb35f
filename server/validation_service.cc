#include "server/validation_service.h"

#include "enkrat/v1/validation_service.grpc.pb.h"
#include "server/validate_call.h"

namespace enkrat::server {
namespace {

class ValidationService final : public v1::ValidationService::CallbackService {
 public:
  explicit ValidationService(ValidationParts parts) : parts_(std::move(parts)) {}

  ValidateReactor* Validate(grpc::CallbackServerContext* context,
                            v1::ValidateResponse* response) override {
    return StartValidate(*context, parts_, response);
  }

 private:
  const ValidationParts parts_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeValidationService(ValidationParts parts) {
  return std::make_unique<ValidationService>(std::move(parts));
}

}  // namespace enkrat::server
