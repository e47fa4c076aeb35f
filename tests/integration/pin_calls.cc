#include "tests/integration/pin_calls.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace enkrat::testing {

ServiceSettings PinSettings() {
  return {{"signing_pins", "{enabled: true, argon2_memory_mb: 8, argon2_passes: 1}"},
          {"relying_parties",
           "[{id: demo, max_in_flight: 256, levels: [{level: advanced, signing_pin: true}]}]"}};
}

v1::PersonAuthentication PinHolder::LogIn(v1::ActivationOperation operation,
                                          const std::map<std::string, std::string>& claims) const {
  v1::ComputeActivationBindingRequest question;
  question.set_operation(operation);
  question.set_request_id(NewRequestId());
  v1::ComputeActivationBindingResponse answer;
  EXPECT_THAT(
      caller_.Call(absl::StrCat(kActivation, "ComputeActivationBinding"), question, &answer),
      IsGranted());
  std::map<std::string, std::string> fields = claims;
  fields.emplace("sub", sub_);
  fields.emplace("nonce", answer.nonce());
  v1::PersonAuthentication person;
  person.set_request_id(question.request_id());
  person.set_assertion(service_.IdToken(fields));
  return person;
}

v1::EnrolResponse PinHolder::Enrol() const {
  v1::EnrolRequest request;
  *request.mutable_person() = LogIn(v1::ACTIVATION_OPERATION_ENROL);
  v1::EnrolResponse response;
  EXPECT_THAT(caller_.Call(absl::StrCat(kActivation, "Enrol"), request, &response), IsGranted());
  return response;
}

CallOutcome PinHolder::Activate(const std::string& transport_pin,
                                const std::string& new_pin) const {
  v1::ActivateRequest request;
  *request.mutable_person() = LogIn(v1::ACTIVATION_OPERATION_ACTIVATE);
  request.set_transport_pin(transport_pin);
  request.set_new_pin(new_pin);
  return caller_.Call(absl::StrCat(kActivation, "Activate"), request, nullptr);
}

CallOutcome PinHolder::Change(const std::string& old_pin, const std::string& new_pin) const {
  v1::ChangeRequest request;
  *request.mutable_person() = LogIn(v1::ACTIVATION_OPERATION_CHANGE);
  request.set_old_pin(old_pin);
  request.set_new_pin(new_pin);
  return caller_.Call(absl::StrCat(kActivation, "Change"), request, nullptr);
}

CallOutcome PinHolder::Unblock(const std::string& puk, const std::string& new_pin) const {
  v1::UnblockRequest request;
  *request.mutable_person() = LogIn(v1::ACTIVATION_OPERATION_UNBLOCK);
  request.set_puk(puk);
  request.set_new_pin(new_pin);
  return caller_.Call(absl::StrCat(kActivation, "Unblock"), request, nullptr);
}

CallOutcome PinHolder::Revoke() const {
  v1::RevokeRequest request;
  *request.mutable_person() = LogIn(v1::ACTIVATION_OPERATION_REVOKE);
  return caller_.Call(absl::StrCat(kActivation, "Revoke"), request, nullptr);
}

v1::SigningPinStatus PinHolder::Status() const {
  v1::GetStatusRequest request;
  *request.mutable_person() = LogIn(v1::ACTIVATION_OPERATION_GET_STATUS);
  v1::GetStatusResponse response;
  EXPECT_THAT(caller_.Call(absl::StrCat(kActivation, "GetStatus"), request, &response),
              IsGranted());
  return response.status();
}

v1::EnrolResponse PinHolder::Begin(const std::string& pin) const {
  v1::EnrolResponse enrolment = Enrol();
  EXPECT_THAT(Activate(enrolment.transport_pin(), pin), IsGranted());
  return enrolment;
}

v1::SignRequest PinHolder::SignRequest(const std::string& pin) const {
  v1::SignRequest request = UnboundRequest();
  v1::ComputeBindingRequest question;
  *question.mutable_intent() = request.intent();
  v1::ComputeBindingResponse answer;
  EXPECT_THAT(caller_.Call(kComputeBinding, question, &answer), IsGranted());
  request.set_assertion(service_.IdToken({{"sub", sub_}, {"nonce", answer.nonce()}}));
  request.mutable_pin_proof()->set_pin(pin);
  request.mutable_pin_proof()->set_signature_activation_data(answer.signature_activation_data());
  return request;
}

CallOutcome PinHolder::Sign(const std::string& pin, v1::SignResponse* response) const {
  return caller_.Call(kSign, SignRequest(pin), response);
}

}  // namespace enkrat::testing
