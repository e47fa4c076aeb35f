#include "idp_client/issuer_keys.h"

#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::idp_client {
namespace {

KeptCopyOptions CopyOptions(const IssuerKeys::Options& options) {
  KeptCopyOptions copy;
  copy.provider = options.issuer;
  copy.min_refresh_interval = options.min_refresh_interval;
  copy.refresh_after = options.refresh_after;
  copy.max_age = options.max_key_age;
  copy.clock = options.clock;
  copy.logger = options.logger;
  return copy;
}

absl::StatusOr<FetchedCopy<KeySet>> FetchFrom(KeySource& source, absl::Duration timeout) {
  ENKRAT_ASSIGN_OR_RETURN(KeySet keys, source.Fetch(timeout));
  FetchedCopy<KeySet> copy;
  copy.value = std::make_shared<const KeySet>(std::move(keys));
  return copy;
}

}  // namespace

IssuerKeys::IssuerKeys(Options options)
    : clock_(options.clock),
      source_(std::move(options.source)),
      keys_(CopyOptions(options),
            [source = source_](absl::Duration timeout) { return FetchFrom(*source, timeout); }) {}

absl::Status IssuerKeys::Prime() {
  ENKRAT_RETURN_IF_ERROR(keys_.Prime());
  ENKRAT_ASSIGN_OR_RETURN(const std::shared_ptr<const KeySet> keys,
                          keys_.Get({.arrived_at = clock_->SinceBoot()}));
  if (keys->size() == 0) return MakeError(Reason::kIdpKeysUnavailable, "no key can be used");
  return absl::OkStatus();
}

absl::StatusOr<VerificationKey> IssuerKeys::Find(const SignatureAlgorithm& algorithm,
                                                 absl::string_view kid, absl::Time deadline) {
  CopyDemand demand = {.arrived_at = clock_->SinceBoot(), .deadline = deadline, .seen = nullptr};
  ENKRAT_ASSIGN_OR_RETURN(const std::shared_ptr<const KeySet> known, keys_.Get(demand));
  if (const VerificationKey* key = known->Find(algorithm, kid); key != nullptr) return *key;
  demand.seen = known.get();
  ENKRAT_ASSIGN_OR_RETURN(const std::shared_ptr<const KeySet> newer, keys_.Get(demand));
  const VerificationKey* key = newer == nullptr ? nullptr : newer->Find(algorithm, kid);
  if (key != nullptr) return *key;
  return MakeError(Reason::kAssertionRejected, "the provider has no key for this kid and alg");
}

}  // namespace enkrat::idp_client
