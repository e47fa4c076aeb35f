// Where a trusted list comes from, a file or a URL, and the last good one of it.
#ifndef ENKRAT_TRUSTED_LIST_LIST_SOURCE_H_
#define ENKRAT_TRUSTED_LIST_LIST_SOURCE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/http_fetcher.h"
#include "common/log.h"
#include "common/mutex.h"
#include "trusted_list/trusted_list.h"

namespace enkrat::trusted_list {

// Thread-safe. Nobody waits for the network but who calls Refresh or KeepFresh.
class ListSource {
 public:
  struct Options {
    std::string file = {};  // one of the two
    std::string url = {};   // https
    std::vector<Bytes> signer_certificates_der = {};
    // Where the last good list from the URL is kept for the next start; empty: nowhere. It is
    // verified again when it is read. One that has expired meanwhile is not used, but still says
    // below which TSLSequenceNumber nothing is taken.
    std::string cache_file = {};
    std::string tls_ca_file = {};  // PEM roots; empty: the system's
    bool allow_loopback_http = false;
    absl::Duration timeout = absl::Seconds(30);
    absl::Duration refresh_after = absl::Hours(6);
    absl::Duration retry_after = absl::Minutes(5);  // what failed
    HttpFetcher* fetcher = nullptr;                 // not owned; for a URL
    const Clock* clock = nullptr;                   // not owned
    Logger* logger = nullptr;                       // not owned; optional
  };

  // Reads the cache, if there is one, and asks nobody. kConfigurationInvalid for options that do
  // not fit together.
  static absl::StatusOr<std::unique_ptr<ListSource>> Create(Options options);

  // Reads the list afresh. Replaces the one that is held if it is good, in time and not an older
  // one (TSLSequenceNumber); else that stays. kValidationDataUnavailable if it could not be had;
  // otherwise as ReadTrustedList, kNotPermitted for an older one.
  absl::Status Refresh();
  // Refresh, if it is time to and nobody does; errors go to the log. To be called now and then.
  void KeepFresh();
  // The list that is held, until its NextUpdate. kValidationDataUnavailable if there is none.
  absl::StatusOr<std::shared_ptr<const TrustedList>> Current() const;

 private:
  explicit ListSource(Options options) : options_(std::move(options)) {}
  void ReadCache();
  void WriteCache(ByteSpan octets) const;
  absl::StatusOr<Bytes> Get() const;
  // One that is signed, not expired at `when`, and not older than the one that is held.
  absl::StatusOr<TrustedList> Read(ByteSpan octets, absl::Time when) const;
  void Hold(TrustedList list);
  absl::Status RefreshAlone();
  bool BeginRefresh();

  const Options options_;
  mutable Mutex mutex_;
  // Stays when it has expired: what comes next must not be older.
  std::shared_ptr<const TrustedList> list_ ABSL_GUARDED_BY(mutex_);
  // Since boot: when the next refresh is due.
  std::optional<absl::Duration> due_ ABSL_GUARDED_BY(mutex_);
  bool refreshing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace enkrat::trusted_list

#endif  // ENKRAT_TRUSTED_LIST_LIST_SOURCE_H_
