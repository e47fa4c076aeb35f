// The closed sets of the configuration in the words of the libraries.
#ifndef ENKRAT_SERVER_SETTINGS_WORDS_H_
#define ENKRAT_SERVER_SETTINGS_WORDS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/reason.h"
#include "common/signing_key.h"
#include "enkrat/config/v1/config.pb.h"
#include "idp_client/level_of_assurance.h"
#include "signer/signature_level.h"

namespace enkrat::server {

// kConfigurationInvalid: "<field>: <what>".
inline absl::Status Invalid(absl::string_view field, absl::string_view what) {
  return MakeError(Reason::kConfigurationInvalid, absl::StrCat(field, ": ", what));
}

// nullopt where the file does not say.
std::optional<signer::SignatureLevel> LevelFrom(config::v1::Level level);
std::optional<idp_client::LevelOfAssurance> AssuranceFrom(config::v1::LevelOfAssurance level);
std::optional<KeyAlgorithm> KeyAlgorithmFrom(config::v1::KeyAlgorithm algorithm);
// A signature where it does not.
signer::SignatureKind KindFrom(config::v1::Kind kind);

// Whether `issuer` is the `iss` or the entityID of a configured identity provider.
bool IsKnownProvider(const config::v1::Config& all, const std::string& issuer);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_SETTINGS_WORDS_H_
