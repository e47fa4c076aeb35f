#include "signer/personal_data_keys.h"

#include <openssl/crypto.h>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::signer {
namespace {

constexpr absl::Duration kLongestWait = absl::Seconds(5);
// What is wrapped for another purpose does not unwrap as a data key.
constexpr absl::string_view kPurpose = "enkrat/data-key/v1";

}  // namespace

absl::StatusOr<std::unique_ptr<PersonalDataKeys>> PersonalDataKeys::Create(Options options) {
  absl::StatusOr<hsm::WrappingKey> key = options.pool->FindWrappingKey(options.label);
  if (!key.ok() && ReasonOf(key.status()) == Reason::kNotFound) {
    return MakeError(
        Reason::kConfigurationInvalid,
        absl::StrCat("key '", options.label, "' is not in the token '", options.pool->token_label(),
                     "'. A token of an older version lacks it: run `enkrat init` again, it makes "
                     "what is missing. If it was lost, what is encrypted is lost with it: restore "
                     "the token from its backup"));
  }
  if (!key.ok()) return WithContext(key.status(), absl::StrCat("key '", options.label, "'"));
  return std::unique_ptr<PersonalDataKeys>(new PersonalDataKeys(std::move(options), *key));
}

absl::StatusOr<hsm::SessionLease> PersonalDataKeys::Acquire() {
  return options_.pool->Acquire(options_.clock->Now() + kLongestWait);
}

absl::StatusOr<Bytes> PersonalDataKeys::Wrap(ByteSpan data_key) {
  ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease, Acquire());
  return lease.Encrypt(key_, data_key, AsSpan(kPurpose));
}

absl::StatusOr<Secret> PersonalDataKeys::Unwrap(ByteSpan wrapped) {
  ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease, Acquire());
  ENKRAT_ASSIGN_OR_RETURN(Bytes octets, lease.Decrypt(key_, wrapped, AsSpan(kPurpose)));
  Secret secret{ByteSpan(octets)};
  OPENSSL_cleanse(octets.data(), octets.size());
  return secret;
}

}  // namespace enkrat::signer
