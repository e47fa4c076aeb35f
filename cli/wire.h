// What the service is asked, as the API's messages.
#ifndef ENKRAT_CLI_WIRE_H_
#define ENKRAT_CLI_WIRE_H_

#include <string>

#include "common/signing_key.h"
#include "signer/signing_request.h"

namespace enkrat::v1 {
class SigningIntent;
class SignRequest;
}  // namespace enkrat::v1

namespace enkrat::cli {

// A v1::DigestAlgorithm.
int ToMessage(DigestAlgorithm algorithm);

void ToMessage(const signer::SigningIntent& intent, v1::SigningIntent* message);

struct SignChoice {
  KeyAlgorithm key = KeyAlgorithm::kEcdsaP256;
  signer::SignatureFormat format = signer::SignatureFormat::kCadesBT;
  idp_client::AssertionType assertion_type = idp_client::AssertionType::kOidcIdToken;
};
void ToMessage(const signer::SigningIntent& intent, const std::string& assertion,
               const SignChoice& choice, v1::SignRequest* message);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_WIRE_H_
