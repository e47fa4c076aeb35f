// Sign requests as a relying party makes them.
#include "tests/integration/sign_calls.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/bytes.h"
#include "common/random.h"

namespace enkrat::testing {

std::string NewRequestId() {
  std::string id = ToHex(RandomBytes(16));
  for (const size_t dash : {8, 13, 18, 23}) id.insert(dash, "-");
  return id;
}

v1::SignRequest UnboundRequest(int documents) {
  v1::SignRequest request;
  v1::SigningIntent& intent = *request.mutable_intent();
  intent.set_request_id(NewRequestId());
  intent.set_level(v1::SIGNATURE_LEVEL_ADVANCED);
  intent.set_kind(v1::SIGNATURE_KIND_SIGNATURE);
  for (int i = 0; i < documents; ++i) {
    v1::Document& document = *intent.add_documents();
    document.set_label(absl::StrCat("document ", i));
    document.set_digest_algorithm(v1::DIGEST_ALGORITHM_SHA256);
    document.set_digest(std::string(32, static_cast<char>('a' + i % 26)));
  }
  request.set_key_algorithm(v1::KEY_ALGORITHM_ECDSA_P256);
  request.set_format(v1::SIGNATURE_FORMAT_RAW);
  return request;
}

std::string NonceOf(const GrpcCaller& caller, const v1::SignRequest& request) {
  v1::ComputeBindingRequest question;
  *question.mutable_intent() = request.intent();
  v1::ComputeBindingResponse answer;
  EXPECT_THAT(caller.Call(kComputeBinding, question, &answer), IsGranted());
  return answer.nonce();
}

v1::SignRequest BoundRequest(const ServiceEnvironment& service, const GrpcCaller& caller,
                             const std::map<std::string, std::string>& claims) {
  v1::SignRequest request = UnboundRequest();
  std::map<std::string, std::string> fields = claims;
  fields.emplace("nonce", NonceOf(caller, request));
  request.set_assertion(service.IdToken(fields));
  return request;
}

std::vector<std::string> LongRequests(const ServiceEnvironment& service, const GrpcCaller& caller,
                                      int count) {
  std::vector<std::string> requests;
  for (int i = 0; i < count; ++i) {
    v1::SignRequest request = BoundRequest(service, caller);
    request.set_key_algorithm(v1::KEY_ALGORITHM_RSA_PSS_3072);
    requests.push_back(request.SerializeAsString());
  }
  return requests;
}

}  // namespace enkrat::testing
