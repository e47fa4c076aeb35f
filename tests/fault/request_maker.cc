#include "tests/fault/request_maker.h"

#include "absl/strings/str_cat.h"
#include "cli/intent.h"
#include "common/bytes.h"
#include "common/random.h"

namespace enkrat::testing {

ServiceSettings RequestMaker::Settings(const std::string& jwks_file) {
  return {{"identity_providers",
           absl::StrCat("[{issuer: \"", kTestIssuer, "\", audiences: [\"", kTestAudience,
                        "\"], jwks_file: ", jwks_file, ", acr_levels: {\"", kTestAcrHigh,
                        "\": high}, claims: {fixed_country: SI}}]")},
          {"relying_parties",
           "[{id: demo, max_in_flight: 256, levels: [{level: advanced, binding: optional}]}]"}};
}

v1::SignRequest RequestMaker::Make(size_t documents) const {
  v1::SignRequest request;
  v1::SigningIntent& intent = *request.mutable_intent();
  intent.set_request_id(cli::NewRequestId());
  intent.set_level(v1::SIGNATURE_LEVEL_ADVANCED);
  intent.set_kind(v1::SIGNATURE_KIND_SIGNATURE);
  for (size_t i = 0; i < documents; ++i) {
    v1::Document& document = *intent.add_documents();
    document.set_label(absl::StrCat("document ", i));
    document.set_digest_algorithm(v1::DIGEST_ALGORITHM_SHA256);
    document.set_digest(ToString(RandomBytes(32)));
  }
  request.set_assertion(SignToken(key_, IdTokenClaims(absl::Now()).Json()));
  request.set_key_algorithm(v1::KEY_ALGORITHM_ECDSA_P256);
  request.set_format(v1::SIGNATURE_FORMAT_CADES_B_T);
  return request;
}

v1::SignRequest RequestMaker::WithSameAssertion(const v1::SignRequest& request) {
  v1::SignRequest other = request;
  other.mutable_intent()->set_request_id(cli::NewRequestId());
  return other;
}

}  // namespace enkrat::testing
