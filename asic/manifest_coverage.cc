#include "asic/manifest_coverage.h"

#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "asic/entry_name.h"
#include "common/status_macros.h"

namespace enkrat::asic {
namespace {

// The entry of a reference, or what is wrong with it.
struct Target {
  std::string entry = {};
  std::string defect = {};
};

Target TargetOf(const ManifestReference& reference, const ZipContents& contents,
                std::set<std::string>& seen) {
  const std::optional<std::string> entry = EntryOfUri(reference.uri);
  if (!entry.has_value()) return {.defect = "a reference is not to an entry of the container"};
  if (!contents.Has(*entry)) {
    return {.defect = absl::StrCat("the manifest refers to ", *entry, ", which is not there")};
  }
  if (!seen.insert(*entry).second) {
    return {.defect = absl::StrCat("the manifest refers to ", *entry, " twice")};
  }
  if (!reference.algorithm.has_value()) {
    return {.defect = absl::StrCat("the digest of ", *entry, " is by an algorithm too weak")};
  }
  return {.entry = *entry};
}

}  // namespace

absl::StatusOr<Bytes> EntryDigests::Of(absl::string_view entry, DigestAlgorithm algorithm) {
  std::pair<std::string, DigestAlgorithm> key(entry, algorithm);
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  ENKRAT_ASSIGN_OR_RETURN(Bytes digest, contents_->Digest(entry, algorithm));
  return known_.emplace(std::move(key), std::move(digest)).first->second;
}

absl::StatusOr<ManifestCoverage> JudgeManifest(const Manifest& manifest,
                                               const ZipContents& contents, EntryDigests& digests) {
  ManifestCoverage coverage;
  const std::optional<std::string> signature = EntryOfUri(manifest.signature_uri);
  if (signature.has_value() && contents.Has(*signature)) coverage.signature_entry = *signature;
  std::set<std::string> seen;
  for (const ManifestReference& reference : manifest.references) {
    Target target = TargetOf(reference, contents, seen);
    if (!target.defect.empty()) {
      coverage.defects.push_back(std::move(target.defect));
      continue;
    }
    ENKRAT_ASSIGN_OR_RETURN(const Bytes digest, digests.Of(target.entry, *reference.algorithm));
    if (digest != reference.digest) {
      coverage.defects.push_back(
          absl::StrCat("the digest of ", target.entry, " is another one in the manifest"));
    } else if (IsDataFileName(target.entry)) {
      coverage.covered_files.push_back(std::move(target.entry));
    }
  }
  coverage.named_entries.assign(seen.begin(), seen.end());
  return coverage;
}

}  // namespace enkrat::asic
