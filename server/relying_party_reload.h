// Takes up changes of the folder of relying parties while the service runs.
#ifndef ENKRAT_SERVER_RELYING_PARTY_RELOAD_H_
#define ENKRAT_SERVER_RELYING_PARTY_RELOAD_H_

#include <atomic>
#include <utility>
#include <vector>

#include "common/log.h"
#include "common/mutex.h"
#include "server/call_rates.h"
#include "server/caller_identity.h"
#include "server/relying_party_folder.h"
#include "server/settings.h"

namespace enkrat::server {

// Thread-safe. All files are valid, or the relying parties stay as they are: the error goes to the
// log once, and failed() is true until all is well.
class RelyingPartyReload {
 public:
  // Nothing is owned; all outlive the object.
  struct Options {
    const Config* config = nullptr;  // of LoadSettings
    CallerDirectory* callers = nullptr;
    CallRates* rates = nullptr;
    Logger* logger = nullptr;
  };

  // `seen`: the folder as it looked before it was read for `callers`.
  RelyingPartyReload(Options options, std::vector<FileFacts> seen)
      : options_(options), seen_(std::move(seen)) {}

  // Reads the folder if anything in it is not as it was at the last look.
  void ReadIfChanged() ABSL_LOCKS_EXCLUDED(mutex_);
  // Reads it whatever it looks like; does nothing without a relying_parties_folder.
  void Read() ABSL_LOCKS_EXCLUDED(mutex_);

  bool failed() const { return failed_; }

 private:
  // How many relying parties the folder has now.
  absl::StatusOr<size_t> TakeUp();
  void ReadLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  Mutex mutex_;
  std::vector<FileFacts> seen_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> failed_ = false;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_RELYING_PARTY_RELOAD_H_
