// Finds the ways from a certificate up to trust anchors, one after the other (RFC 4158).
#ifndef ENKRAT_VALIDATION_PATH_BUILDING_H_
#define ENKRAT_VALIDATION_PATH_BUILDING_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"
#include "validation/revocation_fetcher.h"
#include "validation/trust_store.h"

namespace enkrat::validation {

// The certificate first, the trust anchor last; a certificate that is an anchor itself is the whole
// path. Each is signed by the next one's key; nothing else is checked.
using CertificatePath = std::vector<X509*>;

// Bounds on what hostile certificates can make of a search.
inline constexpr size_t kMaxPathLength = 8;
inline constexpr size_t kMaxGivenCertificates = 512;
inline constexpr size_t kMaxFetchedCertificates = 32;
inline constexpr int kMaxPaths = 32;
inline constexpr int kMaxSignatureChecks = 256;

// Owns the certificates of the paths that it shows. Not thread-safe.
class PathBuilder {
 public:
  struct Options {
    const TrustStore* trust = nullptr;              // not owned; required
    const std::vector<Bytes>* given_der = nullptr;  // may be null; broken ones are passed over
    RevocationFetcher* fetcher = nullptr;           // may be null
    absl::Time stop_at = absl::InfiniteFuture();    // by the wall clock
  };
  explicit PathBuilder(Options options);

  // Shows the paths of `certificate`, the likeliest first, until `visit` says false or a bound is
  // reached. Each is valid as long as the builder.
  void ForEachPath(X509* certificate, absl::FunctionRef<bool(const CertificatePath&)> visit);

  // The longest way up that was found, anchored or not: for a report when there is no path.
  const CertificatePath& longest() const { return longest_; }
  // Whether a bound or `stop_at` ended the search before everything was looked at.
  bool cut_short() const { return cut_short_; }
  // Certificates given, as far as they could be read and are within the bound.
  std::vector<X509*> given() const;

 private:
  using Visit = absl::FunctionRef<bool(const CertificatePath&)>;
  bool Extend(CertificatePath& path, Visit visit);
  std::vector<X509*> IssuersOf(X509* certificate);
  bool Signed(X509* certificate, X509* issuer);
  bool IsAnchor(X509* certificate) const;
  void FetchIssuersOf(X509* certificate);

  Options options_;
  std::vector<X509Ptr> pool_;
  size_t fetched_ = 0;
  std::set<std::string> asked_urls_;
  std::map<std::pair<X509*, X509*>, bool> signed_;
  CertificatePath longest_;
  int paths_left_ = kMaxPaths;
  int checks_left_ = kMaxSignatureChecks;
  bool cut_short_ = false;
};

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_PATH_BUILDING_H_
