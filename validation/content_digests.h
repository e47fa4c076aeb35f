// Digests of what a signature or a timestamp is over, wherever that is: in memory, in files, known
// by digests only.
#ifndef ENKRAT_VALIDATION_CONTENT_DIGESTS_H_
#define ENKRAT_VALIDATION_CONTENT_DIGESTS_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/digest.h"

namespace enkrat::validation {

// Computes each digest once. Not thread-safe.
class ContentDigests {
 public:
  // What the content may be, by that algorithm: usually one digest; none if it is not at hand.
  using Candidates = absl::StatusOr<std::vector<Bytes>>;
  using Source = std::function<Candidates(DigestAlgorithm)>;

  explicit ContentDigests(Source source) : source_(std::move(source)) {}
  // Borrows the octets.
  static ContentDigests OfOctets(ByteSpan octets);
  // One candidate for each file, and each digest of the algorithm's size. kNotFound,
  // kConfigurationInvalid, kLimitExceeded for a file.
  static ContentDigests OfFilesAndDigests(std::vector<std::string> paths,
                                          std::vector<Bytes> digests, uint64_t most_octets);

  const Candidates& Get(DigestAlgorithm algorithm);
  // False of no file and no digest: then there is nothing that a signature could fail to be over.
  bool given() const { return given_; }

  // A signature or a timestamp turned out to be over this one.
  void Take(const Bytes& digest) { taken_.insert(digest); }
  void TakeFrom(const ContentDigests& other) {
    taken_.insert(other.taken_.begin(), other.taken_.end());
  }
  // Whether any is over the candidate at that place.
  bool IsTaken(size_t place) const;

 private:
  Source source_;
  bool given_ = true;
  std::set<Bytes> taken_;
  std::map<DigestAlgorithm, Candidates> known_;
};

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_CONTENT_DIGESTS_H_
