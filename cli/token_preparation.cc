#include "cli/token_preparation.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/files.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/token_setup.h"

namespace enkrat::cli {
namespace {

constexpr size_t kPinSize = 16;  // random octets, written as 32 hexadecimal digits

absl::StatusOr<Secret> EnsurePin(const std::string& path, TokenPreparation& done) {
  if (!FileExists(path)) {
    std::string pin = ToHex(RandomBytes(kPinSize));
    const Secret secret{absl::string_view(pin)};
    pin.assign(pin.size(), '0');
    ENKRAT_RETURN_IF_ERROR(WriteSecretFile(path, secret.Reveal()));
    done.pin_files.push_back(path);
  }
  return ReadSecretFile(path);
}

}  // namespace

absl::StatusOr<bool> HasToken(const hsm::Module& module, const std::string& label) {
  const absl::Status found = module.FindToken(label).status();
  if (!found.ok() && ReasonOf(found) == Reason::kNotFound) return false;
  if (!found.ok()) return found;
  return true;
}

absl::StatusOr<Secret> PrepareToken(hsm::Module& module, const TokenPlace& place,
                                    TokenPreparation& done) {
  ENKRAT_ASSIGN_OR_RETURN(const bool present, HasToken(module, place.label));
  if (present) {
    if (FileExists(place.pin_file)) return ReadSecretFile(place.pin_file);
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat("the token \"", place.label, "\" is there, but ", place.pin_file,
                                  " with its PIN is not: name the file of its PIN, or another "
                                  "label for a new token"));
  }
  ENKRAT_ASSIGN_OR_RETURN(Secret so_pin, EnsurePin(place.so_pin_file, done));
  ENKRAT_ASSIGN_OR_RETURN(Secret pin, EnsurePin(place.pin_file, done));
  Secret answer(pin.Reveal());
  ENKRAT_RETURN_IF_ERROR(
      hsm::InitializeToken(
          module, {.label = place.label, .so_pin = std::move(so_pin), .user_pin = std::move(pin)})
          .status());
  done.tokens.push_back(place.label);
  return answer;
}

}  // namespace enkrat::cli
