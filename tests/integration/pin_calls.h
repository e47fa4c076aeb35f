// Calls of ActivationService as a relying party makes them, for persons of the demo's provider.
#ifndef ENKRAT_TESTS_INTEGRATION_PIN_CALLS_H_
#define ENKRAT_TESTS_INTEGRATION_PIN_CALLS_H_

#include <map>
#include <string>

#include "enkrat/v1/activation_service.pb.h"
#include "tests/integration/grpc_caller.h"
#include "tests/integration/sign_calls.h"
#include "tests/support/service_environment.h"

namespace enkrat::testing {

inline constexpr char kActivation[] = "/enkrat.v1.ActivationService/";

// A service with signing PINs, which level ADVANCED asks for.
ServiceSettings PinSettings();

// One person: `sub` at the provider.
class PinHolder {
 public:
  PinHolder(const ServiceEnvironment& service, const GrpcCaller& caller, std::string sub)
      : service_(service), caller_(caller), sub_(std::move(sub)) {}

  // A new request_id and an assertion that is bound to it; `claims` change the token.
  v1::PersonAuthentication LogIn(v1::ActivationOperation operation,
                                 const std::map<std::string, std::string>& claims = {}) const;

  // Fails the test unless it is answered.
  v1::EnrolResponse Enrol() const;
  CallOutcome Activate(const std::string& transport_pin, const std::string& new_pin) const;
  CallOutcome Change(const std::string& old_pin, const std::string& new_pin) const;
  CallOutcome Unblock(const std::string& puk, const std::string& new_pin) const;
  CallOutcome Revoke() const;
  v1::SigningPinStatus Status() const;
  // Enrolled and activated; what Enrol answered.
  v1::EnrolResponse Begin(const std::string& pin) const;

  // A request to sign with this PIN, in order but for it.
  v1::SignRequest SignRequest(const std::string& pin) const;
  CallOutcome Sign(const std::string& pin, v1::SignResponse* response = nullptr) const;

 private:
  const ServiceEnvironment& service_;
  const GrpcCaller& caller_;
  const std::string sub_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_INTEGRATION_PIN_CALLS_H_
