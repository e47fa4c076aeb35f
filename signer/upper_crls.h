// The CRLs of the CAs above the issuing CA, which are made elsewhere (the root's in a ceremony, an
// outside CA's by its operator) and lie in files here.
#ifndef ENKRAT_SIGNER_UPPER_CRLS_H_
#define ENKRAT_SIGNER_UPPER_CRLS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ca/status_issuer.h"
#include "common/log.h"
#include "common/mutex.h"
#include "signer/published_crl.h"

namespace enkrat::signer {

// Thread-safe.
class UpperCrls {
 public:
  struct Options {
    std::vector<std::string> files;         // DER or PEM, one CRL each; need not be there yet
    std::vector<ca::StatusIssuer> issuers;  // whose CRLs they may be
    Logger* logger = nullptr;               // not owned
  };

  explicit UpperCrls(Options options)
      : options_(std::move(options)), seen_(options_.files.size()), of_(options_.issuers.size()) {}

  // Reads the files that have changed. A CRL that no issuer signed, or older than the one that is
  // known (by number, else by thisUpdate), is left aside with an error in the log.
  void Look() ABSL_LOCKS_EXCLUDED(mutex_);

  // Of the CA with this certificate; null if there is none.
  PublishedCrlPtr Of(ByteSpan issuer_der) const ABSL_LOCKS_EXCLUDED(mutex_);
  const std::vector<ca::StatusIssuer>& issuers() const { return options_.issuers; }

 private:
  void Take(const std::string& file, const Bytes& content) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  mutable Mutex mutex_;
  std::vector<Bytes> seen_ ABSL_GUARDED_BY(mutex_);  // SHA-256 of each file
  std::vector<PublishedCrlPtr> of_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_UPPER_CRLS_H_
