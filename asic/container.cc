#include "asic/container.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "asic/entry_name.h"
#include "asic/manifest.h"
#include "asic/manifest_coverage.h"
#include "asic/media_types.h"
#include "asic/zip_contents.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::asic {
namespace {

constexpr char kZipMagic[] = "PK\x03\x04";
constexpr uint64_t kMostSignatureOctets = uint64_t{4} << 20;
constexpr uint64_t kMostManifestOctets = uint64_t{1} << 20;
constexpr uint64_t kMostMimetypeOctets = 256;

absl::Status Malformed(absl::string_view what) {
  return MakeError(Reason::kRequestMalformed, absl::StrCat("the container ", what));
}

// EN 319 162-1 4.3.3, 4.4.4.
bool IsCmsSignature(absl::string_view name) {
  return IsMetaInfName(name, "", ".p7s") && absl::StrContains(name, "signature");
}
bool IsTimestamp(absl::string_view name) {
  return IsMetaInfName(name, "", ".tst") && absl::StrContains(name, "timestamp");
}
bool IsManifest(absl::string_view name) {
  return IsMetaInfName(name, "ASiCManifest", ".xml") ||
         IsMetaInfName(name, "ASiCArchiveManifest", ".xml");
}
bool IsXades(absl::string_view name) {
  return IsMetaInfName(name, "", ".xml") && absl::StrContains(name, "signatures");
}

class OpenContainer final : public Container {
 public:
  explicit OpenContainer(ZipContents contents) : contents_(std::move(contents)) {}

  absl::Status Judge(const Limits& limits) {
    for (const ZipEntry& entry : contents_.entries()) {
      if (entry.folder) continue;
      if (IsXades(entry.name)) return Malformed("is signed with XAdES, which is not known here");
      if (IsDataFileName(entry.name)) unsigned_files_.push_back(entry.name);
    }
    ENKRAT_RETURN_IF_ERROR(FindType());
    ENKRAT_RETURN_IF_ERROR(ReadManifests(limits));
    ENKRAT_RETURN_IF_ERROR(ReadUnreferencedSignatures(limits));
    if (signatures_.empty()) return Malformed("has no signature");
    for (const ContainerSignature& signature : signatures_) {
      if (!signature.timestamp) CountAsSigned(signature.covered_files);
    }
    return absl::OkStatus();
  }

  ContainerType type() const override { return type_; }
  const std::vector<ContainerSignature>& signatures() const override { return signatures_; }
  const std::vector<std::string>& unsigned_files() const override { return unsigned_files_; }
  absl::StatusOr<Bytes> DigestOf(absl::string_view entry,
                                 DigestAlgorithm algorithm) const override {
    return digests_.Of(entry, algorithm);
  }

 private:
  bool HasEntryThat(bool (*is)(absl::string_view)) const {
    return std::any_of(contents_.entries().begin(), contents_.entries().end(),
                       [is](const ZipEntry& entry) { return !entry.folder && is(entry.name); });
  }

  // By `mimetype`; without one (4.3.3.1 lets ASiC-S do without) by what is in it.
  absl::Status FindType() {
    if (contents_.Has(kMimetypeEntry)) {
      ENKRAT_ASSIGN_OR_RETURN(const Bytes text,
                              contents_.Read(kMimetypeEntry, kMostMimetypeOctets));
      if (ByteSpan(text) == AsSpan(kExtendedType)) return absl::OkStatus();
      if (ByteSpan(text) != AsSpan(kSimpleType)) return Malformed("is a ZIP of another kind");
      type_ = ContainerType::kSimple;
    } else {
      type_ = HasEntryThat(IsManifest) ? ContainerType::kExtended : ContainerType::kSimple;
    }
    // 4.3.3.2: else it would be open which of them was signed.
    if (type_ == ContainerType::kSimple && unsigned_files_.size() != 1) {
      return Malformed("should hold one data file and does not");
    }
    return absl::OkStatus();
  }

