// What the service validates with: whom it trusts, kept up to date with the trusted lists, and its
// own revocation data.
#ifndef ENKRAT_SERVER_VALIDATION_CORE_H_
#define ENKRAT_SERVER_VALIDATION_CORE_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/http_fetcher.h"
#include "common/log.h"
#include "common/mutex.h"
#include "server/periodic_task.h"
#include "server/settings.h"
#include "signer/validation_data_source.h"
#include "trusted_list/list_source.h"
#include "validation/validator.h"

namespace enkrat::server {

// Thread-safe.
class ValidationCore {
 public:
  struct Options {
    const Config* config = nullptr;               // not owned
    std::vector<Bytes> own_roots_der;             // trusted without being configured
    signer::ValidationDataSource* own = nullptr;  // not owned; about our own chains
    // Our own CRLs of the moment: they speak of units that were replaced, and of revoked ones.
    std::function<std::vector<Bytes>()> own_crls = {};
    HttpFetcher* http = nullptr;   // not owned; for lists, and if fetching is allowed
    const Clock* clock = nullptr;  // not owned
    Logger* logger = nullptr;      // not owned
  };
  // Reads the trust files and the lists that are files; those from URLs come later, in the
  // background. kConfigurationInvalid; errors of a list that is a file.
  static absl::StatusOr<std::unique_ptr<ValidationCore>> Create(Options options);
  ~ValidationCore();

  // Validator::Validate with whom is trusted now. `input.more` and `input.fetcher` are filled in.
  absl::StatusOr<validation::Report> Validate(validation::Validator::Input input) const
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  // A trust store with the validator over it: replaced as a whole when a list has changed.
  struct Believing {
    std::vector<std::shared_ptr<const trusted_list::TrustedList>> lists;
    std::unique_ptr<validation::TrustStore> trust;
    std::unique_ptr<validation::Validator> validator;
  };

  explicit ValidationCore(Options options) : options_(std::move(options)) {}
  absl::Status ReadTrust();
  absl::Status OpenLists();
  absl::Status Rebuild() ABSL_LOCKS_EXCLUDED(mutex_);
  void KeepListsFresh();

  const Options options_;
  std::vector<Bytes> anchors_der_;
  std::vector<std::unique_ptr<trusted_list::ListSource>> sources_;
  mutable Mutex mutex_;
  std::shared_ptr<const Believing> believing_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<PeriodicTask> refresh_;  // null without lists
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_VALIDATION_CORE_H_
