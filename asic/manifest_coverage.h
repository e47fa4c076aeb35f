// What the signature of one manifest covers, and what is wrong with the manifest.
#ifndef ENKRAT_ASIC_MANIFEST_COVERAGE_H_
#define ENKRAT_ASIC_MANIFEST_COVERAGE_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "asic/manifest.h"
#include "asic/zip_contents.h"

namespace enkrat::asic {

// Digests of a container's entries, each unpacked once for each algorithm however many manifests
// refer to it. Borrows the contents. Not thread-safe.
class EntryDigests {
 public:
  explicit EntryDigests(const ZipContents* contents) : contents_(contents) {}

  // As ZipContents::Digest.
  absl::StatusOr<Bytes> Of(absl::string_view entry, DigestAlgorithm algorithm);

 private:
  const ZipContents* contents_;
  std::map<std::pair<std::string, DigestAlgorithm>, Bytes> known_;
};

struct ManifestCoverage {
  std::string signature_entry;             // empty: the manifest names none that is there
  std::vector<std::string> covered_files;  // data files whose digests are right
  std::vector<std::string> named_entries;  // all that it has a digest of, right or wrong
  std::vector<std::string> defects;
};

// Compares every reference with the entry that it is to. Fails only where an entry does not unpack.
absl::StatusOr<ManifestCoverage> JudgeManifest(const Manifest& manifest,
                                               const ZipContents& contents, EntryDigests& digests);

}  // namespace enkrat::asic

#endif  // ENKRAT_ASIC_MANIFEST_COVERAGE_H_