  absl::Status ReadManifests(const Limits& limits) {
    for (const ZipEntry& entry : contents_.entries()) {
      if (entry.folder || !IsManifest(entry.name)) continue;
      ENKRAT_ASSIGN_OR_RETURN(const Bytes xml, contents_.Read(entry.name, kMostManifestOctets));
      ENKRAT_ASSIGN_OR_RETURN(const Manifest manifest,
                              ParseManifest(xml, static_cast<size_t>(limits.max_entries)));
      ENKRAT_ASSIGN_OR_RETURN(ManifestCoverage coverage,
                              JudgeManifest(manifest, contents_, digests_));
      if (!IsCmsSignature(coverage.signature_entry) && !IsTimestamp(coverage.signature_entry)) {
        return Malformed("has a manifest whose signature is not there");
      }
      ENKRAT_RETURN_IF_ERROR(AddSignature({.name = std::move(coverage.signature_entry),
                                           .cms_der = {},
                                           .signed_entry = entry.name,
                                           .covered_files = std::move(coverage.covered_files),
                                           .defects = std::move(coverage.defects)},
                                          limits));
    }
    return absl::OkStatus();
  }

  // In ASiC-S they are over the data file; in ASiC-E nothing says what they are over.
  absl::Status ReadUnreferencedSignatures(const Limits& limits) {
    for (const ZipEntry& entry : contents_.entries()) {
      if (entry.folder || referenced_.contains(entry.name)) continue;
      if (!IsCmsSignature(entry.name) && !IsTimestamp(entry.name)) continue;
      ContainerSignature signature{.name = entry.name,
                                   .cms_der = {},
                                   .signed_entry = "",
                                   .covered_files = {},
                                   .defects = {}};
      if (type_ == ContainerType::kSimple) {
        signature.signed_entry = unsigned_files_.front();
        signature.covered_files = unsigned_files_;
      } else {
        signature.defects.push_back("no manifest refers to this signature");
      }
      ENKRAT_RETURN_IF_ERROR(AddSignature(std::move(signature), limits));
    }
    return absl::OkStatus();
  }

  absl::Status AddSignature(ContainerSignature signature, const Limits& limits) {
    if (signatures_.size() >= static_cast<size_t>(std::max(limits.max_signatures, 0))) {
      return MakeError(Reason::kLimitExceeded, "the container has too many signatures");
    }
    if (!referenced_.insert(signature.name).second) {
      return Malformed("has two manifests with one signature");
    }
    signature.timestamp = IsTimestamp(signature.name);
    ENKRAT_ASSIGN_OR_RETURN(signature.cms_der,
                            contents_.Read(signature.name, kMostSignatureOctets));
    signatures_.push_back(std::move(signature));
    return absl::OkStatus();
  }

  void CountAsSigned(const std::vector<std::string>& files) {
    const std::set<std::string> covered(files.begin(), files.end());
    std::erase_if(unsigned_files_, [&](const std::string& file) { return covered.contains(file); });
  }

  const ZipContents contents_;
  mutable EntryDigests digests_{&contents_};
  ContainerType type_ = ContainerType::kExtended;
  std::vector<ContainerSignature> signatures_;
  std::set<std::string> referenced_;
  std::vector<std::string> unsigned_files_;  // until Judge is through: all data files
};

}  // namespace

bool Container::LooksLikeOne(ByteSpan first_octets) {
  return absl::StartsWith(ToString(first_octets.subspan(0, 4)), kZipMagic);
}

absl::StatusOr<std::unique_ptr<Container>> Container::Open(const std::string& path,
                                                           const Limits& limits) {
  ENKRAT_ASSIGN_OR_RETURN(
      ZipContents contents,
      ZipContents::Open(path, {.file_octets = limits.max_octets,
                               .unpacked_octets = limits.max_unpacked_octets,
                               .entries = static_cast<size_t>(std::max(limits.max_entries, 0))}));
  auto container = std::make_unique<OpenContainer>(std::move(contents));
  ENKRAT_RETURN_IF_ERROR(container->Judge(limits));
  return container;
}

}  // namespace enkrat::asic
